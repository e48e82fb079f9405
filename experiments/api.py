# ruff: noqa: PLC0415 - drawing is loaded by what draws, so that a run from Python starts without it
"""What ``import detour`` gives: scenarios, runs, comparisons and studies from Python."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.attribution.paired_outcomes import Frames, public_cost, surplus_change
from experiments.errors import InputError, RunFailedError
from experiments.figures.formats import PNG, formats_named
from experiments.figures.media import SCREEN
from experiments.inputs.data_packs import Folders, folders_of, scenario_with_packs
from experiments.inputs.parameter_list import Value, nearest
from experiments.inputs.scenario_files import REFERENCE, ScenarioFile, load_scenario, shipped_names
from experiments.runs.frames import period_table
from experiments.runs.manifest import parameters_sha256
from experiments.runs.own_code import OwnCode
from experiments.runs.run import folder_name, simulate
from experiments.runs.store import Result, read_result, result_folder, scenario_of, write_result
from experiments.runs.streams import StreamsWanted, check_all_made, with_streams
from experiments.studies import in_memory
from experiments.studies.comparison import differences
from experiments.studies.market_runs import OUTCOMES
from experiments.studies.study_files import RUNS_TABLE, StudyManifest
from market.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RESULTS = Path("results")
_LEAST_RUNS = 2
_HASH_SHOWN = 8  # characters of a hash that tell studies apart in a folder's name


def scenario(name: str | Path | Scenario = "reference", *, data: Folders = (), **groups: Mapping[str, Any]) -> Scenario:
    """A shipped scenario, that of a ``.toml`` file or one at hand, with parameters changed by group.

    ``scenario("no-credits", run={"mean_field": True})``. ``data``: folders of data packs, whose tables count before
    those of packs the scenario has already. Raises InputError for a name or file that is none, ValueError
    for a parameter that is none or out of its bounds, with the nearest right name.
    """
    base = name if isinstance(name, Scenario) else load_scenario(str(name)).scenario
    return scenario_with_packs(base, folders_of(data)).with_(**groups)


@dataclass(frozen=True)
class Run:
    """One run in memory. ``result``: what ``run.json`` says and all tables; ``scenario``: what was run."""

    result: Result
    scenario: Scenario

    @property
    def name(self) -> str:
        """Name of the scenario, with a hash if it is none of those shipped."""
        return self.result.manifest.name

    @property
    def seed(self) -> int:
        """Seed of its random streams."""
        return self.result.manifest.seed

    @property
    def national(self) -> pd.DataFrame:
        """The national table by quarter: see ``table``."""
        return self.table("national")

    def table(self, name: str) -> pd.DataFrame:
        """A table with its quarters as a PeriodIndex, units and labels in ``attrs``. Raises InputError for none."""
        frames = self.result.frames
        if name not in frames:
            raise InputError(f"a run has no table {name}{nearest(name, frames) or '; it has ' + ', '.join(frames)}")
        return period_table(name, frames[name])

    def plot(self, column: str, table: str = "national") -> "Axes":
        """A line of one column over time, with its label and unit on the axis. Raises InputError for no column."""
        rows = self.table(table)
        if column not in rows:
            raise InputError(f"table {table} has no column {column}{nearest(column, map(str, rows))}")
        axes: Axes = rows[column].plot(legend=False)
        axes.set_ylabel(f"{rows.attrs['labels'][column]} ({rows.attrs['units'][column]})")
        axes.set_xlabel("")
        return axes

    def figure(self, name: str) -> "Figure":
        """One of the figures of a run, by name. Raises InputError for none, RunFailedError if it cannot be drawn."""
        from experiments.figures.registry import figures_of

        return one_figure(figures_of(self.result), name)

    def save(self, out: str | Path = _RESULTS) -> Path:
        """Store the run as ``detour run`` does; its folder. Raises OSError if the disk refuses."""
        folder = result_folder(Path(out), self.name, self.seed)
        write_result(folder, self.result)
        return folder

    def __repr__(self) -> str:
        last = self.result.frames["national"].iloc[-1]
        what = f"{last['bev_share_new']:.1%} BEVs among new cars in {last['quarter']}"
        return f"Run({self.name!r}, seed={self.seed}, {self.result.manifest.population}: {what})"


def run(
    chosen: Scenario | str | Path = "reference",
    *,
    seed: int = 1,
    rules: Mapping[str, Any] | None = None,
    allow_plugins: tuple[str, ...] = (),
    name: str | None = None,
    saved_state: bool = True,
    streams: int = 0,
    parameters: bool = False,
    workers: int | None = None,
    data: Folders = (),
) -> Run:
    """Run a scenario (or one named) to its end; nothing is stored until ``save``.

    ``rules``: objects to decide by, by kind, in place of those the scenario names. ``allow_plugins``: modules a
    scenario may name. ``name``: of the run in comparisons and folders. ``saved_state``: whether it begins at the end of
    the observed data if an earlier run has been there; results are the same. ``streams``: how many mean-field runs with
    random streams join it as table ``streams``, from its own seed on, for the bands of figures, made in ``workers``
    processes (one a core by default). ``parameters``: whether each stream takes another of calibration's draws too.
    ``data``: folders of data packs, as for ``scenario``.
    Raises InputError, and RunFailedError also if a stream fails.
    """
    what = scenario(chosen, data=data)
    own = OwnCode(tuple(allow_plugins), dict(rules or {}))
    called = name or folder_name(_shipped(what), own)
    alone = simulate(what, called, seed, own=own, saved_state=saved_state)
    wanted = StreamsWanted(streams, workers, parameters=_drawn_by_seed(seed, streams, what) if parameters else {})
    result = with_streams(alone, what, wanted, own, saved_state=saved_state)
    check_all_made(result)
    return Run(result, what)


def _drawn_by_seed(seed: int, streams: int, what: Scenario) -> Mapping[int, Mapping[str, Value]]:
    from experiments.calibration.draws import by_seed

    return by_seed(seed, streams, what)


def _shipped(what: Scenario) -> ScenarioFile:
    """A scenario under the name of the shipped one with its parameters, or as a change of the reference."""
    asked = parameters_sha256(what)
    same = (each for each in shipped_names() if parameters_sha256(load_scenario(each).scenario) == asked)
    name = next(same, None)
    return ScenarioFile(name or REFERENCE, what, changed=name is None)


def read(folder: str | Path) -> Run:
    """A run that was stored. Raises InputError if it is none, damaged, or of other parameters than this Detour's."""
    result = read_result(Path(folder))
    return Run(result, scenario_of(result.manifest))


@dataclass(frozen=True)
class Comparison:
    """Runs against the first of them, paired by seed. ``manifest``, ``tables``: as of a study of these ``runs``."""

    manifest: StudyManifest
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    runs: tuple[Run, ...] = field(repr=False)

    def differences(self, *outcomes: str) -> pd.DataFrame:
        """A row an outcome and scenario: means of both sides, their paired difference and its 90 % interval."""
        self._check(outcomes)
        return differences(self.tables[RUNS_TABLE], outcomes or OUTCOMES)

    def public_cost(self) -> pd.DataFrame:
        """Public money a further BEV, GWh of storage and ton of CO2: rows of ``public_cost`` by scenario and seed."""
        return self._paired(public_cost)

    def surplus(self) -> pd.DataFrame:
        """Change of surplus by income, and of sellers of used cars: rows of ``surplus_change`` by scenario and seed."""
        return self._paired(surplus_change)

    def _paired(self, change: Callable[[Frames, Frames], pd.DataFrame]) -> pd.DataFrame:
        """A change of each run against the run of the first scenario with its seed."""
        first = self.runs[0].name
        reference = {each.seed: each.result.frames for each in self.runs if each.name == first}
        parts = []
        for each in (each for each in self.runs if each.name != first and each.seed in reference):
            found = change(each.result.frames, reference[each.seed])
            found.insert(0, "scenario", each.name)
            found.insert(1, "seed", each.seed)
            parts.append(found)
        return pd.concat(parts, ignore_index=True)

    def figure(self, name: str = "policy_wedge", outcome: str = OUTCOMES[0]) -> "Figure":
        """``policy_wedge`` or ``interval_convergence`` of an outcome. Raises InputError, RunFailedError."""
        from experiments.studies.study_report import comparison_figures

        self._check((outcome,))
        found = comparison_figures(self.manifest, dict(self.tables), outcome)
        return one_figure(
            {key.partition(f"_{outcome.rpartition('_')[0]}")[0]: make for key, make in found.items()}, name
        )

    def _check(self, outcomes: tuple[str, ...]) -> None:
        known = self.manifest.units[RUNS_TABLE]
        wrong = next((each for each in outcomes if each not in known), None)
        if wrong is not None:
            raise InputError(f"{wrong} is no outcome of a run{nearest(wrong, known)}")

    def __repr__(self) -> str:
        first, *others = [point.scenario for point in self.manifest.points]
        return f"Comparison({', '.join(others)} against {first}, {len(self.manifest.runs)} runs)"


def compare(*runs: Run) -> Comparison:
    """Runs of two scenarios or more, paired by seed, against the scenario of the first.

    Raises InputError for fewer than two scenarios, or a scenario that lacks a seed of the others.
    """
    other = next((each for each in runs if not isinstance(each, Run)), None)
    if other is not None:
        raise InputError(f"{other!r} is no run; compare what detour.run or detour.read gave")
    if len({each.name for each in runs}) < _LEAST_RUNS:
        raise InputError("a comparison takes runs of two scenarios or more, of other names; give run(..., name=...)")
    national = [(each.name, each.seed, each.result.frames["national"]) for each in runs]
    return Comparison(*in_memory.as_study(national), tuple(runs))


def figures(result: Run | str | Path, out: str | Path | None = None, formats: Sequence[str] = (PNG,)) -> list[Path]:
    """Draw all figures of a run, or of the folder of a run or study, into files; their paths.

    ``formats``: any of "png", "svg" and "pdf"; a file for each.

    Raises InputError for a folder that is neither, RunFailedError if a figure cannot be drawn.
    """
    from experiments.commands.redraw import redraw
    from experiments.figures.drawing import draw_each
    from experiments.figures.registry import figures_of

    if not isinstance(result, Run):
        return redraw(Path(result), SCREEN, formats=formats_named(",".join(formats))).paths
    drawn = draw_each(figures_of(result.result), Path(out or "figures"), formats_named(",".join(formats)))
    if drawn.faults:
        raise RunFailedError("; ".join(drawn.faults))
    return drawn.paths


def one_figure(made_by: "Mapping[str, Callable[[], Figure]]", name: str) -> "Figure":
    """A figure by name, drawn. Raises InputError for none, RunFailedError if it cannot be drawn."""
    from experiments.figures.drawing import finished

    if name not in made_by:
        raise InputError(f"there is no figure {name}{nearest(name, made_by) or '; there are ' + ', '.join(made_by)}")
    return finished(name, made_by[name], lambda figure: figure)
