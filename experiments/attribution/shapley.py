"""Shapley values: what each player adds to the whole on average over all orders of joining."""

from collections.abc import Mapping
from itertools import combinations
from math import comb


def shapley(values: Mapping[frozenset[str], float]) -> dict[str, float]:
    """Each player's share of the value of all together less that of nobody, by name in order; they sum to it.

    ``values``: worth of every subset of the players, the empty one too (Shapley 1953, Contributions to the Theory of
    Games II). Raises ValueError if a subset is not there.
    """
    everyone = max(values, key=len, default=frozenset())
    subsets = [frozenset(each) for size in range(len(everyone) + 1) for each in combinations(sorted(everyone), size)]
    missing = next((each for each in subsets if each not in values), None)
    if missing is not None or len(values) != len(subsets):
        raise ValueError(f"give the value of every subset of {sorted(everyone)} and of no other")
    found = dict.fromkeys(sorted(everyone), 0.0)
    for subset in subsets:
        for player in everyone - subset:
            weight = 1.0 / (len(everyone) * comb(len(everyone) - 1, len(subset)))
            found[player] += weight * (values[subset | {player}] - values[subset])
    return found
