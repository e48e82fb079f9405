"""Rewrite the tables of docs/scenarios.md: ``python -m experiments.documents.scenarios_page [STUDY]``.

``STUDY``: a folder that ``detour sweep policy-wedge`` made. What it says is kept beside that study in ``results``, with
a run each of scenarios that are not in it; without ``STUDY`` the page is written from what is kept.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.documents.evidence import put_between_markers
from experiments.documents.evidence_tables import markdown
from experiments.documents.scenario_readings import READINGS, Reading
from experiments.inputs.scenario_files import REFERENCE, load_scenario
from experiments.runs.whole_files import write_whole
from experiments.studies.comparison import CONFIDENCE
from experiments.studies.stop_rule import half_width
from experiments.studies.study_files import QUARTERS_TABLE, read_tables
from market.model import Market
from market.recorder import NATIONAL, NATIONAL_ONLY

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "scenarios.md"
KEPT_READINGS = ROOT / "results" / "policy-wedge" / "readings.csv"
KEPT_LEVELS = KEPT_READINGS.with_name("levels.csv")
CONSUMERS = 20_000
SEED = 1
_RUN = (f"run.consumers={CONSUMERS}", "run.fast_graph=true")
_LEVELS = ("bev_share_new", "fast_ports", "converted_gwh_cumulative", "storage_installed_gw")
_LEVEL_QUARTERS = ("2024Q4", "2030Q4", "2035Q4")
_ENDS = {"tenth": 0.1, "median": 0.5, "ninetieth": 0.9}
_PERCENT = 100.0
_WHOLE_FROM = 1_000.0  # larger numbers are shown whole


def national_of(name: str) -> pd.DataFrame:
    """The table ``national`` of one run of a shipped scenario on its expected path."""
    market = Market(load_scenario(name, _RUN).scenario, rng=SEED, record=NATIONAL_ONLY)
    market.run()
    market.release()
    return market.recorder.frame("national")


def shown(value: float) -> str:
    """A number in about four digits."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.4g}"


def found(reading: Reading, name: str, quarters: pd.DataFrame) -> dict[str, object]:
    """What paired random streams say of a reading: means of both worlds, mean change with Student's interval.

    ``quarters``: the reading's column by ``scenario``, ``replication`` and ``quarter``.
    """
    own, reference = (
        np.array([reading.mean(rows) for _, rows in quarters[quarters["scenario"] == each].groupby("replication")])
        for each in (name, REFERENCE)
    )
    change = own / reference - 1.0
    half = float(half_width(change, CONFIDENCE))
    return {
        "scenario": name, "column": reading.column, "first": reading.first, "last": reading.last,
        "streams": change.size, "reference": reference.mean(), "mean": own.mean(), "change": change.mean(),
        "low": change.mean() - half, "high": change.mean() + half,
    }  # fmt: skip


def readings_of(quarters: pd.DataFrame) -> pd.DataFrame:
    """A row a reading; of scenarios that the study's ``quarters`` do not hold from a run each."""
    known = set(quarters["scenario"])
    alone = {name: national_of(name).assign(scenario=name, replication=0) for name in READINGS if name not in known}
    if alone:
        alone[REFERENCE] = national_of(REFERENCE).assign(scenario=REFERENCE, replication=0)
    runs = pd.concat(alone.values()) if alone else quarters
    return pd.DataFrame(
        [found(one, name, quarters if name in known else runs) for name, own in READINGS.items() for one in own]
    )


def levels_of(quarters: pd.DataFrame) -> pd.DataFrame:
    """The reference over its random streams: an outcome and quarter a row, with median and what holds 80 %."""
    rows = quarters[(quarters["scenario"] == REFERENCE) & quarters["quarter"].isin(_LEVEL_QUARTERS)]
    return pd.DataFrame(
        [
            {"column": name, "quarter": quarter, **{end: float(own[name].quantile(at)) for end, at in _ENDS.items()}}
            for name in _LEVELS
            for quarter, own in rows.groupby("quarter")
        ]
    )


def reading_table(name: str, kept: pd.DataFrame) -> str:
    """What was found beside what is claimed, a row per reading."""
    rows = []
    for one, row in zip(READINGS[name], kept[kept["scenario"] == name].to_dict("records"), strict=True):
        low, high = (_PERCENT * float(row[end]) for end in ("low", "high"))
        rows.append(
            (
                NATIONAL[one.column].label, NATIONAL[one.column].unit, one.years, shown(float(row["reference"])),
                shown(float(row["mean"])), f"{_PERCENT * float(row['change']):+.1f} %",
                f"{low:+.1f} to {high:+.1f} %" if row["streams"] > 1 else "one run", one.claim,
            )
        )  # fmt: skip
    interval = f"{CONFIDENCE:.0%} interval"
    return markdown(("outcome", "unit", "years", "reference", "scenario", "change", interval, "reading"), rows)


def level_table(kept: pd.DataFrame) -> str:
    """Levels of the reference, a row per outcome: median and what holds 80 % of the streams."""
    rows = []
    for name in _LEVELS:
        cells = []
        for row in kept[kept["column"] == name].to_dict("records"):
            low, middle, high = (shown(float(row[at])) for at in _ENDS)
            cells.append(middle if low == high else f"{middle} ({low} to {high})")
        rows.append((NATIONAL[name].label, NATIONAL[name].unit, *cells))
    return markdown(("outcome", "unit", *_LEVEL_QUARTERS), rows)


def rewritten(page: str, readings: pd.DataFrame, levels: pd.DataFrame) -> str:
    """The page with its tables made anew."""
    page = put_between_markers(page, REFERENCE, level_table(levels))
    for name in READINGS:
        page = put_between_markers(page, name, reading_table(name, readings))
    return page


def main() -> None:
    """Keep what a study says, if one is given, and rewrite the page."""
    if len(sys.argv) > 1:
        _, tables = read_tables(Path(sys.argv[1]))
        for path, table in (
            (KEPT_READINGS, readings_of(tables[QUARTERS_TABLE])), (KEPT_LEVELS, levels_of(tables[QUARTERS_TABLE]))
        ):  # fmt: skip
            write_whole(path, table.to_csv(index=False, float_format="%.6g").encode())
    page = rewritten(PAGE.read_text(encoding="utf-8"), pd.read_csv(KEPT_READINGS), pd.read_csv(KEPT_LEVELS))
    write_whole(PAGE, page.encode())


if __name__ == "__main__":
    main()
