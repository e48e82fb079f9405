"""Runs of shipped scenarios in small, for tests that compare them."""

from collections.abc import Callable, Sequence

from experiments.scenario_files import load_scenario
from market.model import Market

Run = Callable[..., Market]
"""A run by the name of its scenario and further overrides, each made once."""


def shipped_runs(small: Sequence[str]) -> Run:
    """Maker of finished runs with seed 1; ``small``: overrides that all of them share."""
    done: dict[tuple[str, ...], Market] = {}

    def of(name: str, *overrides: str) -> Market:
        key = (name, *overrides)
        if key not in done:
            done[key] = Market(parameters=load_scenario(name, [*small, *overrides]).scenario, rng=1)
            done[key].run()
        return done[key]

    return of
