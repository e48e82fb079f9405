"""Two object graphs that were built alike, walked side by side: what stands in the same place, and what has moved."""

import pickle
import types
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import partial
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray
from pydantic import BaseModel

Array = NDArray[Any]
ATTRIBUTE, ITEM, WITHIN = "attribute", "item", "within"
"""Kinds of steps. What lies ``WITHIN`` a function, as its closure does, is compared but cannot be moved again."""
Step = tuple[str, Any]
Path = tuple[Step, ...]

ATOMS = (type(None), bool, int, float, str, bytes, np.generic, Enum)
CONTAINERS = (dict, list, deque)
FUNCTIONS = (types.FunctionType, types.MethodType, partial)
WALKED = ("agents", "market")
_LISTS_OF_AGENTS = ("_agents", "_agents_by_type", "_all_agents")  # Mesa's; every agent also stands where it works


class CannotBeKeptError(ValueError):
    """Something has moved in a way that cannot be written down; the sentence says where."""


@dataclass(frozen=True)
class Edit:
    """What has moved: the ``step`` of the object at ``path``, or all a container there holds if it is None."""

    path: Path
    step: Step | None
    value: Any


def written(path: Path) -> str:
    """A path as Python code would have it."""
    return "".join(f".{key}" if kind == ATTRIBUTE else f"[{key!r}]" for kind, key in path).removeprefix(".")


def owner(array: Array) -> Array:
    """The array whose memory an array looks at: itself unless it is a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def offset(array: Array) -> int:
    """Bytes from the start of its owner's memory to the first element of an array."""
    return int(array.__array_interface__["data"][0]) - int(owner(array).__array_interface__["data"][0])


def is_record(value: object) -> bool:
    """Whether an object is replaced and never changed: a tuple or an instance of a frozen dataclass."""
    declared = getattr(type(value), "__dataclass_params__", None)
    return isinstance(value, tuple) or (declared is not None and declared.frozen)


def attributes(value: object) -> dict[str, Any]:
    """Attributes of an object whose class has a ``__dict__``; a function's are what its closure holds.

    Of a frozen dataclass its fields: what it has worked out from them and remembers, it works out again.
    """
    if isinstance(value, types.MethodType):
        return {"__self__": value.__self__}
    if isinstance(value, types.FunctionType):
        return {str(place): cell.cell_contents for place, cell in enumerate(value.__closure__ or ())}
    if isinstance(value, partial):
        return {"func": value.func, "args": value.args, "keywords": value.keywords}
    held: dict[str, Any] = value.__dict__
    if is_dataclass(value) and is_record(value):
        return {field.name: held[field.name] for field in fields(value)}
    if isinstance(value, mesa.Model):
        return {name: each for name, each in held.items() if name not in _LISTS_OF_AGENTS}
    return held


def children(value: object) -> Iterator[tuple[Step, Any]]:
    """What an object holds, by the step that leads to it."""
    if isinstance(value, dict):
        yield from (((ITEM, key), each) for key, each in value.items())
    elif isinstance(value, list | deque | tuple):
        yield from (((ITEM, place), each) for place, each in enumerate(value))
    else:
        kind = WITHIN if isinstance(value, FUNCTIONS) else ATTRIBUTE
        yield from (((kind, name), each) for name, each in attributes(value).items())


def is_walked(value: object) -> bool:
    """Whether what an object holds is looked at one by one; what other libraries made is compared as a whole."""
    if isinstance(value, (*CONTAINERS, *FUNCTIONS, tuple, mesa.DataCollector)):
        return True
    ours = type(value).__module__.partition(".")[0] in WALKED
    return ours and hasattr(value, "__dict__") and not isinstance(value, BaseModel)


class Pairs:
    """Objects of ``now`` by the path at which their counterparts stand in ``fresh``, and the ``edits`` between them.

    Each object has one counterpart: one that is shared in one graph and not in the other counts as moved, so what
    shares memory or identity now will share it again. ``fresh`` and ``now`` must stay alive as long as the pairs.
    """

    def __init__(self, fresh: object, now: object) -> None:
        self.paths: dict[int, Path] = {}
        self.edits: list[Edit] = []
        self._partners: dict[int, int] = {}
        self._open: deque[tuple[Any, Any, Path]] = deque()
        self._memories: dict[int, int] = {}
        self._memories_of: dict[int, int] = {}
        self._same_memory: dict[int, bool] = {}
        self._held: list[object] = []
        self._pair(fresh, now, ())
        while self._open:
            self._compare(*self._open.popleft())

    def _pair(self, fresh: object, now: object, path: Path) -> bool:
        """Whether the two are, or become, counterparts."""
        if id(fresh) in self._partners or id(now) in self.paths:
            return self._partners.get(id(fresh)) == id(now)
        self._partners[id(fresh)], self.paths[id(now)] = id(now), path
        self._held += [fresh, now]  # an attribute made on demand would otherwise give its id to the next
        if is_walked(now):
            self._open.append((fresh, now, path))
        return True

    def _compare(self, fresh: object, now: object, path: Path) -> None:
        """Note what has moved in an object, and pair what has not."""
        before, after = dict(children(fresh)), dict(children(now))
        if isinstance(now, CONTAINERS) and list(before) != list(after):
            for step in before.keys() & after.keys():
                self._is_as_before(before[step], after[step], (*path, step))
            self.edits.append(Edit(path, None, now))
            return
        if before.keys() - after.keys():
            raise CannotBeKeptError(f"{written(path)} has lost {sorted(before.keys() - after.keys())}")
        for step, value in after.items():
            if step not in before or not self._is_as_before(before[step], value, (*path, step)):
                if step[0] == WITHIN or is_record(now):
                    raise CannotBeKeptError(f"{written((*path, step))} has moved where nothing can be put")
                self.edits.append(Edit(path, step, value))

    def _is_as_before(self, fresh: Any, now: Any, path: Path) -> bool:
        """Whether ``fresh`` may stay where ``now`` stands; what it holds is then compared on its own."""
        return self._may_stay(fresh, now) and (isinstance(now, ATOMS) or self._pair(fresh, now, path))

    def _may_stay(self, fresh: Any, now: Any) -> bool:
        """Whether two values are the same; two objects that change by themselves only have to be counterparts."""
        if type(fresh) is not type(now):
            return False
        if isinstance(now, np.ndarray):
            return self._same_array(fresh, now)
        if is_record(now):
            before, after = dict(children(fresh)), dict(children(now))
            return before.keys() == after.keys() and all(self._may_stay(before[step], after[step]) for step in after)
        if is_walked(now) or isinstance(now, AgentSet):
            known = id(fresh) in self._partners or id(now) in self.paths
            return same_code(fresh, now) and (not known or self._partners.get(id(fresh)) == id(now))
        return fresh is now or (repr(fresh) == repr(now) if isinstance(now, ATOMS) else same_whole(fresh, now))

    def _same_array(self, fresh: Array, now: Array) -> bool:
        """Whether two arrays lie alike in memories with the same bytes, which are each other's counterparts."""
        if layout(fresh) != layout(now):
            return False
        before, after = owner(fresh), owner(now)
        self._held += [before, after]
        if self._memories.setdefault(id(before), id(after)) != id(after):
            return False
        if self._memories_of.setdefault(id(after), id(before)) != id(before):
            return False
        if id(after) not in self._same_memory:
            self._same_memory[id(after)] = before is after or same_bytes(before, after)
        return self._same_memory[id(after)]


def layout(array: Array) -> tuple[Any, ...]:
    """All that two arrays must have in common, but for their memory, to be used in the same way."""
    return array.dtype, array.shape, array.strides, offset(array), array.flags.writeable


def same_bytes(one: Array, other: Array) -> bool:
    """Whether two arrays that own their memory hold the same bytes; pickled ones if they hold objects."""
    if one.dtype != other.dtype or one.size != other.size:
        return False
    if one.dtype.hasobject:
        return same_whole(one, other)
    return in_order_of_memory(one).tobytes() == in_order_of_memory(other).tobytes()


def in_order_of_memory(array: Array) -> Array:
    """The elements of an array that owns its memory, flat and in the order they lie there, without a copy.

    Raises CannotBeKeptError if there are gaps between them.
    """
    order = sorted(range(array.ndim), key=lambda axis: (-array.strides[axis], axis))
    turned = array.transpose(order)
    if not turned.flags.c_contiguous:
        raise CannotBeKeptError("an array has gaps in its memory")
    return turned.reshape(-1)


def same_code(one: Any, other: Any) -> bool:
    """Whether two functions or methods, of whatever objects, run the same code; true of what is neither."""
    if isinstance(one, types.FunctionType):
        return one.__code__ is other.__code__
    return not isinstance(one, types.MethodType) or one.__func__ is other.__func__


def same_whole(one: object, other: object) -> bool:
    """Whether two objects that are not looked into have the same content; nothing is ever read from a pickle."""
    if one is other:
        return True
    try:
        return pickle.dumps(one) == pickle.dumps(other)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise CannotBeKeptError(f"a {type(one).__name__} cannot be compared: {error}") from error
