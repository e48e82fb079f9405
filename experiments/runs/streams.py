"""Runs with random streams beside a run: what prices, demand and chance may bring, in mean field on the fast graph."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from experiments.errors import RunFailedError
from experiments.inputs.dated_names import nested
from experiments.inputs.parameter_list import Value, counted, every_parameter
from experiments.runs.manifest import StreamsRecord, parameters_sha256, results_sha256
from experiments.runs.own_code import NO_OWN_CODE, OwnCode
from experiments.runs.result_tables import STREAM_SEED, STREAMS, columns_of
from experiments.runs.store import Result
from experiments.studies.engine import made_at_last
from experiments.studies.job import Job, Outcome
from experiments.studies.local_engine import LocalEngine
from experiments.studies.market_runs import MarketRuns
from market.scenario import Run, Scenario

StreamTold = Callable[[int, int], None]
"""Told how many streams are done and how many there are in all."""


def unheard(_done: int, _in_all: int) -> None:
    """Progress that nobody is told of."""


@dataclass(frozen=True)
class StreamsWanted:
    """How many streams a run gets, in how many processes (None: one a core), and who hears of it.

    ``parameters``: by seed, values by ``group.key`` that its stream takes where the scenario has the default.
    """

    count: int = 0
    workers: int | None = None
    told: StreamTold = unheard
    parameters: Mapping[int, Mapping[str, Value]] = field(default_factory=dict)


OF_STREAMS: Mapping[str, Value] = {"run.mean_field": True, "run.fast_graph": True, "world.shocks": True}
"""What a scenario is run with as a random stream."""
NO_STREAMS = StreamsWanted()
"""The run alone."""


def scenario_of_streams(scenario: Scenario) -> Scenario:
    """A scenario as its streams run it; the same for any number of consumers."""
    return scenario.with_(**nested({**OF_STREAMS, "run.consumers": Run().consumers}))


def with_streams(
    result: Result, scenario: Scenario, wanted: StreamsWanted, own: OwnCode = NO_OWN_CODE, *, saved_state: bool = True
) -> Result:
    """A run with the table of its streams, whose seeds begin with its own; without streams as it is.

    Streams that failed are left out and listed in the manifest. Raises InputError for a user's own rules that workers
    cannot load, RunFailedError if workers cannot start.
    """
    if not wanted.count:
        return result
    start, first = time.perf_counter(), result.manifest.seed
    seeds = range(first, first + wanted.count)
    outcomes, failed = made_streams(scenario, seeds, wanted, own, saved_state=saved_state)
    table = stream_table(outcomes)
    record = StreamsRecord(
        seeds=list(outcomes),
        failed=failed,
        parameters_sha256=parameters_sha256(scenario_of_streams(scenario)),
        drawn_parameters={seed: dict(drawn) for seed, drawn in wanted.parameters.items() if seed in seeds},
        results_sha256=results_sha256({STREAMS: table}),
        wall_s=time.perf_counter() - start,
    )
    return replace(
        result,
        manifest=result.manifest.model_copy(update={"streams": record}),
        frames={**result.frames, STREAMS: table},
    )


def made_streams(
    scenario: Scenario, seeds: Sequence[int], wanted: StreamsWanted, own: OwnCode = NO_OWN_CODE, *,
    saved_state: bool = True,
) -> tuple[dict[int, Outcome], dict[int, str]]:  # fmt: skip
    """Runs of these seeds, and the sentences of those that failed; both by seed, in the order of ``seeds``.

    ``wanted.count`` is not read. Raises as ``with_streams``.
    """
    own.check_sendable()
    content = counted(scenario_of_streams(scenario)) | own.labels
    known = every_parameter()
    open_ = {name for name, value in content.items() if name in known and value == known[name].default}
    engine = LocalEngine(wanted.workers or os.cpu_count() or 1)
    drawn = {seed: wanted.parameters.get(seed, {}) for seed in seeds}
    jobs = [
        Job("market", content | {name: value for name, value in drawn[seed].items() if name in open_}, seed)
        for seed in seeds
    ]
    runs = MarketRuns(own, saved_states=saved_state, rare=False)
    outcomes, failed = dict[int, Outcome](), dict[int, str]()
    wanted.told(0, len(jobs))
    for job, made in made_at_last(engine, jobs, runs, None):
        if made.outcome is None:
            failed[job.seed] = made.error
        else:
            outcomes[job.seed] = made.outcome
        wanted.told(len(outcomes) + len(failed), len(jobs))
    return (
        {seed: outcomes[seed] for seed in seeds if seed in outcomes},
        {seed: failed[seed] for seed in seeds if seed in failed},
    )


def stream_table(outcomes: Mapping[int, Outcome]) -> pd.DataFrame:
    """The table ``streams``: quarters of each run below those of the run before, with its seed."""
    blocks = [pd.DataFrame({STREAM_SEED: seed, **outcome.quarters}) for seed, outcome in outcomes.items()]
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=list(columns_of(STREAMS)))


def check_all_made(result: Result) -> None:
    """Raise RunFailedError if streams of a run failed; the others are in its table."""
    streams = result.manifest.streams
    if streams is None or not streams.failed:
        return
    seed, error = next(iter(streams.failed.items()))
    raise RunFailedError(
        f"{len(streams.failed)} of {streams.in_all} random streams failed and are left out, the first with seed "
        f"{seed}: {error}"
    )
