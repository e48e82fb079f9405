"""Log-odds of the BEV share, their slopes, and growth shared among causes (Aumann and Shapley 1974)."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats, Ints
from agents.buyers.choice import Alphas, ChoiceRule, Nests, NewVehicleChoice, nested_logit, plain_logit
from market.buyers.bev_odds import NewCarDemand, OddsAxes, OddsPoint
from market.buyers.odds_path import BUYERS, SUPPLY, USED, WAITING, made_exact, shared_growth

ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)
EXACT = 1e-12
TERMS = ("price", "range", "variety", "charging")
Quarter = tuple[dict[str, Floats], OddsPoint]

# Two groups of two strata, three kinds of owner; BEVs are products 1, 2 and 4 in nests of their own.
NESTS = Nests(np.array([0, 1, 1, 2, 3]), np.array([0, 0, 1, 1]))
IS_BEV = np.array([False, True, True, False, True])


def axes_of(rule: ChoiceRule = nested_logit) -> OddsAxes:
    taste = np.array([-9.0, 4.0, 0.0, 7.0])[:, None] * np.array([0.0, 1.0, 0.0, 1.0])
    return OddsAxes(np.array([0, 0, 1, 1]), taste, np.array([0, 2, 3]), NESTS, ALPHAS, IS_BEV, rule)


AXES = axes_of()


def quarter(seed: int) -> Quarter:
    """Terms and a point of a quarter, anything at all."""
    draw = np.random.default_rng(seed)
    terms = {name: draw.normal(0.0, 8.0, (2, 5)) for name in TERMS}
    point = OddsPoint(
        value_kusd=sum(terms.values(), np.zeros((2, 5))), used_kusd=draw.normal(0.0, 10.0, 4),
        keep_kusd=draw.normal(0.0, 30.0, 3), owners=draw.uniform(0.0, 900.0, 3), carless=draw.uniform(1.0, 90.0, 4),
        timing=draw.uniform(0.8, 1.2, 5), served=draw.uniform(0.3, 1.0, 5),
    )  # fmt: skip
    return terms, point


def log_odds(of: Quarter, axes: OddsAxes = AXES) -> float:
    return NewCarDemand(axes, replace(of[1], value_kusd=sum(of[0].values(), np.zeros((2, 5))))).log_odds()


@pytest.mark.parametrize("rule", [nested_logit, plain_logit])
@pytest.mark.parametrize("name", [each.name for each in fields(OddsPoint)])
def test_slopes_are_those_of_small_steps(name: str, rule: ChoiceRule) -> None:
    axes, point = axes_of(rule), quarter(3)[1]
    slope, values, step = getattr(NewCarDemand(axes, point).slopes(), name), getattr(point, name), 1e-5
    assert np.abs(slope).max() > 1e-6
    for place in np.ndindex(values.shape):
        moved = []
        for sign in (1.0, -1.0):
            other = values.copy()
            other[place] += sign * step
            moved.append(NewCarDemand(axes, replace(point, **{name: other})).log_odds())
        assert slope[place] == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-6, abs=1e-9)


def two_cars() -> OddsAxes:
    """A gasoline car and a BEV, each a nest of one segment, and seats that must buy."""
    nests = Nests(np.array([0, 1]), np.array([0, 0]))
    return OddsAxes(
        np.array([0]), np.zeros((1, 2)), np.zeros(0, dtype=np.int64), nests, ALPHAS, np.array([False, True])
    )


def seats(served: tuple[float, float] = (1.0, 1.0)) -> OddsPoint:
    none = np.zeros(0)
    return OddsPoint(none, np.zeros(1), none, none, np.array([100.0]), np.ones(2), np.array(served))


def test_parts_by_hand_where_the_log_odds_are_linear() -> None:
    """The log-odds are alpha_powertrain (V_BEV - V_gasoline) + ln of the shares served: 3 k$ of price, -1 of fuel."""
    before = ({"price": np.array([[5.0, -8.0]]), "fuel": np.array([[0.0, 2.0]])}, seats())
    after = ({"price": np.array([[6.0, -4.0]]), "fuel": np.array([[0.0, 1.0]])}, seats((1.0, 0.5)))
    parts = shared_growth(two_cars(), before, after)
    expected = {"price": 0.077 * 3.0, "fuel": -0.077, SUPPLY: np.log(0.5), WAITING: 0.0, BUYERS: 0.0, USED: 0.0}
    assert parts == pytest.approx(expected, abs=1e-8)
    assert sum(parts.values()) == pytest.approx(0.154 + np.log(0.5), abs=EXACT)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_second_bev_like_the_first_is_variety_and_nothing_else(sign: float) -> None:
    """Two alike in a nest are worth ln 2 / alpha_product more than one: alpha_powertrain times that in log-odds."""
    nests = Nests(np.array([0, 1, 1]), np.array([0, 0]))
    axes = replace(two_cars(), nests=nests, is_bev=np.array([False, True, True]))
    point = replace(seats(), timing=np.ones(3), served=np.ones(3))
    alike = {"price": np.array([[0.0, -3.0, -3.0]])}
    one = (alike | {"variety": np.array([[0.0, 0.0, -np.inf]])}, point)
    two = (alike | {"variety": np.zeros((1, 3))}, point)
    parts = shared_growth(axes, *((one, two) if sign > 0 else (two, one)))
    gain = sign * 0.077 / 0.12 * np.log(2.0)
    assert parts == pytest.approx(dict.fromkeys(parts, 0.0) | {"variety": gain}, abs=EXACT)


def test_two_terms_that_bring_a_product_share_what_it_brings() -> None:
    """As above, but both variety and charging take the second BEV off offer before."""
    nests = Nests(np.array([0, 1, 1]), np.array([0, 0]))
    axes = replace(two_cars(), nests=nests, is_bev=np.array([False, True, True]))
    point = replace(seats(), timing=np.ones(3), served=np.ones(3))
    off, on = np.array([[0.0, 0.0, -np.inf]]), np.zeros((1, 3))
    parts = shared_growth(axes, ({"variety": off, "charging": off}, point), ({"variety": on, "charging": on}, point))
    half = 0.077 / 0.12 * np.log(2.0) / 2.0
    assert parts == pytest.approx(dict.fromkeys(parts, 0.0) | {"variety": half, "charging": half}, abs=EXACT)


def test_a_car_on_offer_at_neither_end_moves_nothing() -> None:
    before, after = quarter(1), quarter(2)
    gone, back = ({name: term.copy() for name, term in each[0].items()} for each in (before, after))
    gone["variety"][:, 2], back["charging"][:, 2] = -np.inf, -np.inf
    parts = shared_growth(AXES, (gone, before[1]), (back, after[1]))
    changed = {**back, "price": back["price"] + np.array([0.0, 0.0, 50.0, 0.0, 0.0])}
    assert shared_growth(AXES, (gone, before[1]), (changed, after[1])) == parts


@given(
    st.integers(0, 10_000), st.integers(0, 10_000), st.sets(st.tuples(st.integers(0, 1), st.integers(0, 4)), max_size=2)
)
def test_parts_add_up_to_the_growth_whatever_changes(first: int, second: int, enter: set[tuple[int, int]]) -> None:
    before, after = quarter(first), quarter(second)
    for late, product in sorted(enter - {(0, 0), (1, 0)}):
        (after if late else before)[0]["variety"][:, product] = -np.inf
    parts = shared_growth(AXES, before, after)
    assert list(parts) == [*TERMS, SUPPLY, WAITING, BUYERS, USED]
    assert sum(parts.values()) == pytest.approx(log_odds(after) - log_odds(before), abs=EXACT)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(TERMS))
def test_a_term_that_did_not_change_gets_nothing_and_alike_terms_get_alike(first: int, second: int, still: str) -> None:
    before, after = quarter(first), quarter(second)
    after[0][still] = before[0][still]
    one, other = [name for name in TERMS if name != still][:2]
    after[0][other] = after[0][one] - before[0][one] + before[0][other]
    parts = shared_growth(AXES, before, (after[0], replace(after[1], served=before[1].served)))
    assert parts[still] == parts[SUPPLY] == 0.0
    assert parts[one] == pytest.approx(parts[other], rel=1e-9, abs=EXACT)


def test_the_way_back_has_the_same_parts_with_the_other_sign() -> None:
    there, back = shared_growth(AXES, quarter(1), quarter(2)), shared_growth(AXES, quarter(2), quarter(1))
    assert back == pytest.approx({name: -part for name, part in there.items()}, abs=1e-9)


def part_way(before: Quarter, after: Quarter, way: float) -> Quarter:
    terms = {name: before[0][name] + way * (after[0][name] - before[0][name]) for name in TERMS}
    return terms, before[1] + (after[1] - before[1]) * way


def test_nothing_is_left_to_share_for_changes_of_a_few_thousand_dollars(monkeypatch: pytest.MonkeyPatch) -> None:
    """The integral itself, before the parts are made exact, misses less than a billionth of a log-odds."""
    missed: list[float] = []

    def spy(parts: dict[str, float], whole: float) -> dict[str, float]:
        missed.append(whole - sum(parts.values()))
        return made_exact(parts, whole)

    monkeypatch.setattr("market.buyers.odds_path.made_exact", spy)
    for seed in range(20):
        before = quarter(seed)
        shared_growth(AXES, before, part_way(before, quarter(seed + 100), 0.2))
    assert len(missed) == 20
    assert np.abs(missed).max() < 1e-9


def test_parts_are_made_exact_in_proportion_to_their_size() -> None:
    assert made_exact({"a": 3.0, "b": -1.0, "c": 0.0}, 2.4) == pytest.approx({"a": 3.3, "b": -0.9, "c": 0.0}, abs=EXACT)
    assert made_exact({"a": 0.0}, 0.0) == {"a": 0.0}


def test_a_rule_of_a_users_own_is_shared_without_rest_too() -> None:
    """Its slopes are taken to be those of the nested logit at its shares; what that misses is shared."""
    near: Callable[[Floats], Floats] = lambda value: value * 0.9  # noqa: E731

    def own(value_kusd: Floats, taste_kusd: Floats, group: Ints, nests: Nests, alphas: Alphas) -> NewVehicleChoice:
        return nested_logit(near(value_kusd), taste_kusd, group, nests, alphas)

    axes, before, after = axes_of(own), quarter(5), quarter(6)
    parts = shared_growth(axes, before, after)
    assert sum(parts.values()) == pytest.approx(log_odds(after, axes) - log_odds(before, axes), abs=EXACT)
