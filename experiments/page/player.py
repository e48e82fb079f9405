"""A market that Mesa's controls step and that views read: one lock, errors caught, one snapshot at a time."""

import gc
import threading
import traceback
from collections.abc import Callable
from typing import TypeVar

from experiments.display_names import quarter_at
from experiments.page import origins
from experiments.page.snapshot import History, Snapshot, empty_snapshot, take_snapshot
from market.model import Market
from market.scenario import Scenario

Answer = TypeVar("Answer")


class Player:
    """What ``mesa.visualization`` needs of a model (``step``, ``running``, ``steps``), around a market of one tab.

    The market is built at the first need (``prepare``), so that making a player, and so Reset, is instant.
    ``at_origin``: it begins at the end of observed data if a state of its run is kept there; runs leave theirs.
    ``snapshot`` is replaced whole after every step; ``error`` is one sentence once a step has failed, and then
    nothing runs until another player is made. While nobody watches, a step waits.
    """

    def __init__(self, *, parameters: Scenario | None = None, rng: int = 1, at_origin: bool = False) -> None:
        self.parameters = Scenario() if parameters is None else parameters
        self.seed = rng
        self.running = True
        self.error: str | None = None
        self.snapshot: Snapshot = empty_snapshot(self.parameters)
        self._lock = threading.RLock()
        self._watched = threading.Event()
        self._watched.set()
        self._market: Market | None = None
        self._history = History()
        self._at_origin = at_origin

    @property
    def steps(self) -> int:
        """Quarters done."""
        return self.snapshot.quarter + 1

    @property
    def is_ready(self) -> bool:
        """Whether the market has been built."""
        return self._market is not None

    def prepare(self) -> None:
        """Build the market unless it has been built or the player has been closed."""
        with self._lock:
            if self.running:
                self._try("while the market was built", self._built)

    def watch(self, *, seen: bool) -> None:
        """Whether somebody sees this player; it is seen until told otherwise."""
        if seen:
            self._watched.set()
        else:
            self._watched.clear()

    def step(self) -> None:
        """One quarter, once somebody watches; an error is kept in ``error`` and ends the run."""
        self._watched.wait()
        with self._lock:
            if self.running:
                self._try(f"in {quarter_at(self.snapshot.quarter + 1)}", self._advance)

    def ask(self, question: Callable[[Market, History], Answer]) -> Answer | None:
        """What a question about the living market comes to, no step being under way; None before the first step."""
        with self._lock:
            if self._market is None or self.snapshot.quarter < 0:
                return None
            return question(self._market, self._history)

    def close(self) -> None:
        """Forget the market: views and threads that still hold this player then hold little."""
        with self._lock:
            self.running = False
            self._watched.set()  # a step that waits ends, and finds nothing to do
            if self._market is not None:
                self._market.release()
            self._market = None
            self._history = History()
            self.snapshot = empty_snapshot(self.parameters)
        gc.collect()  # agents and their model hold each other

    def _built(self) -> Market:
        if self._market is None:
            begun = origins.begun(self.parameters, self.seed) if self._at_origin else None
            if begun is None:
                self._market = Market(parameters=self.parameters, rng=self.seed)
            else:
                self._market, self._history = begun
                self.snapshot = take_snapshot(self._market)
        return self._market

    def _advance(self) -> None:
        market = self._built()
        market.step()
        self._history.add(market)
        self.snapshot = take_snapshot(market)
        self.running = bool(market.running)
        if market.quarter == market.origin:
            origins.keep(market, self._history)

    def _try(self, where: str, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever a step raises must leave the page alive
            traceback.print_exc()
            self.running = False
            self.error = (
                f"The run stopped {where}: {str(error) or type(error).__name__}. Press Reset to start a new one."
            )
