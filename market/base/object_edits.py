"""What has moved in an object graph since it was built, written as named arrays: numbers, words and paths, no code."""

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

import mesa
import numpy as np
from pydantic import BaseModel

from market.base.object_pairs import (
    ATOMS,
    WITHIN,
    Array,
    CannotBeKeptError,
    Edit,
    Pairs,
    Path,
    attributes,
    in_order_of_memory,
    offset,
    owner,
    written,
)

STRUCTURE = "structure"
"""The array that says, in JSON, where all others belong."""
_FEWEST_ROWS = 8  # dicts of a list from which on they are written as columns
_PLAIN = (type(None), bool, int, float, str)


def moved(fresh: object, now: object) -> dict[str, Array]:
    """What has moved between two graphs built alike, as arrays by name; ``object_restore`` moves a third one so.

    Raises CannotBeKeptError for what no array or record of ours can hold.
    """
    return _Writer(Pairs(fresh, now)).arrays


def state_sha256(state: Mapping[str, Array]) -> str:
    """SHA-256 of arrays by name: their names, kinds, shapes and bytes."""
    digest = hashlib.sha256()
    for name, array in sorted(state.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


class _Writer:
    """Writes values as JSON: atoms as they are, ``{"at": n}`` for the n-th object, which may hold others."""

    def __init__(self, pairs: Pairs) -> None:
        self.arrays: dict[str, Array] = {}
        self._pairs = pairs
        self._objects: list[list[Any]] = []
        self._places: dict[int, int] = {}
        self._memories: dict[int, str] = {}
        self._where: Path = ()
        edits = [self._edit(each) for each in pairs.edits]
        content = json.dumps({"objects": self._objects, "edits": edits}).encode()
        self.arrays[STRUCTURE] = np.frombuffer(content, np.uint8)

    def _edit(self, edit: Edit) -> list[Any]:
        self._where = edit.path if edit.step is None else (*edit.path, edit.step)
        if any(kind == WITHIN for kind, _ in self._where):
            raise CannotBeKeptError(f"{written(self._where)} has moved within a function")
        if edit.step is None:
            return [self._path(edit.path), None, self._contents(edit.value)]
        kind, key = edit.step
        return [self._path(edit.path), [kind, self._value(key)], self._value(edit.value)]

    def _path(self, path: Path) -> list[Any]:
        return [[kind, self._value(key)] for kind, key in path]

    def _value(self, value: Any) -> Any:
        if type(value) in _PLAIN:
            return value
        if isinstance(value, np.generic):
            return {"dtype": value.dtype.str, "value": value.item()}
        if isinstance(value, type):
            return {"class": _named(value)}
        if id(value) not in self._places:
            self._places[id(value)] = len(self._objects)
            self._objects.append([])  # it may hold itself
            self._objects[self._places[id(value)]] = self._object(value)
        return {"at": self._places[id(value)]}

    def _object(self, value: Any) -> list[Any]:
        path = self._pairs.paths.get(id(value))
        if path is not None:
            if any(kind == WITHIN for kind, _ in path):
                raise CannotBeKeptError(f"{written(self._where)} is held by a function")
            return ["same", self._path(path)]
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, dict | list | deque | tuple) and type(value) in (dict, list, deque, tuple):
            return [type(value).__name__, self._contents(value)]
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return ["named", _named(type(value)), self._contents(value)]
        if isinstance(value, BaseModel):
            return ["group", _named(type(value)), {name: self._value(each) for name, each in value}]
        if isinstance(value, (*ATOMS, mesa.Agent)) or not hasattr(value, "__dict__"):
            raise CannotBeKeptError(f"{written(self._where)} holds a {type(value).__name__}, which cannot be kept")
        return [
            "record", _named(type(value)), {name: self._value(each) for name, each in attributes(value).items()}
        ]  # fmt: skip

    def _contents(self, value: Any) -> Any:
        if isinstance(value, dict):
            return [[self._value(key), self._value(each)] for key, each in value.items()]
        rows = list(value)
        keys = list(rows[0]) if rows and isinstance(rows[0], dict) else []
        if len(rows) >= _FEWEST_ROWS and keys and all(type(row) is dict and list(row) == keys for row in rows):
            return {"keys": keys, "columns": [self._column([row[key] for row in rows]) for key in keys]}
        items = [self._value(each) for each in rows]
        return [value.maxlen, items] if isinstance(value, deque) else items

    def _column(self, values: list[Any]) -> Any:
        """A column of rows: as an array if all values are of a kind that has one, otherwise value by value."""
        kinds = set(map(type, values))
        if kinds in ({float}, {int}):
            return {"plain": self._name(np.array(values))}
        if kinds == {np.float64}:
            return {"numbers": self._name(np.array(values))}
        if kinds == {str}:
            words = list(dict.fromkeys(values))
            codes = {word: code for code, word in enumerate(words)}
            return {"words": words, "codes": self._name(np.array([codes[word] for word in values]))}
        return [self._value(each) for each in values]

    def _name(self, array: Array) -> str:
        name = f"{len(self.arrays)} {written(self._where)}"
        self.arrays[name] = array
        return name

    def _array(self, array: Array) -> list[Any]:
        """An array as a view of its memory, which other arrays may share."""
        memory = owner(array)
        if array.dtype.hasobject or memory.dtype != array.dtype:
            raise CannotBeKeptError(f"{written(self._where)} is an array of {memory.dtype}, which cannot be kept")
        layout = [list(array.shape), offset(array), list(array.strides), array.flags.writeable]
        if id(memory) in self._pairs.paths:
            return ["view", self._path(self._pairs.paths[id(memory)]), *layout]
        if id(memory) not in self._memories:
            self._memories[id(memory)] = self._name(in_order_of_memory(memory))
        return ["array", self._memories[id(memory)], *layout]


def _named(kind: type) -> list[str]:
    return [kind.__module__, kind.__qualname__]
