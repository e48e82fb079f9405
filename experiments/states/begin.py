"""Markets that begin at the end of observed data: from a saved state if there is one, which is made if not."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from experiments.runs.own_code import OwnCode
from experiments.shown_text import say
from experiments.states.key import state_key
from experiments.states.store import Store, cache_folder
from market.base.object_pairs import CannotBeKeptError
from market.base.object_restore import StateError
from market.model import Market
from market.recorder import TABLES
from market.scenario import Scenario

Stepped = Callable[[Market], None]
"""Told a market once it is built or restored, and after each of its quarters."""


def not_told(_market: Market) -> None:
    """Quarters that nobody is told of."""


@cache
def _store(folder: Path) -> Store:
    return Store(folder, lambda line: say(line, error=True))


@dataclass(frozen=True)
class _Run:
    """What is run: the market it makes is the same each time."""

    scenario: Scenario
    seed: int
    own: OwnCode
    record: Collection[str]
    stepped: Stepped

    def market(self) -> Market:
        return self.own.market(self.scenario, self.seed, self.record)

    def built(self) -> Market:
        market = self.market()
        self.stepped(market)
        return market


def begun(
    scenario: Scenario, seed: int, own: OwnCode, stepped: Stepped = not_told, *,
    record: Collection[str] = tuple(TABLES), saved: bool = True, rare: bool = False,
) -> tuple[Market, bool]:  # fmt: skip
    """A market before its first quarter or at its origin, and whether a saved state brought it there.

    ``record``: the tables it keeps. ``saved``: whether states are used and made at all. ``rare``: none is made for what
    is asked for the first time, as in studies, whose runs may each have a past of their own. Raises what the market
    raises.
    """
    run = _Run(scenario, seed, own, record, stepped)
    folder, key = cache_folder(), state_key(scenario, seed, own, record) if saved else None
    store = None if folder is None or key is None else _store(folder)
    if store is None or key is None:
        return run.built(), False
    found = _restored(run, store, key)
    if found is not None:
        return found, True
    if rare and not store.was_asked(key):
        return run.built(), False
    with store.making(key):
        found = _restored(run, store, key)
        return (_made(run, store, key), False) if found is None else (found, True)


def _restored(run: _Run, store: Store, key: str) -> Market | None:
    state = store.read(key)
    if state is None:
        return None
    market = run.market()
    try:
        market.restore(state)
    except StateError as error:
        market.release()
        store.forget(key, str(error))
        return None
    run.stepped(market)
    return market


def _made(run: _Run, store: Store, key: str) -> Market:
    """A market stepped to its origin, its state kept."""
    market = run.built()
    while market.quarter < market.origin:
        market.step()
        run.stepped(market)
    try:
        store.write(key, market.state())
    except CannotBeKeptError as error:
        store.tell(f"the state of this run cannot be saved: {error}")
    return market
