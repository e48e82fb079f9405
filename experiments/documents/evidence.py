"""Rewrite the tables of docs/evidence.md from runs (minutes): ``python -m experiments.documents.evidence``."""

import re
from collections.abc import Mapping
from pathlib import Path

from agents.calendar import QUARTERS_PER_YEAR
from experiments.documents import evidence_batteries, evidence_charging, evidence_tables
from experiments.documents.evidence_runs import (
    Frames,
    base_market,
    explained_growth,
    free_runs,
    paired_runs,
    sampling_runs,
)
from experiments.documents.evidence_trust import trust_table
from experiments.documents.validation_targets import target_table
from experiments.figures.ports_by_state import ports_by_state
from experiments.figures.saving import save
from experiments.studies.conversion_frontier import conversion_prices

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
PORTS_FIGURE = PAGE.with_name("images") / "ports_by_state"


def put_between_markers(page: str, name: str, text: str) -> str:
    """The page with ``text`` between its markers ``<!-- NAME -->`` and ``<!-- end NAME -->``.

    Raises ValueError if the page does not hold the pair exactly once.
    """
    start, end = f"<!-- {name} -->", f"<!-- end {name} -->"
    marked = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if len(marked.findall(page)) != 1:
        raise ValueError(f"the page must hold {start} and {end} once; put them where the table belongs")
    return marked.sub(lambda _: f"{start}\n{text}\n{end}", page)


def tables(runs: Mapping[str, Frames]) -> dict[str, str]:
    """Every generated table by the name of its markers; ``runs``: the paired runs by case."""
    base = runs["base"]
    return {
        "validation targets": target_table(runs),
        "charging": evidence_tables.charging_table(base),
        "service": evidence_charging.service_table(base),
        "ports": evidence_charging.ports_table(runs["operators from 2017"]),
        "trust": trust_table(base_market(), runs),
        "utilization": evidence_batteries.utilization_table(base),
        "storage": evidence_batteries.storage_table(runs["free"]),
        "hysteresis": evidence_batteries.hysteresis_table(conversion_prices()),
        "sampling": evidence_tables.sampling_table(sampling_runs()),
        "first quarter": evidence_tables.first_quarter_table(base),
        "seasons": evidence_tables.seasonal_table(explained_growth("2023Q4", "2025Q1", 1)),
        "free run": evidence_tables.free_run_table(runs["free"]["national"], free_runs()),
        "growth": evidence_tables.growth_table(explained_growth("2017Q4", "2024Q4", QUARTERS_PER_YEAR)),
    }


def main() -> None:
    """Run everything, draw the figure of ports and rewrite the page."""
    runs = paired_runs()
    save(ports_by_state(runs["operators from 2017"]["charging_states"]), PORTS_FIGURE)
    made = tables(runs)
    page = PAGE.read_text(encoding="utf-8")
    for name, text in made.items():
        page = put_between_markers(page, name, text)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
