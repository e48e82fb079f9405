"""What a study that compares scenarios finds, in sentences: each against the first, and what moves along with it."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from agents.calendar import QUARTERS_PER_YEAR
from experiments.findings.detour import OUTCOMES, PARTS, by_year, named
from experiments.findings.finding import Direction, Finding, findings_of, listed
from experiments.studies.study_files import QUARTERS_TABLE, RUNS_TABLE, StudyManifest

_MOST_ALONG = 3
_LAST = ", last quarter"  # ends the labels of outcomes at the end of a run
_NAMED = 5  # worlds without a clear change that are told by name
NEEDED = {"quarter", "pack_price_usd_per_kwh", "new_sales", "bev_sales", *PARTS, *(one.column for one in OUTCOMES)} - {
    "pack_cost_usd_per_kwh"
}
"""Series by quarter from which it is told what moves along with a scenario."""


def study_findings(
    manifest: StudyManifest, tables: Mapping[str, pd.DataFrame], outcomes: Sequence[str]
) -> dict[str, list[Finding]]:
    """Findings of the outcomes by scenario, each against the first. Raises InputError where no pair succeeded."""
    first, *others = list(dict.fromkeys(point.scenario for point in manifest.points))
    known = {name: (unit, *_dated(label, tables)) for name, (unit, label) in _units(manifest, outcomes).items()}
    found = findings_of(tables[RUNS_TABLE], [(other, first) for other in others], outcomes, known)
    return {other: [each for each in found if each.world == other] for other in others}


def _units(manifest: StudyManifest, outcomes: Sequence[str]) -> dict[str, tuple[str, str]]:
    return {name: manifest.units[RUNS_TABLE][name] for name in outcomes}


def _dated(label: str, tables: Mapping[str, pd.DataFrame]) -> tuple[str, str]:
    """A label, and which quarter is meant by the last one where the study has quarters."""
    quarters = tables.get(QUARTERS_TABLE)
    if quarters is None or not label.endswith(_LAST):
        return label, ""
    return label.removesuffix(_LAST), str(quarters["quarter"].max())


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


def in_all(found: Sequence[Finding]) -> str:
    """What several worlds do to one outcome: how many raise and lower it, and which most; those that do neither."""
    said = [f"{found[0].dated}: {found[0].level} in {found[0].against}."]
    ways: tuple[tuple[Direction, str], ...] = (("rises", "raise"), ("falls", "lower"))
    for direction, verb in ways:
        most = most_moved(found, direction)
        if most is not None:
            count = sum(each.direction == direction for each in found)
            subject = f"{count} of {len(found)} scenarios {verb if count > 1 else f'{verb}s'} it"
            said.append(f"{subject}, {most.world} {'most' if count > 1 else 'alone'}: {most.signed}.")
    unclear = [each.world for each in found if not each.is_clear]
    if unclear:
        named = f" ({listed(unclear)})" if len(unclear) <= _NAMED else ""
        said.append(f"{len(unclear)} {'show' if len(unclear) > 1 else 'shows'} no clear change{named}.")
    return " ".join(said)


def most_moved(found: Sequence[Finding], direction: Direction) -> Finding | None:
    """The finding with the largest effect of those whose outcome clearly goes a way; None if none does."""
    clear = [each for each in found if each.direction == direction]
    return max(clear, key=lambda each: abs(each.effect), default=None)


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
