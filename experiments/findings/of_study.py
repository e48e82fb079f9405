"""What a study that compares scenarios finds, in sentences: each against the first, and what moves along with it."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from agents.calendar import QUARTERS_PER_YEAR
from experiments.findings.detour import OUTCOMES, PARTS, by_year, named
from experiments.findings.finding import Finding, findings_of
from experiments.studies.study_files import QUARTERS_TABLE, RUNS_TABLE, StudyManifest

_MOST_ALONG = 3
NEEDED = {"quarter", "pack_price_usd_per_kwh", "new_sales", "bev_sales", *PARTS, *(one.column for one in OUTCOMES)} - {
    "pack_cost_usd_per_kwh"
}
"""Series by quarter from which it is told what moves along with a scenario."""


def study_findings(
    manifest: StudyManifest, tables: Mapping[str, pd.DataFrame], outcomes: Sequence[str]
) -> dict[str, list[Finding]]:
    """Findings of the outcomes by scenario, each against the first. Raises InputError where no pair succeeded."""
    first, *others = list(dict.fromkeys(point.scenario for point in manifest.points))
    known = {name: (*manifest.units[RUNS_TABLE][name], "") for name in outcomes}
    found = findings_of(tables[RUNS_TABLE], [(other, first) for other in others], outcomes, known)
    return {other: [each for each in found if each.world == other] for other in others}


def along_with(
    tables: Mapping[str, pd.DataFrame], scenario: str, first: str, told: Collection[str] = ()
) -> list[Finding]:
    """Outcomes of the last whole year that clearly change with a scenario, the most certain first; three at most.

    ``told``: columns that are told already. None for a model without them, and for studies whose runs are too short.
    """
    quarters = tables.get(QUARTERS_TABLE)
    if quarters is None or not set(quarters) >= NEEDED:
        return []
    own = quarters[quarters["scenario"].isin([scenario, first])]
    counts = own.drop_duplicates("quarter")["quarter"].str[:4].value_counts()
    whole = sorted(int(str(year)) for year, count in counts.items() if count == QUARTERS_PER_YEAR)
    if not whole:
        return []
    asked = [one for one in OUTCOMES if one.column not in told]
    known = {named(one, whole[-1]): (one.unit, one.label, str(whole[-1])) for one in asked}
    found = findings_of(by_year(own, whole[-1:]), [(scenario, first)], list(known), known)
    clear = [each for each in found if each.is_clear]
    return sorted(clear, key=lambda each: -abs(each.effect) / max(each.high - each.low, 1e-12))[:_MOST_ALONG]


def sentences(
    manifest: StudyManifest, tables: Mapping[str, pd.DataFrame], outcomes: Sequence[str]
) -> list[tuple[str, list[str]]]:
    """By scenario: what it does to the outcomes, and what moves along with it. Raises InputError without a pair."""
    first = manifest.points[0].scenario
    told = []
    for scenario, found in study_findings(manifest, tables, outcomes).items():
        lines = [each.sentence for each in found]
        shown = {each.outcome.rpartition("_")[0] for each in found}
        along = along_with(tables, scenario, first, shown)
        if along:
            lines.append("Along with it: " + " ".join(each.sentence for each in along))
        told.append((scenario, lines))
    return told
