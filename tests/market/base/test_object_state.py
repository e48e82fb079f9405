"""What moved in an object graph is put where it belongs in another: values, memory and identity."""

import socket
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from agents.buyers.beliefs import Belief
from market.base.ledger import Ledger
from market.base.object_edits import moved
from market.base.object_pairs import CannotBeKeptError
from market.base.object_restore import restore
from market.makers.programmes import Programme


def graph() -> Any:
    """Three objects: two names for one part, a view of an array, a belief that is also the prior, a list."""
    root: Any = Ledger()
    root.part = root.same_part = Programme(0, 1, 2)
    root.apart = Programme(0, 1, 2)
    root.array = np.zeros((2, 3))
    root.row = root.array[1]
    root.belief = root.prior = Belief(np.ones(2), np.ones(2))
    root.events, root.by_name = [1, 2], {"a": 1.0}
    return root


def put(change: Callable[[Any], object]) -> Any:
    """A graph restored to where another came by a change."""
    now, third = graph(), graph()
    change(now)
    restore(third, moved(graph(), now))
    return third


def test_parts_that_were_one_can_part_and_parts_that_were_two_can_join() -> None:
    def parts(now: Any) -> None:
        now.same_part = Programme(0, 7, 2)

    def join(now: Any) -> None:
        now.apart = now.part

    found = put(parts)
    assert found.part is not found.same_part
    assert (found.part.begun, found.same_part.begun) == (1, 7)
    found = put(join)
    assert found.apart is found.part is found.same_part
    found = put(lambda now: setattr(now, "same_part", Programme(0, 1, 2)))
    assert found.part is not found.same_part


def test_a_view_still_looks_at_its_array() -> None:
    def change(now: Any) -> None:
        now.array[0, 0] = 5.0

    found = put(change)
    found.array[1] = 3.0
    assert found.array[0, 0] == 5.0
    assert found.row.tolist() == [3.0, 3.0, 3.0]


def test_of_two_names_for_a_record_one_can_get_another_record() -> None:
    def learn(now: Any) -> None:
        now.belief = Belief(trouble=np.full(2, 9.0), sound=now.prior.sound)

    found = put(learn)
    assert found.belief.trouble.tolist() == [9.0, 9.0]
    assert found.prior.trouble.tolist() == [1.0, 1.0]
    assert found.belief.sound is found.prior.sound


def test_containers_stay_the_same_objects_whatever_they_hold() -> None:
    third = graph()
    events, by_name = third.events, third.by_name
    now = graph()
    now.events.append(now.part)
    now.by_name = {}
    now.by_name["b"] = float("nan")
    restore(third, moved(graph(), now))
    assert third.events is events
    assert events == [1, 2, third.part]
    assert third.by_name is by_name
    assert list(by_name) == ["b"]


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_keep_their_order_in_memory(order: Any) -> None:
    def change(now: Any) -> None:
        now.array = np.asarray(np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2), order=order)

    found, wanted = put(change), graph()
    change(wanted)
    assert found.array.strides == wanted.array.strides
    assert np.array_equal(found.array, wanted.array)


def test_rows_keep_the_types_of_their_values() -> None:
    rows = [{"n": n, "x": float(n), "y": np.float64(n), "w": f"w{n % 2}", "mixed": n or None} for n in range(20)]
    found = put(lambda now: now.events.extend(rows))
    assert found.events[2:] == rows
    assert [type(each) for each in found.events[5].values()] == [int, float, np.float64, str, int]


def test_what_cannot_be_written_down_is_said_with_its_place() -> None:
    def hold(now: Any) -> None:
        now.part.line = here

    with socket.socket() as here, pytest.raises(CannotBeKeptError, match=r"part\.line holds a socket"):
        put(hold)

    def lose(now: Any) -> None:
        del now.part.begun

    with pytest.raises(CannotBeKeptError, match="part has lost"):
        put(lose)
