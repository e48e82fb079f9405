"""Does a result folder hold what it says: schema, checksums, invariants; of a study every run and both tables."""

from pathlib import Path

import pandas as pd

from experiments.errors import InputError, RunFailedError
from experiments.manifest import results_sha256
from experiments.store import MANIFEST, ResultError, read_result
from experiments.studies.container import ContainerError
from experiments.studies.run_files import DamagedRunError
from experiments.studies.study_files import STUDY, StudyError, read_manifest, read_tables, run_files, tables_of

_FAULTS_SHOWN = 5


def verified(folder: Path) -> str:
    """A sentence of what was checked. Raises RunFailedError if anything is wrong, InputError if there is no result."""
    if (folder / MANIFEST).is_file():
        return _run(folder)
    if (folder / STUDY).is_file():
        try:
            return _study(folder)
        except ContainerError as error:
            raise RunFailedError(str(error)) from error
    raise InputError(f"{folder} holds neither {MANIFEST} nor {STUDY}; give the folder of a run or of a study")


def _run(folder: Path) -> str:
    try:
        result = read_result(folder)
    except ResultError as error:
        raise RunFailedError(str(error)) from error
    checks = result.manifest.ledger_checks
    if checks == 0:
        raise RunFailedError(f"{folder}: the books of this run were never checked; make it again with `detour run`")
    return (
        f"{folder}: {len(result.frames)} tables are whole and as {MANIFEST} tells; books were checked {checks} times."
    )


def _study(folder: Path) -> str:
    try:
        manifest = read_manifest(folder)
    except StudyError as error:
        raise RunFailedError(str(error)) from error
    files, faults, missing, failed = run_files(folder), [], 0, 0
    identities = list(dict.fromkeys(run[3] for run in manifest.runs))
    for identity in identities:
        try:
            record = files.read(identity)
        except DamagedRunError as error:
            faults.append(str(error))
            continue
        missing += record is None
        failed += record is not None and record.failed
    if faults:
        shown = "; ".join(faults[:_FAULTS_SHOWN])
        raise RunFailedError(
            f"{folder}: {len(faults)} of {len(identities)} runs are damaged: {shown}; "
            "repeat the study's command to make them again"
        )
    if missing:
        raise RunFailedError(f"{folder}: {missing} of {len(identities)} runs are missing; repeat: {manifest.command}")
    try:
        _, kept = read_tables(folder)
        made = tables_of(manifest, files)
    except StudyError as error:
        raise RunFailedError(str(error)) from error
    if _told(kept) != _told(made):
        raise RunFailedError(f"{folder}: the tables are not those of the runs; repeat: {manifest.command}")
    return f"{folder}: {len(identities)} runs ({failed} failed) and {len(kept)} tables are whole and agree."


def _told(tables: dict[str, pd.DataFrame]) -> str:
    return results_sha256(dict(sorted(tables.items())))
