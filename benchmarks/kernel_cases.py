"""What is timed in reference kernels: each case is made ready, and returns what is to be timed."""  # noqa: INP001 - a script, not a package

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents.population.row_work import most_threads, use_threads
from experiments.figures.registry import draw_figures
from experiments.inputs.parameter_list import counted
from experiments.runs.run import simulate
from experiments.runs.store import Result
from experiments.studies.market_runs import MarketRuns
from market.base.object_pairs import Array
from market.model import Market
from market.scenario import Run, Scenario

Work = Callable[[], None]
_SEED = 1
_SMALL = 2_000
_FIRST_QUARTER = (
    "from market.model import Market; from market.scenario import Run, Scenario; "
    f"Market(parameters=Scenario(run=Run(consumers={_SMALL})), rng={_SEED}).step()"
)
_COMMAND = "from detour.command import main; main()"


@dataclass(frozen=True)
class Case:
    """Something to be timed: what it is, what makes it ready, and how many kernels it may take (None: no goal)."""

    title: str
    prepare: Callable[[], Work]
    goal: float | None = None


def whole(run: Run) -> Callable[[], Work]:
    """Every quarter of a market that is built already, history and future."""

    def prepare() -> Work:
        gc.collect()
        market = Market(parameters=Scenario(run=run), rng=_SEED)

        def work() -> None:
            market.run()
            market.release()

        return work

    return prepare


@cache
def state_of(run: Run) -> dict[str, Array]:
    """The state at the end of observed data of the reference, as a file gives it."""
    market = Market(parameters=Scenario(run=run), rng=_SEED)
    while market.quarter < market.origin:
        market.step()
    state = {name: array.copy() for name, array in market.state().items()}
    market.release()
    return state


def from_state(run: Run) -> Callable[[], Work]:
    """Restoring a market that is built already, and every quarter after the end of observed data."""

    def prepare() -> Work:
        state = {name: array.copy() for name, array in state_of(run).items()}
        gc.collect()
        market = Market(parameters=Scenario(run=run), rng=_SEED)

        def work() -> None:
            market.restore(state)
            market.run()
            market.release()

        return work

    return prepare


def run_of_a_study() -> Work:
    """A mean-field run as a worker of a study makes it: built, run, its outcomes read; on one thread."""
    content = counted(Scenario(run=Run(mean_field=True, fast_graph=True)))

    def work() -> None:
        MarketRuns()(content, _SEED)
        use_threads(most_threads())

    return work


@cache
def result_shown() -> Result:
    """A run whose figures are drawn."""
    return simulate(Scenario(run=Run(consumers=_SMALL)), "reference", _SEED)


def all_figures() -> Work:
    """Every figure of a run, as ``detour run`` draws them."""
    result = result_shown()

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            drawn = draw_figures(folder, result)
        if drawn.faults or drawn.lacking:
            raise RuntimeError("; ".join([*drawn.faults, *drawn.lacking]))

    return work


def process(*words: str, compiled: bool = True) -> Callable[[], Work]:
    """A new Python process; if not ``compiled``, with no bytecode of any module, Python's own included."""

    def prepare() -> Work:
        def work() -> None:
            with tempfile.TemporaryDirectory() as nothing:
                plain = {"PYTHONPYCACHEPREFIX": nothing, "PYTHONDONTWRITEBYTECODE": "1"}
                environment = os.environ | ({} if compiled else plain)
                call = [sys.executable, *words]
                subprocess.run(call, check=True, capture_output=True, env=environment, cwd=Path(__file__).parents[1])  # noqa: S603 - our own command

        return work

    return prepare


CASES = {
    "mean-field-fast": Case("mean field, 127 places", whole(Run(mean_field=True, fast_graph=True)), 9),
    "mean-field-full": Case("mean field, 260 places", whole(Run(mean_field=True)), 18),
    "drawn": Case("100,000 drawn consumers", whole(Run()), 15),
    "mean-field-from-state": Case(
        "mean field, 127 places, from a saved state", from_state(Run(mean_field=True, fast_graph=True)), 4
    ),
    "drawn-from-state": Case("100,000 drawn consumers, from a saved state", from_state(Run()), 9),
    "study": Case("a mean-field run of a study, 127 places, with its build", run_of_a_study),
    "start": Case("start to the first quarter of 2,000 consumers", process("-c", _FIRST_QUARTER), 4),
    "start-uncompiled": Case("the same without bytecode", process("-c", _FIRST_QUARTER, compiled=False)),
    "help": Case("`detour --help`", process("-c", _COMMAND, "--help")),
    "figures": Case("all figures of a run", all_figures, 7),
}
"""By the name that the command line takes; goals are in kernels."""
