"""What a finished study shows: tables of differences or weights as CSV files, and the figures that suit its design."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from experiments.errors import InputError, RunFailedError
from experiments.figures.grid_map import grid_map
from experiments.figures.interval_convergence import interval_convergence
from experiments.figures.morris_scatter import morris_scatter
from experiments.figures.policy_wedge import policy_wedge
from experiments.figures.sensitivity_bars import sobol_bars, tornado
from experiments.figures.style import save
from experiments.studies import sensitivity
from experiments.studies.comparison import convergence, differences, wedge
from experiments.studies.plan import Plan
from experiments.studies.study_files import QUARTERS_TABLE, RUNS_TABLE, StudyManifest, read_tables

_PAIR = 2
_SENSITIVITY_FIGURES = {"one-at-a-time": tornado, "morris": morris_scatter, "sobol": sobol_bars}


@dataclass(frozen=True)
class StudyReport:
    """Headline table (None if the design has none) and the files written."""

    headline: pd.DataFrame | None
    paths: list[Path]


def report(plan: Plan, folder: Path, outcomes: Sequence[str]) -> StudyReport:
    """Tables and figures of a complete study, written into its folder. Raises InputError, RunFailedError."""
    manifest, tables = read_tables(folder)
    unknown = next((each for each in outcomes if each not in manifest.units[RUNS_TABLE]), None)
    if unknown is not None:
        raise InputError(f"{unknown} is no outcome of a run; there are {', '.join(plan.model.numbers)}")
    try:
        return _report(plan, manifest, tables, folder, outcomes)
    except OSError as error:
        raise RunFailedError(f"{folder} cannot be written to ({error.strerror}); make room there") from error


def _report(
    plan: Plan, manifest: StudyManifest, tables: dict[str, pd.DataFrame], folder: Path, outcomes: Sequence[str]
) -> StudyReport:
    runs = tables[RUNS_TABLE]
    if plan.design.design.kind in sensitivity.KINDS and len(plan.design.scenarios) == 1:
        parts = [sensitivity.sensitivity(plan, runs, each).assign(outcome=each) for each in outcomes]
        draw = _SENSITIVITY_FIGURES[plan.design.design.kind]
        drawn = {
            f"{plan.design.design.kind}_{each}": draw(part, manifest, *manifest.units[RUNS_TABLE][each])
            for each, part in zip(outcomes, parts, strict=True)
        }
        return _kept(pd.concat(parts, ignore_index=True), "sensitivity", drawn, folder)
    if len(manifest.points) == len(plan.design.scenarios) >= _PAIR:
        drawn = {}
        for each in outcomes:
            drawn.update(_comparison_figures(manifest, tables, each))
        return _kept(differences(runs, outcomes), "differences", drawn, folder)
    if plan.design.design.kind == "grid" and len(plan.factors) == _PAIR:
        drawn = {f"grid_{each}": grid_map(runs, manifest, each) for each in outcomes}
        means = runs.groupby(["scenario", *manifest.factor_units])[list(outcomes)].mean().reset_index()
        return _kept(means, "means", drawn, folder)
    return StudyReport(None, [])


def _comparison_figures(manifest: StudyManifest, tables: dict[str, pd.DataFrame], outcome: str) -> dict[str, Figure]:
    unit, label = manifest.units[RUNS_TABLE][outcome]
    figures = {}
    series = outcome.rpartition("_")[0]
    if QUARTERS_TABLE in tables and series in tables[QUARTERS_TABLE]:
        shown = wedge(tables[QUARTERS_TABLE], series)
        figures[f"policy_wedge_{series}"] = policy_wedge(shown, manifest, *manifest.units[QUARTERS_TABLE][series])
    intervals = convergence(tables[RUNS_TABLE], outcome)
    if not intervals.empty:
        figures[f"interval_convergence_{outcome}"] = interval_convergence(intervals, manifest, unit, label)
    return figures


def _kept(table: pd.DataFrame, name: str, figures: dict[str, Figure], folder: Path) -> StudyReport:
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False, float_format="%.6g")
    return StudyReport(
        table, [path, *(each for stem, figure in figures.items() for each in save(figure, folder / stem))]
    )
