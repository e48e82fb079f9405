"""Where runs of the page stood at the end of observed data: kept in the user's cache folder, begun from again."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from experiments.page.snapshot import History
from experiments.runs.own_code import NO_OWN_CODE
from experiments.runs.provenance import content_sha256
from experiments.shown_text import say
from experiments.states.key import acting, state_key
from experiments.states.store import Store, cache_folder
from market.base.object_pairs import Array, CannotBeKeptError
from market.base.object_restore import StateError
from market.model import Market
from market.scenario import Scenario

_CAR, _AGE = "page: cars of consumers", "page: ages of their cars"
"""Names under which a history lies beside a market's own arrays."""


@cache
def _store(folder: Path) -> Store:
    return Store(folder, lambda line: say(line, error=True))


def _place(scenario: Scenario, seed: int) -> tuple[Store, str] | None:
    """Where the state of a run lies or would lie; None if none is kept."""
    folder, key = cache_folder(), state_key(scenario, seed, NO_OWN_CODE)
    if folder is None or key is None:
        return None
    return _store(folder), content_sha256({"state": key, "with": [_CAR, _AGE]})


def is_kept(scenario: Scenario, seed: int) -> bool:
    """Whether a run has left its state, or one that differs only in what acts later."""
    place = _place(scenario, seed)
    return place is not None and place[0].path(place[1]).is_file()


def keep(market: Market, history: History) -> None:
    """Keep the state of a market at its origin with the history of its consumers, unless it is kept."""
    place = _place(market.parameters, market.seed)
    if place is None or is_kept(market.parameters, market.seed):
        return
    store, key = place
    try:
        state = market.state()
    except CannotBeKeptError as error:
        store.tell(f"the state of this run cannot be saved: {error}")
        return
    store.write(key, {**state, _CAR: np.stack(history.car), _AGE: np.stack(history.age_quarters)})


def begun(scenario: Scenario, seed: int) -> tuple[Market, History] | None:
    """A market at its origin and the history of its consumers up to there; None if no state of it can be used."""
    place = _place(scenario, seed)
    found = place and place[0].read(place[1])
    if place is None or not found:
        return None
    history = _history(found)
    market = Market(parameters=scenario, rng=seed)
    try:
        market.restore({name: array for name, array in found.items() if name not in (_CAR, _AGE)})
    except StateError as error:
        market.release()
        place[0].forget(place[1], str(error))
        return None
    return market, history


def _history(found: Mapping[str, Array]) -> History:
    return History(list(found[_CAR]), list(found[_AGE]))


def acting_early(scenario: Scenario, changed: Mapping[str, object]) -> list[str]:
    """Which of the changed parameters may act before the end of observed data."""
    early = acting(scenario)
    return [name for name in changed if name in early]
