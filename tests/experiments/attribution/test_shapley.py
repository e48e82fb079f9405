"""Shapley values by hand: two and three players, null players, and that they sum to the whole."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.attribution.shapley import shapley


def game(**values: float) -> dict[frozenset[str], float]:
    """Values by the letters of their players; nobody's is ``none``."""
    return {frozenset() if name == "none" else frozenset(name): value for name, value in values.items()}


def test_two_players_share_what_they_gain_together() -> None:
    """Alone 1 and 3, together 10: 1 + 6/2 and 3 + 6/2."""
    assert shapley(game(none=0.0, a=1.0, b=3.0, ab=10.0)) == pytest.approx({"a": 4.0, "b": 6.0}, rel=1e-12)


def test_three_players_by_hand() -> None:
    """The glove game: a has a left glove, b and c right ones; a pair is worth 1: 2/3, 1/6, 1/6."""
    values = game(none=0.0, a=0.0, b=0.0, c=0.0, ab=1.0, ac=1.0, bc=0.0, abc=1.0)
    assert shapley(values) == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6}, rel=1e-12)


def test_what_nobody_does_is_given_to_nobody() -> None:
    assert shapley(game(none=5.0, a=7.0)) == {"a": 2.0}
    assert shapley(game(none=5.0)) == {}


@given(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=8))
def test_values_sum_to_the_whole_and_a_null_player_gets_nothing(worth: list[float]) -> None:
    names = "abc"
    subsets = [frozenset(each) for size in range(4) for each in combinations(names, size)]
    values = dict(zip(subsets, worth, strict=True))
    whole = values[frozenset(names)] - values[frozenset()]
    assert sum(shapley(values).values()) == pytest.approx(whole, abs=1e-9)
    with_null = values | {subset | {"null"}: value for subset, value in values.items()}
    assert shapley(with_null)["null"] == 0.0
    assert shapley(with_null)["a"] == pytest.approx(shapley(values)["a"], abs=1e-9)


def test_a_subset_without_value_is_refused() -> None:
    with pytest.raises(ValueError, match="every subset"):
        shapley(game(none=0.0, a=1.0, ab=2.0))
