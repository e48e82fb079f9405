"""What the explorer keeps of finished studies: paths of all scenarios, and runs of the levers."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from agents.arrays import Floats
from experiments.errors import InputError
from experiments.explorer.fitting import Runs, runs_of
from experiments.explorer.indicators import COLUMNS, INDICATORS
from experiments.explorer.kept import whole
from experiments.explorer.levers import TITLES, ExplorerLever, default_of
from experiments.inputs.scenario_files import REFERENCE
from experiments.studies.study_files import QUARTERS_TABLE, RUNS_TABLE, StudyManifest, read_tables
from market.base import quarters

Paths = dict[str, list[list[int | None]]]
_SAME = 1e-9


def whole_study(folder: Path) -> tuple[StudyManifest, pd.DataFrame]:
    """Manifest and quarters of a study without failed runs. Raises StudyError, InputError."""
    manifest, tables = read_tables(folder)
    if (tables[RUNS_TABLE]["status"] == "failed").any():
        raise InputError(f"{folder}: every run is needed; {manifest.command} --retry-failed reruns failed ones")
    return manifest, tables[QUARTERS_TABLE]


def _wide(table: pd.DataFrame, column: str) -> Floats:
    """A column by run and quarter, (runs, quarters), runs in the order of the table."""
    count = table["quarter"].nunique()
    return table[column].to_numpy(np.float64).reshape(-1, count)


def history_of(table: pd.DataFrame, observed: int) -> dict[str, list[int | None]]:
    """The observed quarters, which all runs share. Raises InputError if they do not."""
    found = {}
    for each in INDICATORS:
        seen = _wide(table, each.column)[:, :observed]
        if np.nanmax(np.ptp(seen, axis=0), initial=0.0) > _SAME * np.nanmax(np.abs(seen)):
            raise InputError(f"{each.column} differs between runs before the end of observed data")
        found[each.column] = whole(seen[0], each.decimals)
    return found


def paths_of(expected: pd.DataFrame, drawn: pd.DataFrame, observed: int) -> dict[str, Paths]:
    """Paths after the observed quarters by scenario: the expected one, then the streams. Raises InputError."""
    names = list(dict.fromkeys(drawn["scenario"]))
    if names != list(dict.fromkeys(expected["scenario"])) or names[0] != REFERENCE:
        raise InputError(
            "the studies of streams and of expected paths must have the same scenarios, the reference first"
        )
    both = pd.concat([expected, drawn])
    return {name: _paths(both[both["scenario"] == name], observed) for name in names}


def _paths(table: pd.DataFrame, observed: int) -> Paths:
    return {
        each.column: [whole(path, each.decimals) for path in _wide(table, each.column)[:, observed:]]
        for each in INDICATORS
    }


def lever_runs(manifest: StudyManifest, table: pd.DataFrame, expected: pd.DataFrame, observed: int) -> Runs:
    """Runs of the design of levers, after the expected path of the reference. Raises InputError for other factors."""
    factors: Mapping[str, Mapping[str, float]] = manifest.design["factors"]
    if factors.keys() != TITLES.keys():
        raise InputError(f"{manifest.name}: its factors must be {', '.join(TITLES)}")
    levers = [ExplorerLever(name, factors[name]["low"], factors[name]["high"], default_of(name)) for name in TITLES]
    values = table.drop_duplicates("point")[list(TITLES)].to_numpy(np.float64)
    reference = expected[expected["scenario"] == REFERENCE]
    paths, usual = ({name: _wide(each, name)[:, observed:] for name in COLUMNS} for each in (table, reference))
    return runs_of(levers, values, paths, {name: path[0] for name, path in usual.items()})


def observed_quarters(table: pd.DataFrame, origin: str) -> int:
    """How many quarters are observed, the last one being ``origin``."""
    return quarters.index(origin) - quarters.index(str(table["quarter"].iloc[0])) + 1
