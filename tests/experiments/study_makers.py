"""Engines and studies that tests share."""

import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from experiments.commands import studies
from experiments.commands.ending import errors_in_one_sentence, stop
from experiments.inputs.design import Design
from experiments.studies.earlier_runs import AS_IT_IS, Asked
from experiments.studies.engine import Engine, attempt
from experiments.studies.job import Job, Made, Model, RunFunction
from experiments.studies.local_engine import LocalEngine
from experiments.studies.plan import make_plan
from experiments.studies.study import Counts, Finished, carry_out
from tests.experiments import toy_model
from tests.experiments.toy_model import TOY


class HereEngine:
    """Makes jobs in this process, in the order given or turned round; remembers which."""

    def __init__(self, *, backwards: bool = False) -> None:
        self.backwards = backwards
        self.made: list[str] = []

    def run(self, jobs: Sequence[Job], function: RunFunction, limit_s: float | None) -> Iterator[tuple[Job, Made]]:
        """Every job once."""
        assert limit_s is None
        for job in reversed(jobs) if self.backwards else jobs:
            self.made.append(job.identity)
            yield job, attempt(function, job.content, job.seed)


def unheard(_counts: Counts) -> None:
    """Progress nobody looks at."""


def carried_out(
    folder: Path, design: Design, engine: Engine | None = None, model: Model = TOY, asked: Asked = AS_IT_IS
) -> Finished:
    return carry_out(make_plan("study", design, model), folder, engine or HereEngine(), unheard, asked=asked)


def sweep_in_this_process(folder: str, runs: int, sleep_s: float, workers: int) -> None:
    """A sweep of the toy model, for tests that end it from outside."""

    def tell(counts: Counts) -> None:
        sys.stdout.write(f"{counts.done} {counts.cached}\n")
        sys.stdout.flush()

    x = [round(0.25 * place, 2) for place in range(runs // 2)]
    plan = make_plan("toy", toy_model.design(factors={"toy.x": x}, replications=2, set={"toy.sleep_s": sleep_s}), TOY)
    carry_out(plan, Path(folder), LocalEngine(workers), tell)


def command_of_the_toy(folder: str, runs: int, sleep_s: float) -> None:
    """What ``detour sweep`` does, with the toy model; ends as a command does."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    x = [round(0.25 * place, 2) for place in range(runs)]
    plan = make_plan("toy", toy_model.design(factors={"toy.x": x}, set={"toy.sleep_s": sleep_s}), TOY)
    with errors_in_one_sentence(studies._STOPPED):
        studies._study(plan, Path(folder), ("local", 2, None, None), ["total_last"], Asked())
