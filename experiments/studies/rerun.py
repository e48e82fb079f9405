"""Runs of a result are rerun from the first quarter, in this environment, and compared: ``detour verify --rerun``."""

import os
from pathlib import Path

from experiments.errors import InputError, RunFailedError
from experiments.inputs.design import Design
from experiments.inputs.parameter_list import PACKS, PACKS_SHA256
from experiments.runs.manifest import results_sha256
from experiments.runs.provenance import Provenance, content_sha256, here, told_apart
from experiments.runs.result_tables import STREAM_SEED, STREAMS
from experiments.runs.run import simulate
from experiments.runs.spread import streams_of
from experiments.runs.store import MANIFEST, Result, read_result, scenario_of
from experiments.runs.streams import StreamsWanted, made_streams, stream_table
from experiments.studies import market_runs
from experiments.studies.local_engine import LocalEngine
from experiments.studies.plan import asked_model
from experiments.studies.run_files import RunRecord, record_of
from experiments.studies.study_files import RUNS_TABLE, StudyManifest, read_tables, run_files
from market.base.tables import TableError
from market.packs import DataPacks, own_tables

_SHOWN = 12  # characters of a hash in a sentence
_DIFFERING_SHOWN = 5


def rerun_agrees(folder: Path, count: int) -> str:
    """Make runs of a result that verifies again; a sentence of which. Raises RunFailedError if any differs."""
    return _run(folder, count) if (folder / MANIFEST).is_file() else _study(folder, count)


def _run(folder: Path, count: int) -> str:
    """The run itself, and as many of its streams."""
    result = read_result(folder)
    manifest = result.manifest
    if manifest.own_rules:
        given = ", ".join(manifest.own_rules.values())
        raise InputError(f"{folder} was made with rules given from Python ({given}); make it again from there")
    _refuse_other_packs(folder, scenario_of(manifest).data)
    made = simulate(scenario_of(manifest), manifest.name, manifest.seed, saved_state=False).manifest.results_sha256
    if made != manifest.results_sha256:
        raise RunFailedError(
            f"{folder}: rerun, its tables differ: results {made[:_SHOWN]} instead of "
            f"{manifest.results_sha256[:_SHOWN]}; {_why(manifest.provenance)}"
        )
    streams = "" if streams_of(result) is None else _streams(folder, result, count)
    return f"{folder}: rerun, its tables are the same{streams}{_though(manifest.provenance)}."


def _streams(folder: Path, result: Result, count: int) -> str:
    """Make streams of a run again; how many are the same. Raises RunFailedError if any differs."""
    manifest, table = result.manifest, result.frames[STREAMS]
    key = results_sha256({STREAMS: table})
    seeds = sorted(sorted(set(table[STREAM_SEED]), key=lambda seed: content_sha256([key, int(seed)]))[:count])
    drawn = {} if manifest.streams is None else manifest.streams.drawn_parameters
    outcomes, failed = made_streams(scenario_of(manifest), seeds, StreamsWanted(parameters=drawn), saved_state=False)
    kept = {seed: table[table[STREAM_SEED] == seed] for seed in seeds}
    differing = [
        seed for seed in seeds
        if seed in failed or results_sha256({STREAMS: stream_table({seed: outcomes[seed]})})
        != results_sha256({STREAMS: kept[seed]})
    ]  # fmt: skip
    if differing:
        raise RunFailedError(
            f"{folder}: {len(differing)} of {len(seeds)} random streams differ when they are rerun, the first with "
            f"seed {differing[0]}; {_why(manifest.provenance)}"
        )
    return f", and {len(seeds)} of its random streams"


def _study(folder: Path, count: int) -> str:
    manifest, _ = read_tables(folder)
    if manifest.parameters:
        raise InputError(f"{folder}: its runs are not kept here, so none can be compared; repeat {manifest.command}")
    records = chosen(folder, manifest, count)
    if not records:
        raise RunFailedError(f"{folder}: all its runs failed, so there is none to rerun")
    jobs = [record.job for record in records.values()]
    for job in jobs:
        named = {"packs": job.content.get(PACKS, ""), "sha256": job.content.get(PACKS_SHA256, "")}
        _refuse_other_packs(folder, DataPacks.model_validate(named))
    engine = LocalEngine(min(len(jobs), os.cpu_count() or 1))
    differing = {}
    model = asked_model(
        Design.model_validate(manifest.design), market_runs.market_model(saved_states=False), jobs[0].content
    )
    for job, made in engine.run(jobs, model.run, manifest.design["limit_s"]):
        kept, found = _outcome_sha256(records[job.identity]), _outcome_sha256(record_of(job, made))
        if kept != found:
            differing[job.identity] = made.error or f"{found[:_SHOWN]} instead of {kept[:_SHOWN]}"
    if not differing:
        though = _though(next(iter(records.values())).provenance)
        return f"{folder}: {len(jobs)} of its runs, rerun, are the same: {_named(list(records))}{though}."
    listed = "; ".join(f"{_named([each])}: {why}" for each, why in list(differing.items())[:_DIFFERING_SHOWN])
    raise RunFailedError(
        f"{folder}: {len(differing)} of {len(jobs)} runs differ when they are rerun ({listed}); "
        f"{_why(records[next(iter(differing))].provenance)}"
    )


def _refuse_other_packs(folder: Path, named: DataPacks) -> None:
    """Raise InputError if data packs are gone or hold other tables than when a result was made."""
    try:
        own_tables(named)
    except TableError as error:
        why, _, _ = str(error).partition("; ")
        told = f"{folder}: its data pack {named.packs} is not what it was made with ({why}); restore it"
        raise InputError(told) from error


def chosen(folder: Path, manifest: StudyManifest, count: int) -> dict[str, RunRecord]:
    """Runs that succeeded, by identity: as if drawn, but the same for the same results, which are the key."""
    key, files = manifest.tables[RUNS_TABLE], run_files(folder)
    found: dict[str, RunRecord] = {}
    for identity in sorted({run[3] for run in manifest.runs}, key=lambda each: content_sha256([key, each])):
        record = files.read(identity)
        if record is not None and not record.failed:
            found[identity] = record
        if len(found) == count:
            break
    return found


def _outcome_sha256(record: RunRecord) -> str:
    return content_sha256([record.numbers, record.quarters])


def _named(identities: list[str]) -> str:
    return ", ".join(identity[:_SHOWN] for identity in identities)


def _though(made_by: Provenance | None) -> str:
    """What differs between then and now, where the numbers are the same; nothing if nothing does."""
    other = told_apart(made_by, here())
    return f", though it was made with {other}" if other else ""


def _why(made_by: Provenance | None) -> str:
    """What may be the cause, in words."""
    other = told_apart(made_by, here())
    if other:
        return f"it was made with {other}"
    return "code and libraries are the same, so the processor is another or what was kept is not what was made"
