"""One scenario, one seed: simulate and store."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from experiments.errors import InputError, RunFailedError
from experiments.inputs.data_packs import PackSaid, read_note
from experiments.inputs.scenario_files import ScenarioFile
from experiments.runs import manifest, provenance
from experiments.runs.likely_cause import cause_of_failure
from experiments.runs.memory import peak_rss_mib
from experiments.runs.own_code import NO_OWN_CODE, OwnCode
from experiments.runs.store import STUDY, Result, result_folder, write_result
from experiments.runs.streams import NO_STREAMS, StreamsWanted, with_streams
from experiments.runs.whole_files import kept_elsewhere, reason, tried
from experiments.states.begin import begun
from market.base import quarters
from market.base.ledger import LedgerError
from market.base.tables import TableError
from market.fleet.population import seats_path
from market.model import Market
from market.packs import opened
from market.recorder import TABLES
from market.scenario import Scenario
from market.version import RESULTS_VERSION

Progress = Callable[[str, int, int], None]
"""Told the quarter just done, how many are done and how many there are in all."""
_HASH_SHOWN = 8  # characters of a hash that tell scenarios apart in a folder's name


def silent(_quarter: str, _done: int, _in_all: int) -> None:
    """Progress that nobody is told of."""


def every_seat(scenario: Scenario) -> int:
    """Car-owning seats of the last quarter: the rows of a population with one row a seat."""
    with opened(scenario.data):
        return round(float(seats_path(scenario.ownership, quarters.index(scenario.run.last_quarter))[-1]))


def folder_name(chosen: ScenarioFile, own: OwnCode = NO_OWN_CODE) -> str:
    """Name of a scenario's folder: its own, with the start of a hash if it is not the scenario of that name."""
    if own.labels:
        asked = [manifest.identified(manifest.parameters_of(chosen.scenario)), own.labels]
        return f"{chosen.name}+{provenance.content_sha256(asked)[:_HASH_SHOWN]}"
    if not chosen.changed:
        return chosen.name
    return f"{chosen.name}+{manifest.parameters_sha256(chosen.scenario)[:_HASH_SHOWN]}"


def simulate(
    scenario: Scenario, name: str, seed: int, progress: Progress = silent, own: OwnCode = NO_OWN_CODE,
    *, saved_state: bool = True,
) -> Result:  # fmt: skip
    """Run the market, from a saved state where there is one; the result is not stored.

    ``saved_state``: whether states of earlier runs are used and one is kept; the tables are the same.
    Raises RunFailedError with the quarter it failed in, InputError for code of a user's own that cannot be used.
    """
    own.plugins(scenario)
    said = [PackSaid.of(read_note(folder)) for folder in scenario.data.folders]
    start, made_by, commit = time.perf_counter(), provenance.here(own.modules), manifest.git_commit()
    label = "before the first quarter"

    def stepped(market: Market) -> None:
        nonlocal label
        label = f"in {quarters.label(market.quarter + 1)}"
        if market.quarter >= 0:
            progress(quarters.label(market.quarter), market.quarter + 1, market.last_quarter + 1)

    try:
        market, from_state = begun(scenario, seed, own, stepped, saved=saved_state)
        while market.quarter < market.last_quarter:
            market.step()
            stepped(market)
    except (LedgerError, TableError, ArithmeticError, ValueError, LookupError, MemoryError) as error:
        reason = str(error) or type(error).__name__
        told = f"{name}, seed {seed}: the run failed {label}: {reason}{cause_of_failure(scenario)}"
        raise RunFailedError(told) from error
    frames = {table: market.recorder.frame(table) for table in TABLES}
    errors = manifest.free_run_errors_points(frames["national"], scenario.run.origin)
    record = manifest.Manifest(
        schema_version=manifest.SCHEMA_VERSION,
        study=STUDY,
        name=name,
        question=scenario.question,
        seed=seed,
        consumers=every_seat(scenario) if scenario.run.mean_field else scenario.run.consumers,
        origin=scenario.run.origin,
        parameters=manifest.parameters_of(scenario),
        parameters_sha256=manifest.parameters_sha256(scenario),
        own_rules=own.labels,
        data_packs=said,
        results_version=RESULTS_VERSION,
        from_saved_state=from_state,
        results_sha256=manifest.results_sha256(frames),
        free_run_mae_points=errors.get("BEV"),
        free_run_mae_points_by_powertrain=errors or None,
        outside_validity=bool(frames["national"]["used_outside_validity"].max()),
        ledger_checks=market.ledger.checked,
        accounts_checked=market.ledger.checked_about,
        wall_s=time.perf_counter() - start,
        peak_rss_mib=peak_rss_mib(),
        code=made_by.code,
        versions=made_by.versions,
        git_commit=commit,
        tables={},
    )
    return Result(record, frames)


def run_scenario(
    scenario: Scenario, name: str, seed: int, out: Path, progress: Progress = silent, own: OwnCode = NO_OWN_CODE,
    *, saved_state: bool = True, streams: StreamsWanted = NO_STREAMS,
) -> tuple[Path, Result]:  # fmt: skip
    """Simulate and store one run with its random streams; returns its folder and what is in it.

    Raises InputError if the folder cannot be written to, before anything is run; RunFailedError if the run fails, or
    if the disk refuses afterwards: the run is then kept in another place, which the sentence names.
    """
    folder = result_folder(out, name, seed)
    with ExitStack() as stack:
        try:
            stack.enter_context(tried(folder.parent))
        except OSError as error:
            raise InputError(f"{folder} cannot be written ({reason(error)}); choose another --out") from error
        alone = simulate(scenario, name, seed, progress, own, saved_state=saved_state)
        result = with_streams(alone, scenario, streams, own, saved_state=saved_state)
        try:
            return folder, Result(write_result(folder, result), result.frames)
        except OSError as error:
            raise RunFailedError(
                f"{folder} cannot be written ({reason(error)}); {_kept(result)}; make room or choose another --out"
            ) from error


def _kept(result: Result) -> str:
    """Put a finished run where there is room; says where."""
    place = kept_elsewhere(lambda folder: write_result(_below(folder, result), result))
    return "no other place takes the run either" if place is None else f"the run is kept in {_below(place, result)}"


def _below(out: Path, result: Result) -> Path:
    return result_folder(out, result.manifest.name, result.manifest.seed)
