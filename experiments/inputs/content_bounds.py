"""Bounds on what a parsed file may hold, so that no reader of it can fail on depth, length or odd text."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

DEEPEST = 20  # levels of tables and lists; a design has four: assumption
_MOST_BITS = 63  # of a whole number: what TOML promises to hold
LONGEST_NAME = 100  # characters; the longest parameter has 40: assumption
_LONGEST_TEXT = 10_000  # characters; a question is a sentence: assumption

_Place = tuple[str | int, ...]
"""Names of tables and numbers of items of lists, from the outside in."""


def refuse_out_of_bounds(content: Mapping[str, Any], *, finite: bool) -> None:
    """Raise ValueError that says where a file is too deep or holds what is too long; ``finite``: or an infinity."""
    left: list[tuple[_Place, Any]] = [((), content)]
    while left:
        place, value = left.pop()
        if len(place) > DEEPEST:
            raise ValueError(f"{place[0]} is nested deeper than {DEEPEST} levels")
        if isinstance(value, Mapping | list):
            left.extend(((*place, name), inner) for name, inner in _inside(place, value))
        else:
            _refuse_value(place, value, finite=finite)


def _inside(place: _Place, value: Mapping[str, Any] | list[Any]) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, list):
        return enumerate(value, start=1)
    for name in value:
        if len(name) > LONGEST_NAME:
            raise ValueError(f"a name in {_told(place) or 'it'} has {len(name):,} characters")
        _refuse_text((*place, "a name"), name)
    return value.items()


def _refuse_value(place: _Place, value: Any, *, finite: bool) -> None:
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ValueError(f"{_told(place)} is a whole number of more than {_MOST_BITS} bits")
    if finite and isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{_told(place)} is no finite number")
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            raise ValueError(f"{_told(place)} has {len(value):,} characters")
        _refuse_text(place, value)


def _refuse_text(place: _Place, text: str) -> None:
    """JSON can write halves of characters, which no file and no terminal can hold."""
    if not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        raise ValueError(f"{_told(place)} holds half a character")


def _told(place: _Place) -> str:
    return ".".join(part if isinstance(part, str) else f"item {part}" for part in place)
