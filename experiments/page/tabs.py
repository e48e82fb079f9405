"""How many tabs are open: each holds a market, a thread and a share of two processors."""

import threading
from collections.abc import Callable

MOST_TABS = 20
"""An assumption: more than one person looks at, and few enough that markets left behind do not fill a computer."""
FULL = f"{MOST_TABS} tabs of this page are open, and no more are served; close one, then load this one again."


class Tabs:
    """Seats for tabs."""

    def __init__(self, most: int = MOST_TABS) -> None:
        self._most = most
        self._taken: set[object] = set()
        self._lock = threading.Lock()

    def take(self) -> Callable[[], None] | None:
        """Take a seat: what gives it back, once or more often; None if there is none."""
        seat = object()
        with self._lock:
            if len(self._taken) >= self._most:
                return None
            self._taken.add(seat)

        def give_back() -> None:
            with self._lock:
                self._taken.discard(seat)

        return give_back


TABS = Tabs()
"""The tabs of this server."""
