"""Rewrite the tables of docs/scenarios.md from runs (minutes): ``python -m experiments.documents.scenarios_page``."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from experiments.documents.evidence import put_between_markers
from experiments.documents.evidence_tables import markdown
from experiments.documents.scenario_readings import READINGS
from experiments.inputs.scenario_files import REFERENCE, load_scenario, shipped_names
from market.model import Market
from market.recorder import NATIONAL, NATIONAL_ONLY

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
CONSUMERS = 20_000
SEED = 1
_RUN = (f"run.consumers={CONSUMERS}", "run.fast_graph=true")
_LEVELS = ("bev_share_new", "fast_ports", "converted_gwh_cumulative", "storage_installed_gw")
_LEVEL_QUARTERS = ("2024Q4", "2030Q4")
_PERCENT = 100.0
_WHOLE_FROM = 1_000.0  # larger numbers are shown whole


def national_of(name: str) -> pd.DataFrame:
    """The table ``national`` of a shipped scenario with the page's size and seed."""
    market = Market(load_scenario(name, _RUN).scenario, rng=SEED, record=NATIONAL_ONLY)
    market.run()
    market.release()
    return market.recorder.frame("national")


def shown(value: float) -> str:
    """A number in about four digits."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.4g}"


def reading_table(name: str, scenario: pd.DataFrame, reference: pd.DataFrame) -> str:
    """What was found beside what is claimed, a row per reading."""
    rows = [
        (
            NATIONAL[one.column].label, NATIONAL[one.column].unit, one.years, shown(one.mean(reference)),
            shown(one.mean(scenario)), f"{_PERCENT * one.change_share(scenario, reference):+.1f} %",
            one.claim,
        )
        for one in READINGS[name]
    ]  # fmt: skip
    return markdown(("outcome", "unit", "years", "reference", "scenario", "change", "reading"), rows)


def level_table(reference: pd.DataFrame) -> str:
    """Levels of the reference, a row per outcome."""
    labels = (*_LEVEL_QUARTERS, str(reference["quarter"].iloc[-1]))
    at = reference.set_index("quarter").loc[list(labels), list(_LEVELS)]
    rows = [
        (NATIONAL[name].label, NATIONAL[name].unit, *(shown(float(value)) for value in at[name])) for name in _LEVELS
    ]
    return markdown(("outcome", "unit", *labels), rows)


def tables(runs: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Every table of the page by the name of its scenario, from ``national`` of all scenarios."""
    reference = runs[REFERENCE]
    found = {name: reading_table(name, run, reference) for name, run in runs.items() if name != REFERENCE}
    return {REFERENCE: level_table(reference), **found}


def rewritten(page: str, runs: Mapping[str, pd.DataFrame]) -> str:
    """The page with its tables made anew."""
    for name, text in tables(runs).items():
        page = put_between_markers(page, name, text)
    return page


def main() -> None:
    """Run every shipped scenario and rewrite the page."""
    runs = {name: national_of(name) for name in shipped_names()}
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), runs), encoding="utf-8")


if __name__ == "__main__":
    main()
