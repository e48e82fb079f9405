"""What the engine of studies costs, against the same runs in a bare loop; see README.md here."""  # noqa: INP001 - a script, not a package

import multiprocessing
import os
import statistics
import sys
import tempfile
from pathlib import Path

from experiments.inputs.design import Design
from experiments.inputs.parameter_list import ParameterInfo, Value
from experiments.runs.memory import peak_rss_mib
from experiments.studies.job import Content, Model, Outcome
from experiments.studies.local_engine import LocalEngine
from experiments.studies.plan import Plan, make_plan
from experiments.studies.study import Counts, carry_out
from experiments.studies.study_files import read_manifest, run_files
from market.base.column import Series

ROUNDS = 5
RUNS = 30
ADDITIONS = 8_000_000  # of one run: about half a second, shorter than any run of the market
MANY = 1_000
EARLY = 100
_NAME = "work.additions"


def run(content: Content, seed: int) -> Outcome:
    """Add numbers."""
    total = 0.0
    for each in range(int(content[_NAME])):
        total += each % (seed + 1)
    return Outcome({"total": total})


def content_of(_scenario: str, values: dict[str, Value]) -> dict[str, Value]:
    """The one parameter."""
    return {_NAME: 0, **values}


WORK = Model(
    "work", "1", {_NAME: ParameterInfo(_NAME, int, 0, "1", "fixed", "benchmark", "additions", 0, 1e9)},
    content_of, run, {"total": Series("1", "Sum")}, {},
)  # fmt: skip


def unheard(_counts: Counts) -> None:
    """Progress nobody looks at."""


def plan_of(runs: int, additions: int) -> Plan:
    """Runs that differ in their seed."""
    return make_plan("overhead", Design(question="How much?", replications=runs, set={_NAME: additions}), WORK)


def cpu_s() -> float:
    """CPU seconds of this process and of the children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def study_cpu_s(plan: Plan) -> float:
    """CPU seconds of a study with one worker, from the start of the worker to the tables."""
    with tempfile.TemporaryDirectory() as folder:
        start = cpu_s()
        carry_out(plan, Path(folder), LocalEngine(1), unheard)
        return cpu_s() - start


def loop_cpu_s(plan: Plan) -> float:
    """CPU seconds of the same runs one after the other in a new process."""
    jobs = [plan.job(point, replication) for point, replication in plan.rows()]
    start = cpu_s()
    process = multiprocessing.get_context("spawn").Process(target=loop, args=([(j.content, j.seed) for j in jobs],))
    process.start()
    process.join()
    return cpu_s() - start


def loop(calls: list[tuple[Content, int]]) -> None:
    """Make runs and keep nothing."""
    for content, seed in calls:
        run(content, seed)


def memory_over_many_runs() -> tuple[float, float, float, float]:
    """Peak memory in MiB of the worker after ``EARLY`` and all runs, and of this process before and after them."""
    plan, before = plan_of(MANY, 1), peak_rss_mib() or 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        carry_out(plan, folder, LocalEngine(1), unheard)
        files = run_files(folder)
        records = [files.read(each[3]) for each in read_manifest(folder).runs]
        peak = [record.peak_rss_mib or 0.0 for record in records if record is not None]
    return peak[EARLY - 1], peak[-1], before, peak_rss_mib() or 0.0


def main() -> None:
    """Print ratios and memory."""
    plan = plan_of(RUNS, ADDITIONS)
    rounds = [study_cpu_s(plan) / loop_cpu_s(plan) for _ in range(ROUNDS)]
    shown = ", ".join(f"{each:.3f}" for each in rounds)
    early, late, before, after = memory_over_many_runs()
    sys.stdout.write(
        f"CPU of study / CPU of loop, {RUNS} runs: median {statistics.median(rounds):.3f} (rounds {shown})\n"
        f"worker: {early:.1f} MiB after {EARLY} runs, {late:.1f} MiB after {MANY} ({late / early - 1:+.1%})\n"
        f"runner: {before:.1f} MiB before, {after:.1f} MiB after {MANY} runs and tables ({after / before - 1:+.1%})\n"
    )


if __name__ == "__main__":
    main()
