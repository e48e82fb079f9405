"""Page one of a study's report, to be read alone: the answer, its numbers with intervals, one figure, and how sure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.figures.drawing import Figures
from experiments.figures.of_studies.by_place import title_of
from experiments.findings.finding import Finding
from experiments.findings.kept import kept
from experiments.findings.of_study import along_with, in_all, most_moved, study_findings
from experiments.reports.factors_in_short import over_grid, strongest
from experiments.reports.frame import items, pictures, sentence, table
from experiments.studies.by_place import NAME as BY_PLACE
from experiments.studies.comparison import CONFIDENCE, what_intervals_are
from experiments.studies.job import Content
from experiments.studies.study_files import RUNS_TABLE, StudyManifest
from experiments.studies.study_report import DIFFERENCES, Shown

TITLE = "In short"
_FEW = 3  # scenarios that are compared side by side; of more, those that move an outcome most
_NUMBERS = 3  # outcomes on page one


@dataclass(frozen=True)
class Told:
    """What page one is written from: the study, its tables, outcomes and the parameters of its points."""

    manifest: StudyManifest
    tables: Mapping[str, pd.DataFrame]
    outcomes: Sequence[str]
    contents: Sequence[Content]


def in_short(told: Told, found: Shown, figures: Figures) -> tuple[str, str]:
    """Title and HTML of the first section; ``figures``: the one that stands on page one, or none.

    Raises InputError where no pair of a comparison succeeded.
    """
    makers: dict[str, Callable[[Told, pd.DataFrame], str]] = {
        DIFFERENCES: _compared, "sensitivity": _of_factors, "means": _of_a_grid
    }  # fmt: skip
    if found.headline is not None and found.name in makers:
        answer = makers[found.name](told, found.headline)
    else:
        answer = (
            items([f"{title_of(rows)}." for _, rows in of_places]) if (of_places := places_by_outcome(found)) else ""
        )
    sure = sentence(f"How sure: {_how_sure(told)}")
    return TITLE, answer + sure + pictures(figures)


def places_by_outcome(found: Shown) -> list[tuple[str, pd.DataFrame]]:
    """Rows by place of every outcome that was asked for."""
    return (
        [] if found.places.empty else [(str(name), rows) for name, rows in found.places.groupby("outcome", sort=False)]
    )


def on_page_one(found: Shown, outcomes: Sequence[str]) -> str:
    """The name of the figure that stands on page one; empty for a study without figures.

    That of the outcome told first; where nothing but outcomes by place is told, of the first of these.
    """
    if found.headline is None and not found.places.empty:
        first = BY_PLACE
    else:
        ranked = outcomes if found.headline is None else _by_span(found.headline, outcomes)
        first = ranked[0] if ranked else ""
    series = first.rpartition("_")[0]
    wanted = [
        name for name in found.figures if first and (name.endswith((series, f"_{first}")) or name.startswith(first))
    ]
    return next(iter([*wanted, *found.figures]), "")


def _by_span(means: pd.DataFrame, outcomes: Sequence[str]) -> list[str]:
    """Outcomes of a grid, those that it moves most beside their mean first; of other designs as they are."""
    if not set(outcomes) <= set(means):
        return list(outcomes)
    spans = {each: float(np.ptp(means[each].to_numpy(np.float64))) for each in outcomes}
    levels = {each: abs(float(means[each].mean())) or 1.0 for each in outcomes}
    return sorted(outcomes, key=lambda each: -spans[each] / levels[each])


def _compared(told: Told, _differences: pd.DataFrame) -> str:
    by_scenario = study_findings(told.manifest, told.tables, told.outcomes[:_NUMBERS])
    first = told.manifest.points[0].scenario
    by_outcome = [list(found) for found in zip(*by_scenario.values(), strict=True)]
    named = list(by_scenario)
    if len(named) == 1:
        answer = items([each.sentence for found in by_outcome for each in found])
    elif len(named) <= _FEW:
        answer = _side_by_side(by_outcome, named, first)
    else:
        answer = items([in_all(found) for found in by_outcome])
        ends = [most_moved(by_outcome[0], "rises"), most_moved(by_outcome[0], "falls")]
        named = [each.world for each in ends if each]
    return answer + items(_along(told, named, first))


def _along(told: Told, scenarios: Sequence[str], first: str) -> list[str]:
    """What else changes with some scenarios, a sentence each; none of those with which nothing clearly does."""
    shown = {name.rpartition("_")[0] for name in told.outcomes}
    found = {scenario: along_with(told.tables, scenario, first, shown) for scenario in scenarios}
    return [
        f"{name} changes most surely besides: {'; '.join(f'{each.dated}: {each.signed}' for each in along)}."
        for name, along in found.items()
        if along
    ]


def _side_by_side(by_outcome: Sequence[Sequence[Finding]], scenarios: Sequence[str], first: str) -> str:
    """The outcomes down; the first scenario's level and each other's difference with its interval across."""
    rows = [[found[0].dated, found[0].level, *(each.signed for each in found)] for found in by_outcome]
    return table(["outcome", first, *(f"{name}: difference ({CONFIDENCE:.0%} interval)" for name in scenarios)], rows)


def _of_factors(told: Told, weights: pd.DataFrame) -> str:
    units = told.manifest.units[RUNS_TABLE]
    parts = weights.groupby("outcome", sort=False)
    return items([strongest(rows, *units[str(outcome)]) for outcome, rows in parts][:_NUMBERS])


def _of_a_grid(told: Told, means: pd.DataFrame) -> str:
    units, factors = told.manifest.units[RUNS_TABLE], list(told.manifest.factor_units)
    shown = _by_span(means, told.outcomes)[:_NUMBERS]
    return items([over_grid(means, factors, each, *units[each]) for each in shown])


def _how_sure(told: Told) -> str:
    replications, points = len({run[1] for run in told.manifest.runs}), len(told.manifest.points)
    if replications == 1 and points > _FEW:
        intervals = f"One replication of each of {points} points: what is varied and chance are not told apart."
    elif replications == 1:
        intervals = "One replication: numbers have no interval, and small differences may be chance."
    else:
        parameters = bool(told.manifest.design.get("parameters"))
        intervals = what_intervals_are(told.contents, parameters=parameters)
    return f"{intervals} {kept().note.hindcast.sentence}"
