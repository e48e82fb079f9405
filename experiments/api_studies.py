# ruff: noqa: PLC0415 - drawing is loaded by what draws, so that a study from Python starts without it
"""What ``import detour`` gives of studies on disk: they are made and looked at from Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.api import one_figure
from experiments.commands.design_changes import changed_design, values_given
from experiments.errors import RunFailedError
from experiments.inputs.data_packs import Folders, folders_of
from experiments.inputs.design import find_design
from experiments.runs.own_code import OwnCode
from experiments.studies.engine_choice import engine_of
from experiments.studies.market_runs import OUTCOMES, market_model
from experiments.studies.plan import make_plan, with_files_of
from experiments.studies.study import carry_out
from experiments.studies.study_files import RUNS_TABLE, StudyManifest, read_tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RESULTS = Path("results")
_HASH_SHOWN = 8  # characters of a hash that tell studies apart in a folder's name


@dataclass(frozen=True)
class Study:
    """A study on disk. ``runs``: a row a run; ``quarters``: a row a run and quarter."""

    folder: Path
    manifest: StudyManifest = field(repr=False)
    runs: pd.DataFrame = field(repr=False)
    quarters: pd.DataFrame = field(repr=False)

    def figure(self, name: str, outcomes: tuple[str, ...] = OUTCOMES) -> "Figure":
        """One of the figures that suit its design. Raises InputError, RunFailedError."""
        from experiments.studies.study_report import plan_of, shown

        tables = {RUNS_TABLE: self.runs, "quarters": self.quarters}
        plan = partial(plan_of, self.folder, self.manifest)
        return one_figure(shown(self.manifest, tables, self.folder, outcomes, plan).figures, name)

    def __repr__(self) -> str:
        size = f"{len(self.runs):,} runs of {len(self.manifest.points):,} points"
        return f"Study({self.manifest.name!r}, {size}, {str(self.folder)!r})"


def sweep(
    design: str | Path,
    *,
    out: str | Path = _RESULTS,
    workers: int | None = None,
    rules: Mapping[str, Any] | None = None,
    allow_plugins: tuple[str, ...] = (),
    data: Folders = (),
) -> Study:
    """Make the runs of a design (a shipped name or a file); what is in its folder already stays.

    ``rules`` and ``allow_plugins`` as in ``run``; workers load them by name, so they must stand in a module. ``data``:
    folders of data packs for all its runs, whose tables count before those of others. Raises InputError, and
    RunFailedError if a run failed.
    """
    path = find_design(str(design))
    own = OwnCode(tuple(allow_plugins), dict(rules or {}))
    asked = changed_design(path, None, None, None, values_given((), folders_of(data)))
    plan = make_plan(path.stem, asked, with_files_of(path.parent, market_model(own)), path.parent)
    folder = Path(out) / (f"{path.stem}+{plan.asked_sha256[:_HASH_SHOWN]}" if rules or data else path.stem)
    with engine_of(workers, None, mixed=False) as engine:
        done = carry_out(plan, folder, engine, lambda _: None)
    if done.failures:
        scenario_name, seed, error = done.failures[0]
        raise RunFailedError(f"{len(done.failures)} runs failed, the first {scenario_name}, seed {seed}: {error}")
    manifest, tables = read_tables(folder)
    return Study(folder, manifest, tables[RUNS_TABLE], tables["quarters"])
