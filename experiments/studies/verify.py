"""Does a result folder hold what it says: schema, checksums, invariants; of a study every run and both tables."""

from collections import Counter
from pathlib import Path

import pandas as pd

from experiments.errors import InputError, RunFailedError
from experiments.hindcast.files import MANIFEST as HINDCAST
from experiments.hindcast.files import verified_hindcast
from experiments.runs.manifest import UNSEALED_VERSION, Manifest, results_sha256
from experiments.runs.store import MANIFEST, ResultError, read_result
from experiments.studies.container import ContainerError
from experiments.studies.run_files import DamagedRunError, RunRecord
from experiments.studies.study_files import STUDY, StudyError, read_manifest, read_tables, run_files, tables_of
from market.base.regular_files import is_regular

_FAULTS_SHOWN = 5


def verified(folder: Path) -> str:
    """A sentence of what was checked. Raises RunFailedError if anything is wrong, InputError if there is no result."""
    if is_regular(folder / MANIFEST):
        return _run(folder)
    if is_regular(folder / STUDY):
        try:
            return _study(folder)
        except ContainerError as error:
            raise RunFailedError(str(error)) from error
    if is_regular(folder / HINDCAST):
        return verified_hindcast(folder)
    raise InputError(f"{folder} holds neither {MANIFEST} nor {STUDY}; give the folder of a run or of a study")


def _run(folder: Path) -> str:
    try:
        result = read_result(folder)
    except ResultError as error:
        raise RunFailedError(str(error)) from error
    manifest = result.manifest
    checks = manifest.ledger_checks
    if checks == 0:
        raise RunFailedError(f"{folder}: the accounts of this run were never checked; rerun it with `detour run`")
    if manifest.schema_version == UNSEALED_VERSION:
        made = f"{MANIFEST} is of schema version 1: it carries no checksum of its own and does not record what made it"
    else:
        made = f"made with {manifest.provenance}"
    return (
        f"{folder}: {len(result.frames)} tables are complete and match {MANIFEST}; accounts were checked {checks} "
        f"times{_about(manifest)}; {made}."
    )


def _about(manifest: Manifest) -> str:
    """What was checked, in words; nothing of a run that does not record it."""
    return f" ({'; '.join(manifest.accounts_checked)})" if manifest.accounts_checked else ""


def _study(folder: Path) -> str:
    try:
        manifest = read_manifest(folder)
    except StudyError as error:
        raise RunFailedError(str(error)) from error
    if manifest.parameters:
        return _without_runs(folder)
    files, faults, missing, failed = run_files(folder), [], 0, 0
    made_by: Counter[str] = Counter()
    identities = list(dict.fromkeys(run[3] for run in manifest.runs))
    for identity in identities:
        try:
            record = files.read(identity)
        except DamagedRunError as error:
            faults.append(str(error))
            continue
        missing += record is None
        failed += record is not None and record.failed
        made_by.update([_maker(record)] if record is not None else [])
    if faults:
        shown = "; ".join(faults[:_FAULTS_SHOWN])
        raise RunFailedError(
            f"{folder}: {len(faults)} of {len(identities)} runs are damaged: {shown}; "
            "repeat the study's command to rerun them"
        )
    if missing:
        raise RunFailedError(f"{folder}: {missing} of {len(identities)} runs are missing; repeat: {manifest.command}")
    try:
        _, kept = read_tables(folder)
        made = tables_of(manifest, files)
    except StudyError as error:
        raise RunFailedError(str(error)) from error
    if _contents_sha256(kept) != _contents_sha256(made):
        raise RunFailedError(f"{folder}: the tables are not those of the runs; repeat: {manifest.command}")
    agreeing = f"{len(identities)} runs ({failed} failed) and {len(kept)} tables are complete and agree"
    return f"{folder}: {agreeing}; {_mixture(made_by)}."


def _without_runs(folder: Path) -> str:
    """Of a study kept without its runs, whose tables are all there is to check."""
    try:
        manifest, tables = read_tables(folder)
    except StudyError as error:
        raise RunFailedError(str(error)) from error
    made = f"{manifest.model} {manifest.model_version}"
    return f"{folder}: {len(tables)} tables match {STUDY}, made with {made}; the runs behind them are not kept here."


def _maker(record: RunRecord) -> str:
    """What made a run, in words."""
    return "code that was not recorded" if record.provenance is None else str(record.provenance)


def _mixture(made_by: Counter[str]) -> str:
    """What made the runs; of mixed versions each with its number of runs."""
    if len(made_by) == 1:
        return f"all were made with {next(iter(made_by))}"
    shares = "; ".join(f"{count} with {maker}" for maker, count in made_by.most_common())
    return f"versions are mixed: {shares}"


def _contents_sha256(tables: dict[str, pd.DataFrame]) -> str:
    return results_sha256(dict(sorted(tables.items())))
