"""Runs of shipped scenarios in small, for tests that compare them."""

from collections.abc import Callable, Sequence

from experiments.inputs.scenario_files import load_scenario
from market.model import Market

Run = Callable[..., Market]
"""A run by the name of its scenario and further overrides, each made once."""

LONG = ("run.consumers=1000", "run.fast_graph=true", "run.last_quarter=2033Q4")
"""Overrides of runs that several test files share."""

_done: dict[tuple[str, ...], Market] = {}


def shipped_runs(small: Sequence[str]) -> Run:
    """Maker of finished runs with seed 1, which nobody may change; ``small``: overrides that all of them share.

    Runs are kept for all test files of a process.
    """

    def of(name: str, *overrides: str) -> Market:
        key = (name, *small, *overrides)
        if key not in _done:
            _done[key] = Market(parameters=load_scenario(name, [*small, *overrides]).scenario, rng=1)
            _done[key].run()
        return _done[key]

    return of
