"""Markets that begin at the end of observed data: from a saved state if there is one, which is made if not."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from experiments.runs.own_code import OwnCode
from experiments.shown_text import say
from experiments.states.key import state_key
from experiments.states.store import Store, cache_folder
from market.base.object_pairs import CannotBeKeptError
from market.base.object_restore import StateError
from market.model import Market
from market.scenario import Scenario

Stepped = Callable[[Market], None]
"""Told a market once it is built or restored, and after each of its quarters."""


def not_told(_market: Market) -> None:
    """Quarters that nobody is told of."""


@cache
def _store(folder: Path) -> Store:
    return Store(folder, lambda line: say(line, error=True))


def begun(
    scenario: Scenario, seed: int, own: OwnCode, stepped: Stepped = not_told, *, saved: bool = True, rare: bool = False
) -> tuple[Market, bool]:
    """A market before its first quarter or at its origin, and whether a saved state brought it there.

    ``saved``: whether states are used and made at all. ``rare``: none is made for what is asked for the first time, as
    in studies, whose runs may each have a past of their own. Raises what the market raises.
    """
    folder, key = cache_folder(), state_key(scenario, seed, own) if saved else None
    store = None if folder is None or key is None else _store(folder)
    if store is None or key is None:
        return _built(scenario, seed, own, stepped), False
    found = _restored(scenario, seed, own, stepped, store, key)
    if found is not None:
        return found, True
    if rare and not store.was_asked(key):
        return _built(scenario, seed, own, stepped), False
    with store.making(key):
        found = _restored(scenario, seed, own, stepped, store, key)
        return (_made(scenario, seed, own, stepped, store, key), False) if found is None else (found, True)


def _built(scenario: Scenario, seed: int, own: OwnCode, stepped: Stepped) -> Market:
    market = own.market(scenario, seed)
    stepped(market)
    return market


def _restored(scenario: Scenario, seed: int, own: OwnCode, stepped: Stepped, store: Store, key: str) -> Market | None:
    state = store.read(key)
    if state is None:
        return None
    market = own.market(scenario, seed)
    try:
        market.restore(state)
    except StateError as error:
        market.release()
        store.forget(key, str(error))
        return None
    stepped(market)
    return market


def _made(scenario: Scenario, seed: int, own: OwnCode, stepped: Stepped, store: Store, key: str) -> Market:
    """A market stepped to its origin, its state kept."""
    market = _built(scenario, seed, own, stepped)
    while market.quarter < market.origin:
        market.step()
        stepped(market)
    try:
        store.write(key, market.state())
    except CannotBeKeptError as error:
        store.tell(f"the state of this run cannot be saved: {error}")
    return market
