"""Names that are wrong, told with the right ones."""

from collections.abc import Collection
from difflib import SequenceMatcher

_NEAR = 0.6  # ratio of difflib from which a word is taken for a slip
_NEAR_KEY = 0.7  # a key in another group, or without any, must be nearer
_NEAR_WHOLE = 0.8  # names of groups are long, so that names of one group are alike whatever their keys
_OF_KEY = 0.65  # what the key counts in the likeness of two names in groups; the group counts the rest


def nearest(word: str, known: Collection[str]) -> str:
    """Words for an error: the known name nearest to ``word``, or all of them."""
    close = closest(word, known)
    return f"did you mean {close!r}?" if close else f"known are {', '.join(known)}"


def closest(word: str, known: Collection[str]) -> str | None:
    """The known name nearest to ``word``; None if none is near, of equally near ones the first.

    Names such as ``group.key`` are compared part by part, so that a slip in a key finds that key and not another name
    of about the same letters; a key without its group is found too, and a key in a wrong group.
    """
    scores = [(_likeness(_plain(word), _plain(name)), name) for name in known]
    best, name = max(scores, key=lambda each: each[0], default=(0.0, ""))
    return name if best > 0.0 else None


def likeness(word: str, other: str) -> float:
    """How alike two words are by the letters they share in order, 0 to 1."""
    return SequenceMatcher(None, word, other, autojunk=False).ratio()


def _plain(name: str) -> str:
    """A name without its date, its case and the difference between - and _."""
    return name.partition("@")[0].lower().replace("-", "_")


def _likeness(word: str, name: str) -> float:
    """How near a word is to a name, 0 to 1; 0 if it is not."""
    group, _, key = word.rpartition(".")
    known_group, dot, known_key = name.rpartition(".")
    whole = likeness(word, name)
    if not dot:
        return whole if whole >= (_NEAR_WHOLE if group else _NEAR) else 0.0
    of_key = likeness(key, known_key)
    if of_key >= (_NEAR if group == known_group else _NEAR_KEY):
        return _OF_KEY * of_key + (1.0 - _OF_KEY) * likeness(group, known_group)
    return _OF_KEY * whole if whole >= _NEAR_WHOLE else 0.0
