"""An object graph moved to where another of its build stood, from named arrays (``object_edits``).

Nothing of what is read is run: classes are those of ours that are loaded, and objects are filled, not constructed.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel

from market.base.object_edits import STRUCTURE
from market.base.object_pairs import ATTRIBUTE, WALKED, Array, in_order_of_memory, owner


class StateError(ValueError):
    """A state is damaged or of another build."""


def restore(root: object, state: Mapping[str, Array]) -> None:
    """Move a graph as it was built to where the graph stood whose state this is.

    Its arrays become part of the graph. Raises StateError if the state does not fit; the graph is then of no use.
    """
    try:
        content = json.loads(bytes(state[STRUCTURE]))
        _Reader(root, state, content["objects"]).move(content["edits"])
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise StateError(f"the state does not fit: {error}") from error


class _Reader:
    """Makes the objects of a state when they are first asked for; those that stand in the graph are found in it."""

    def __init__(self, root: object, state: Mapping[str, Array], objects: list[list[Any]]) -> None:
        self._root, self._state, self._objects = root, state, objects
        self._made: dict[int, Any] = {}
        self._makers: dict[str, Callable[..., Any]] = {
            "same": self._at, "view": self._view, "array": self._array, "tuple": self._tuple, "named": self._named,
            "group": self._group,
        }  # fmt: skip
        self._fillers: dict[str, Callable[..., Any]] = {
            "list": self._list, "dict": self._dict, "deque": self._deque, "record": self._record
        }  # fmt: skip

    def move(self, edits: list[list[Any]]) -> None:
        """Find and make everything before the first object is moved, then move them all."""
        for place, each in enumerate(self._objects):
            if each[0] in ("same", "view"):
                self._object(place)
        for holder, step, value in [self._read(*edit) for edit in edits]:
            if step is None:
                _refill(holder, value)
            elif step[0] == ATTRIBUTE:
                holder.__dict__[step[1]] = value
            else:
                holder[step[1]] = value

    def _read(self, path: list[Any], step: list[Any] | None, value: Any) -> tuple[Any, tuple[str, Any] | None, Any]:
        holder = self._at(path)
        if step is not None:
            return holder, (step[0], self._value(step[1])), self._value(value)
        return holder, None, self._pairs(value) if isinstance(holder, dict) else self._items(value, holder)

    def _at(self, path: list[list[Any]]) -> Any:
        found: Any = self._root
        for kind, key in path:
            found = found.__dict__[key] if kind == ATTRIBUTE else found[self._value(key)]
        return found

    def _value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "at" in value:
            return self._object(value["at"])
        return _class(value["class"]) if "class" in value else np.dtype(value["dtype"]).type(value["value"])

    def _object(self, place: int) -> Any:
        if place not in self._made:
            kind, *what = self._objects[place]
            if kind in self._makers:
                self._made[place] = self._makers[kind](*what)
            else:
                self._fillers[kind](place, *what)
        return self._made[place]

    # What is made at once

    def _view(self, path: list[Any], *layout: Any) -> Array:
        return _laid_out(in_order_of_memory(owner(self._at(path))), *layout)

    def _array(self, name: str, *layout: Any) -> Array:
        return _laid_out(self._state[name], *layout)

    def _tuple(self, content: Any) -> tuple[Any, ...]:
        return tuple(self._items(content))

    def _named(self, kind: list[str], content: Any) -> Any:
        return tuple.__new__(_class(kind), self._items(content))

    def _group(self, kind: list[str], content: dict[str, Any]) -> Any:
        found = _class(kind)
        if not issubclass(found, BaseModel):
            raise TypeError(f"{found} is no group of parameters")
        return found.model_construct(**{name: self._value(each) for name, each in content.items()})

    # What may hold itself, and is there before it is filled

    def _list(self, place: int, content: Any) -> None:
        made: list[Any] = []
        self._made[place] = made
        made.extend(self._items(content))

    def _dict(self, place: int, content: Any) -> None:
        made: dict[Any, Any] = {}
        self._made[place] = made
        made.update(self._pairs(content))

    def _deque(self, place: int, content: Any) -> None:
        made: deque[Any] = deque(maxlen=content[0])
        self._made[place] = made
        made.extend(self._value(each) for each in content[1])

    def _record(self, place: int, kind: list[str], content: dict[str, Any]) -> None:
        made: Any = object.__new__(_class(kind))
        self._made[place] = made
        made.__dict__.update({name: self._value(each) for name, each in content.items()})

    # What containers hold

    def _pairs(self, content: list[list[Any]]) -> list[tuple[Any, Any]]:
        return [(self._value(key), self._value(value)) for key, value in content]

    def _items(self, content: Any, holder: object = None) -> list[Any]:
        if isinstance(content, dict):
            columns = [self._column(each) for each in content["columns"]]
            return [dict(zip(content["keys"], row, strict=True)) for row in zip(*columns, strict=True)]
        return [self._value(each) for each in (content[1] if isinstance(holder, deque) else content)]

    def _column(self, column: Any) -> list[Any]:
        if isinstance(column, list):
            return [self._value(each) for each in column]
        if "plain" in column:
            return list(self._state[column["plain"]].tolist())
        if "numbers" in column:
            return list(self._state[column["numbers"]])
        return [column["words"][code] for code in self._state[column["codes"]].tolist()]


def _laid_out(memory: Array, shape: list[int], offset: int, strides: list[int], writeable: bool) -> Array:  # noqa: FBT001 - as written
    array: Array = np.ndarray(tuple(shape), memory.dtype, memory, offset, tuple(strides))
    array.flags.writeable = writeable
    return array


def _class(named: list[str]) -> type:
    """A class of ours by its module and name. Raises StateError for anything else."""
    module, name = named
    found = sys.modules.get(module) if module.partition(".")[0] in WALKED else None
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type) or found.__module__ != module:
        raise StateError(f"the state names {module}.{name}, which is no class of Detour")
    return found


def _refill(container: Any, content: Any) -> None:
    """Change all that a dict, list or deque holds; it stays the same object."""
    container.clear()
    if isinstance(container, dict):
        container.update(content)
    else:
        container.extend(content)
