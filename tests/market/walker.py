"""What an object graph holds, attribute by attribute, and which of its places hold the same object."""

import types
from collections import deque
from collections.abc import Iterator
from enum import Enum
from functools import cached_property, partial
from typing import Any

import numpy as np
from pydantic import BaseModel

PLAIN = (type(None), bool, int, float, str, bytes, np.generic, Enum)


def held(root: object) -> dict[str, object]:
    """What stands at every place: a value, or the first place of an object met before. Memory of views is a place."""
    found: dict[str, object] = {}
    places: dict[int, str] = {}
    memories: dict[int, str] = {}
    kept, open_ = [root], deque([("", root)])
    while open_:
        place, value = open_.popleft()
        if isinstance(value, PLAIN):
            found[place] = f"{type(value).__name__} {value!r}"
            continue
        if id(value) in places:
            found[place] = places[id(value)]
            continue
        places[id(value)] = place
        kept.append(value)
        found[place], inner = looked_at(value)
        if isinstance(value, np.ndarray):
            memory = memory_of(value)
            kept.append(memory)
            found[f"{place} in"] = memories.setdefault(id(memory), place)
        open_.extend((f"{place}.{name}", each) for name, each in inner.items())
    return found


def memory_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array that owns the memory of another."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def looked_at(value: Any) -> tuple[object, dict[Any, Any]]:
    """What can be said of an object by itself, and what it holds by name."""
    if isinstance(value, np.ndarray):
        content = str(value.tolist()) if value.dtype.hasobject else value.tobytes()
        return (value.dtype, value.shape, value.strides, value.flags.writeable, content), {}
    if isinstance(value, dict):
        return (type(value), list(map(str, value))), {str(key): each for key, each in value.items()}
    if isinstance(value, list | tuple | deque):
        return (type(value), len(value)), dict(enumerate(value))
    if isinstance(value, BaseModel):
        return value.model_dump_json(), {}
    return (str(type(value)), getattr(value, "__qualname__", "")), dict(inner(value))


def inner(value: Any) -> Iterator[tuple[Any, object]]:
    """What an object of ours holds by name, and what a function takes with it."""
    if isinstance(value, partial):
        yield from {"func": value.func, "args": value.args, "keywords": value.keywords}.items()
    elif isinstance(value, types.MethodType):
        yield "self", value.__self__
    elif isinstance(value, types.FunctionType):
        yield from enumerate(cell.cell_contents for cell in value.__closure__ or ())
    elif not isinstance(value, type) and type(value).__module__.startswith(
        ("agents.", "market.", "mesa.datacollection")
    ):
        skipped = {"_agents", "_agents_by_type", *worked_out_again(type(value))}
        yield from ((name, each) for name, each in vars(value).items() if name not in skipped)


def worked_out_again(kind: type) -> Iterator[str]:
    """Names of what objects of a frozen class remember to have worked out."""
    declared = getattr(kind, "__dataclass_params__", None)
    if declared is not None and declared.frozen:
        yield from (
            name for each in kind.__mro__ for name, value in vars(each).items() if isinstance(value, cached_property)
        )
