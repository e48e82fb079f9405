"""Places and firms of outcomes in words: a plant by its owner and town, an income by its dollars."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from market.base import tables
from market.base.categories import INCOMES

_INCOMES = dict(
    zip(INCOMES, ("below $35k", "$35k to 75k", "$75k to 125k", "$125k to 200k", "above $200k"), strict=True)
)
_WORDS = {"home_charging True": "home charging", "home_charging False": "no home charging", **_INCOMES}


def place_names(places: Sequence[str]) -> dict[str, str]:
    """Names by place; what all places share is left out, and places that would get one name are numbered.

    ``"Tesla, powertrain BEV"`` beside ``"GM, powertrain BEV"`` is "Tesla". Names are those of the tables at hand.
    """
    plants = _plants()
    parts = {place: [_WORDS.get(part, plants.get(part, part)) for part in place.split(", ")] for place in places}
    shared = set.intersection(*map(set, parts.values())) if len(parts) > 1 else set()
    named = {place: ", ".join(part for part in own if part not in shared) or place for place, own in parts.items()}
    met, many = Counter[str](), Counter(named.values())
    for place, name in named.items():
        met[name] += 1
        named[place] = f"{name} ({met[name]})" if many[name] > 1 else name
    return named


def shared_by(places: Sequence[str]) -> str:
    """What all places of an outcome share, in words; empty if nothing."""
    parts = [place.split(", ") for place in places]
    return ", ".join(part for part in parts[0] if len(parts) > 1 and all(part in own for own in parts[1:]))


def _plants() -> dict[str, str]:
    """Owner, town and state of each plant."""
    table: pd.DataFrame = tables.load("plants")
    return {
        str(row["plant"]): f"{row['owner']}, {row['site']} {row['state']}" for row in table.to_dict("records")
    }  # fmt: skip
