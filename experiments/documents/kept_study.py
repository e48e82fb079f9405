"""Keep a study beside the code, small: ``python -m experiments.documents.kept_study FOLDER results/NAME``.

``study.json`` then holds the parameters of every scenario, so that ``detour report`` and ``detour figures`` need no
run; series by quarter that neither of them shows are left out. Both work from a clone.
"""

import shlex
import sys
from pathlib import Path

from experiments.commands.ending import errors_in_one_sentence
from experiments.errors import InputError
from experiments.figures.of_studies.bev_share_fan import SERIES
from experiments.findings.of_study import NEEDED
from experiments.inputs.parameter_list import Value
from experiments.runs.whole_files import write_whole
from experiments.studies.study_files import (
    PAGE,
    QUARTERS_TABLE,
    RUNS_TABLE,
    StudyManifest,
    file_tables,
    outcomes_of,
    parameters_of,
    read_tables,
)
from experiments.studies.study_report import outcomes_shown, plan_of, write_shown

MOST_BYTES = 3_000_000
"""Of a table: repositories stay light."""
_OF_THIS_COMPUTER = ("--out", "--workers")  # options of a command


def keep(folder: Path, into: Path) -> list[Path]:
    """Write the small form of a complete study with its tables and figures; a page that is there stays.

    Returns the files of headline tables and figures. Raises InputError if a run failed, if parameters of a point are
    not those of its scenario with its factors, or if a table is too large.
    """
    manifest, tables = read_tables(folder)
    if (tables[RUNS_TABLE]["status"] == "failed").any():
        raise InputError(f"{folder}: runs failed, so it is not kept; {manifest.command} --retry-failed reruns them")
    outcomes = outcomes_shown(folder, manifest)
    series = _series(manifest, outcomes)
    units = {name: told for name, told in manifest.units[QUARTERS_TABLE].items() if name in series}
    small = manifest.model_copy(
        update={
            "command": command_elsewhere(manifest.command), "parameters": _parameters(folder, manifest),
            "units": {**manifest.units, QUARTERS_TABLE: units},
        }
    )  # fmt: skip
    if QUARTERS_TABLE in tables:
        left_out = manifest.units[QUARTERS_TABLE].keys() - units.keys()
        tables[QUARTERS_TABLE] = tables[QUARTERS_TABLE].drop(columns=sorted(left_out & set(tables[QUARTERS_TABLE])))
    into.mkdir(parents=True, exist_ok=True)
    file_tables(into, small, tables)
    _check_sizes(into, list(tables))
    if not (into / PAGE).exists():
        write_whole(
            into / PAGE, (folder / PAGE).read_bytes().replace(manifest.command.encode(), small.command.encode())
        )
    return write_shown(into, outcomes, lambda: plan_of(into, small)).paths


def command_elsewhere(command: str) -> str:
    """A command without what holds on one computer only: where results go and how many workers there are."""
    words, kept = iter(shlex.split(command)), []
    for word in words:
        if word in _OF_THIS_COMPUTER:
            next(words, None)
        elif not word.startswith(tuple(f"{option}=" for option in _OF_THIS_COMPUTER)):
            kept.append(word)
    return shlex.join(kept)


def _series(manifest: StudyManifest, outcomes: list[str]) -> set[str]:
    """Columns of the table by quarter that a report or a figure shows."""
    known = manifest.units[QUARTERS_TABLE]
    by_place = {name for name in outcomes_of(manifest, QUARTERS_TABLE) if ":" in name}
    shown = {SERIES, *NEEDED, *(each.rpartition("_")[0] for each in outcomes)}
    return by_place | (known.keys() - set(outcomes_of(manifest, QUARTERS_TABLE))) | (known.keys() & shown)


def _parameters(folder: Path, manifest: StudyManifest) -> dict[str, dict[str, Value]]:
    """Parameters of the first point of each scenario, from which those of every other follow."""
    contents = [dict(parameters_of(folder, manifest, point)) for point in range(len(manifest.points))]
    first = {each.scenario: content for each, content in reversed(list(zip(manifest.points, contents, strict=True)))}
    whole = manifest.model_copy(update={"parameters": first})
    other = next((at for at, content in enumerate(contents) if parameters_of(folder, whole, at) != content), None)
    if other is not None:
        raise InputError(f"{folder}: point {other} has other parameters than its scenario and factors; it is not kept")
    return {scenario: first[scenario] for scenario in dict.fromkeys(each.scenario for each in manifest.points)}


def _check_sizes(folder: Path, tables: list[str]) -> None:
    """Raise InputError if a table is too large to be kept."""
    for name in tables:
        path = folder / f"{name}.parquet"
        if path.stat().st_size > MOST_BYTES:
            size = path.stat().st_size / 1e6
            raise InputError(f"{path} has {size:.1f} MB; at most {MOST_BYTES / 1e6:.0f} are kept: make fewer runs")


if __name__ == "__main__":
    with errors_in_one_sentence():
        sys.stdout.writelines(f"{path}\n" for path in keep(*map(Path, sys.argv[1:3])))
