"""What a finished study shows: tables of differences or weights as CSV files, and the figures that suit its design."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from experiments.errors import InputError, RunFailedError
from experiments.figures.drawing import Figures, draw_each
from experiments.figures.of_studies.bev_share_fan import SERIES, bev_share_fan, recorded_share
from experiments.figures.of_studies.by_place import by_place_figure
from experiments.figures.of_studies.grid_map import grid_map
from experiments.figures.of_studies.hindcast import hindcast_figure
from experiments.figures.of_studies.interval_convergence import interval_convergence
from experiments.figures.of_studies.morris_scatter import morris_scatter
from experiments.figures.of_studies.policy_wedge import policy_wedge
from experiments.figures.of_studies.sensitivity_bars import sobol_bars, tornado
from experiments.figures.of_studies.state_map import is_by_state, state_map
from experiments.figures.style import FigureError
from experiments.findings.of_study import sentences
from experiments.hindcast.scores import hindcast
from experiments.inputs.dated_names import overlaid
from experiments.inputs.design import Design
from experiments.inputs.parameter_list import PACKS, PACKS_SHA256
from experiments.runs.store import MANIFEST
from experiments.studies import by_place, market_runs, sensitivity
from experiments.studies.comparison import convergence, differences, wedge
from experiments.studies.plan import Plan, make_plan
from experiments.studies.study_files import (
    AGAIN,
    PAGE,
    QUARTERS_TABLE,
    RUNS_TABLE,
    STUDY,
    StudyError,
    StudyManifest,
    outcomes_of,
    parameters_of,
    read_manifest,
    read_tables,
)
from market.base.regular_files import is_regular
from market.base.tables import TableError
from market.packs import DataPacks, own_tables

_PAIR = 2
_ORIGIN = "run.origin"
HINDCAST, DIFFERENCES = "back_test", "differences"
_SENSITIVITY_FIGURES = {"one-at-a-time": tornado, "morris": morris_scatter, "sobol": sobol_bars}
_HEADLINES = ("sensitivity", DIFFERENCES, "means")


def not_a_result(folder: Path) -> InputError:
    """Why there is nothing to draw or to report of a folder."""
    page = folder / PAGE
    if is_regular(page) and AGAIN in page.read_text(encoding="utf-8", errors="replace"):
        return InputError(
            f"{folder} keeps pictures and tables alone, of an older version or of no study, and no {STUDY}, so nothing "
            f"can be made from it; its {PAGE} has the command that makes it again"
        )
    return InputError(f"{folder} holds neither {MANIFEST} nor {STUDY}; give the folder of a run or of a study")


@dataclass(frozen=True)
class Shown:
    """What a study shows: a table (None if its design has none), the table's name, what makes its figures.

    ``places``: the table by place and firm, empty if no such outcome was asked for.
    """

    headline: pd.DataFrame | None
    name: str
    figures: Figures
    places: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class StudyReport:
    """Headline table (None if the design has none), the files written and a sentence for each figure that failed.

    ``findings``: of a comparison, sentences by scenario.
    """

    headline: pd.DataFrame | None
    paths: list[Path]
    faults: list[str]
    findings: list[tuple[str, list[str]]]


def report(plan: Plan, folder: Path, outcomes: Sequence[str]) -> StudyReport:
    """Tables and figures of a complete study, written into its folder. Raises InputError, RunFailedError."""
    manifest = read_manifest(folder)
    unknown = next((each for each in outcomes if each not in manifest.units[RUNS_TABLE]), None)
    if unknown is not None:
        raise InputError(f"{unknown} is no outcome of a run; there are {', '.join(plan.model.numbers)}")
    return write_shown(folder, outcomes, lambda: plan)


def write_shown(folder: Path, outcomes: Sequence[str], plan: Callable[[], Plan]) -> StudyReport:
    """Tables and figures of outcomes of a complete study, into its folder. Raises InputError, RunFailedError."""
    manifest, tables = read_tables(folder)
    found = shown(manifest, tables, folder, outcomes, plan)
    paths = []
    if found.headline is not None:
        paths = [_written(found.headline, folder / f"{found.name}.csv")]
    drawn = draw_each(found.figures, folder)
    if not found.places.empty:
        paths.append(_written(found.places, folder / f"{by_place.NAME}.csv"))
    told = sentences(manifest, tables, outcomes) if found.name == DIFFERENCES else []
    return StudyReport(found.headline, [*paths, *drawn.paths], drawn.lacking + drawn.faults, told)


def _written(table: pd.DataFrame, path: Path) -> Path:
    try:
        table.to_csv(path, index=False, float_format="%.6g")
    except OSError as error:
        raise RunFailedError(f"{path.parent} cannot be written to ({error.strerror}); make room there") from error
    return path


def outcomes_shown(folder: Path, manifest: StudyManifest) -> list[str]:
    """The outcomes a study was asked to show, read from its table; the usual ones, or the first, if it has none."""
    known = outcomes_of(manifest, RUNS_TABLE)
    for name in _HEADLINES:
        path = folder / f"{name}.csv"
        if not is_regular(path):
            continue
        try:
            table = pd.read_csv(path)
        except (OSError, ValueError) as error:
            raise StudyError(f"{path} cannot be read as a table; remove it to see the usual outcomes") from error
        asked = list(table["outcome"].unique()) if "outcome" in table else list(table)
        return [each for each in asked if each in known] or known[:1]
    return [each for each in market_runs.OUTCOMES if each in known] or known[:1]


def plan_of(folder: Path, manifest: StudyManifest) -> Plan:
    """The plan a study was made from. Raises StudyError if the model at hand makes other points of its design."""
    first = {point.scenario: place for place, point in reversed(list(enumerate(manifest.points)))}
    model = replace(  # scenarios as they were: their files may lie elsewhere by now, or hold something else
        market_runs.market_model(),
        content=lambda scenario, values: overlaid(parameters_of(folder, manifest, first[scenario]), values),
    )
    plan = make_plan(manifest.name, Design.model_validate(manifest.design), model)
    if [dict(point.factors) for point in plan.points] != [point.factors for point in manifest.points]:
        raise StudyError(f"{folder}: this Detour makes other points of its design; repeat {manifest.command}")
    return plan


def shown(
    manifest: StudyManifest,
    tables: dict[str, pd.DataFrame],
    folder: Path,
    outcomes: Sequence[str],
    plan: Callable[[], Plan],
) -> Shown:
    """Table and figures of a study whose runs all succeeded. Raises InputError."""
    found = headline(manifest, tables, folder, outcomes, plan)
    if found.name == HINDCAST and found.headline is not None:
        return Shown(found.headline, found.name, {HINDCAST: partial(hindcast_figure, found.headline, manifest)})
    places = by_place.by_place(manifest, tables[RUNS_TABLE])
    of_tables = {**_fan(manifest, tables, folder), **place_figures(places, manifest)}
    figures: dict[str, Callable[[], Figure]] = {
        name: partial(_as_read, folder, manifest, make) for name, make in of_tables.items()
    }
    for each in outcomes:
        if found.name == "sensitivity" and found.headline is not None:
            kind = manifest.design["design"]["kind"]
            part = found.headline[found.headline["outcome"] == each]
            figure, units = _SENSITIVITY_FIGURES[kind], manifest.units[RUNS_TABLE][each]
            figures[f"{kind}_{each}"] = partial(figure, part, manifest, *units)
        elif found.name == DIFFERENCES:
            figures.update(comparison_figures(manifest, tables, each))
        elif found.name == "means":
            figures[f"grid_{each}"] = partial(grid_map, tables[RUNS_TABLE], manifest, each)
    return Shown(found.headline, found.name, figures, places)


def place_figures(places: pd.DataFrame, manifest: StudyManifest) -> dict[str, Callable[[], Figure]]:
    """What makes a figure of each outcome by place."""
    if places.empty:
        return {}
    figures: dict[str, Callable[[], Figure]] = {}
    for outcome, rows in places.groupby("outcome", sort=False):
        if len(set(rows["place"])) > 1:
            name = re.sub(r"[^A-Za-z0-9]+", "_", str(outcome))
            figures[f"{by_place.NAME}_{name}"] = partial(by_place_figure, rows, manifest)
            if is_by_state(rows):
                figures[f"state_map_{name}"] = partial(state_map, rows, manifest)
    return figures


def headline(
    manifest: StudyManifest,
    tables: dict[str, pd.DataFrame],
    folder: Path,
    outcomes: Sequence[str],
    plan: Callable[[], Plan],
) -> Shown:
    """The table that suits the design, without figures. Raises InputError."""
    design, runs = Design.model_validate(manifest.design), tables[RUNS_TABLE]
    if list(manifest.factor_units) == [_ORIGIN] and len(design.scenarios) == 1:
        origins = {number: str(point.factors[_ORIGIN]) for number, point in enumerate(manifest.points)}
        with _tables_read(folder, manifest):
            return Shown(hindcast(tables[QUARTERS_TABLE], origins, recorded_share()), HINDCAST, {})
    if design.design.kind in sensitivity.KINDS and len(design.scenarios) == 1:
        parts = [sensitivity.sensitivity(plan(), runs, each).assign(outcome=each) for each in outcomes]
        return Shown(pd.concat(parts, ignore_index=True), "sensitivity", {})
    if len(manifest.points) == len(set(design.scenarios)) >= _PAIR:
        return Shown(differences(runs, outcomes), DIFFERENCES, {})
    if design.design.kind == "grid" and len(manifest.factor_units) == _PAIR:
        return Shown(
            runs.groupby(["scenario", *manifest.factor_units])[list(outcomes)].mean().reset_index(), "means", {}
        )
    return Shown(None, "", {})


def _fan(manifest: StudyManifest, tables: dict[str, pd.DataFrame], folder: Path) -> dict[str, Callable[[], Figure]]:
    """The fan of the first scenario, if it was run more than once and its share is known."""
    quarters = tables.get(QUARTERS_TABLE)
    if quarters is None or SERIES not in quarters:
        return {}
    first = quarters[quarters["scenario"] == manifest.points[0].scenario]
    if first.groupby(["point", "replication"]).ngroups < _PAIR:
        return {}
    origin = str(parameters_of(folder, manifest, 0)[_ORIGIN])
    return {"bev_share_fan": partial(bev_share_fan, first, manifest, origin)}


def _as_read(folder: Path, manifest: StudyManifest, make: Callable[[], Figure]) -> Figure:
    """A figure that shows shipped tables too, or those that data packs of the study have in their place.

    Raises FigureError if these are gone or hold something else by now.
    """
    with _tables_read(folder, manifest):
        return make()


@contextmanager
def _tables_read(folder: Path, manifest: StudyManifest) -> Iterator[None]:
    """While it is open, tables are read as the first runs of a study read them. Raises FigureError."""
    content = parameters_of(folder, manifest, 0)
    named = {"packs": content.get(PACKS, ""), "sha256": content.get(PACKS_SHA256, "")}
    try:
        own = own_tables(DataPacks.model_validate(named))
    except TableError as error:
        raise FigureError(f"{folder}: what was observed is in the study's data packs: {error}") from error
    with own.open():
        yield


def _wedge(manifest: StudyManifest, quarters: pd.DataFrame, series: str) -> Figure:
    return policy_wedge(wedge(quarters, series), manifest, *manifest.units[QUARTERS_TABLE][series])


def comparison_figures(
    manifest: StudyManifest, tables: dict[str, pd.DataFrame], outcome: str
) -> dict[str, Callable[[], Figure]]:
    """What makes the figures of scenarios against the first, for an outcome."""
    unit, label = manifest.units[RUNS_TABLE][outcome]
    figures: dict[str, Callable[[], Figure]] = {}
    series = outcome.rpartition("_")[0]
    if QUARTERS_TABLE in tables and series in tables[QUARTERS_TABLE]:
        figures[f"policy_wedge_{series}"] = partial(_wedge, manifest, tables[QUARTERS_TABLE], series)
    intervals = convergence(tables[RUNS_TABLE], outcome)
    if not intervals.empty:
        figures[f"interval_convergence_{outcome}"] = partial(interval_convergence, intervals, manifest, unit, label)
    return figures
