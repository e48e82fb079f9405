"""The contracts of makers' rules: prices of new cars, programmes of new models."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.buyers.choice import Alphas, Nests
from agents.makers.price_equilibrium import PRICE_RULES, Demand, PriceRule
from agents.makers.programme import (
    PROGRAMME_RULES,
    MakerStrategy,
    ProgrammeAction,
    ProgrammeRule,
    ProgrammeSensing,
    ProgrammeTerms,
)
from tests.agents.rule_contract import asked

every_price_rule = pytest.mark.parametrize("rule", PRICE_RULES.values(), ids=PRICE_RULES)
every_programme_rule = pytest.mark.parametrize("rule", PROGRAMME_RULES.values(), ids=PROGRAMME_RULES)
ALPHAS = Alphas(0.02, 0.04, 0.06, 0.077, 0.12)
NESTS = Nests(np.array([0, 0, 0, 1, 1, 2, 3]), np.array([0, 0, 1, 1]))
MAKER = np.array([0, 0, 1, 0, 2, 1, 2])
TERMS = ProgrammeTerms(lead_quarters=12, years_on_sale=7, variety=0.5)


def one_buyer(keep_kusd: float, *worth_kusd: float) -> Demand:
    """One kind of buyer, one nest, all coefficients 0.08: the plain logit against keeping."""
    one, flat = np.ones(1), Alphas(0.08, 0.08, 0.08, 0.08, 0.08)
    nests = Nests(np.zeros(len(worth_kusd), dtype=np.int64), np.zeros(1, dtype=np.int64))
    worth = np.array([worth_kusd])
    return Demand(one, worth, np.full(1, -np.inf), np.full(1, keep_kusd), one, np.ones(worth.size), nests, flat)


@every_price_rule
def test_a_product_that_hardly_anybody_takes_is_priced_its_cost_and_one_over_alpha(rule: PriceRule) -> None:
    """Markup 1/(alpha (1 - s)) with a share s of exp(-80) against keeping: 12.5 k$."""
    price = asked(rule, one_buyer(1_000.0, 30.0), np.zeros(1, dtype=np.int64), np.array([25.0]), np.array([40.0]))
    assert price == pytest.approx([37.5], abs=1e-6)


@every_price_rule
def test_what_nobody_can_buy_keeps_its_price(rule: PriceRule) -> None:
    demand = one_buyer(10.0, 30.0, -np.inf)
    price = asked(rule, demand, np.array([0, 1]), np.array([25.0, 25.0]), np.array([40.0, 61.0]))
    assert price[1] == 61.0
    assert price[0] > 25.0


@every_price_rule
@settings(max_examples=25)
@given(seed=st.integers(0, 2**31), missing=st.sets(st.integers(0, 6), max_size=6))
def test_prices_are_finite_and_above_cost_where_anybody_buys(rule: PriceRule, seed: int, missing: set[int]) -> None:
    draw, kinds = np.random.default_rng(seed), 3
    worth = draw.normal(40.0, 15.0, (kinds, MAKER.size))
    worth[:, sorted(missing)] = -np.inf
    demand = Demand(
        draw.uniform(1.0, 100.0, kinds), worth, draw.normal(5.0, 20.0, kinds), draw.normal(10.0, 40.0, kinds),
        draw.uniform(0.5, 2.0, kinds), draw.uniform(0.8, 1.3, MAKER.size), NESTS, ALPHAS,
    )  # fmt: skip
    cost, start = draw.uniform(15.0, 60.0, MAKER.size), draw.uniform(20.0, 90.0, MAKER.size)
    price = asked(rule, demand, MAKER, cost, start)
    assert price.shape == cost.shape
    assert np.isfinite(price).all()
    sold = np.isfinite(worth).all(axis=0)
    assert (price[sold] > cost[sold]).all()
    assert np.array_equal(price[~sold], start[~sold])


@st.composite
def programmes(draw: st.DrawFn) -> tuple[ProgrammeSensing, MakerStrategy]:
    """A model that a maker may begin or has begun."""
    seen = ProgrammeSensing(
        cars_per_year=np.full(11, draw(st.floats(0.0, 1e6))), models=draw(st.floats(0.5, 30.0)),
        nest_share=draw(st.floats(0.0, 1.0)), margin_kusd=draw(st.floats(-20.0, 40.0)),
        lost_kusd=draw(st.floats(0.0, 20.0)), cells_missing=draw(st.floats(0.0, 1.0)),
        quarters_left=draw(st.integers(1, 12)),
    )  # fmt: skip
    strategy = MakerStrategy(
        cost_musd=draw(st.floats(1.0, 3_000.0)), discount_rate=draw(st.floats(0.0, 0.3)),
        margin_kept=draw(st.floats(0.0, 1.0)), cannibalizes=draw(st.booleans()),
        belief_in_service=draw(st.floats(0.0, 1.0)),
    )  # fmt: skip
    return seen, strategy


@every_programme_rule
def test_a_model_that_nobody_would_buy_is_not_begun(rule: ProgrammeRule) -> None:
    strategy = MakerStrategy(600.0, 0.08, 0.8, cannibalizes=True, belief_in_service=1.0)
    nobody = ProgrammeSensing(np.zeros(11), 1.0, 0.0, 6.0, 1.0, cells_missing=0.0, quarters_left=12)
    assert asked(rule, nobody, strategy, TERMS, under_way=False) == ProgrammeAction.WAIT


@every_programme_rule
def test_a_model_worth_far_more_than_its_cost_is_not_given_up(rule: ProgrammeRule) -> None:
    """A million cars a year at 20 k$ are worth some 57,000 M$ against 600."""
    strategy = MakerStrategy(600.0, 0.0, 1.0, cannibalizes=False, belief_in_service=1.0)
    good = ProgrammeSensing(np.full(11, 1e6), 1.0, 0.0, 20.0, 0.0, cells_missing=0.0, quarters_left=6)
    assert asked(rule, good, strategy, TERMS, under_way=True) == ProgrammeAction.WAIT


@every_programme_rule
@given(case=programmes(), under_way=st.booleans())
def test_a_programme_is_begun_only_before_and_given_up_only_while_it_is_under_way(
    rule: ProgrammeRule, case: tuple[ProgrammeSensing, MakerStrategy], *, under_way: bool
) -> None:
    action = asked(rule, *case, TERMS, under_way=under_way)
    assert isinstance(action, ProgrammeAction)
    assert action != (ProgrammeAction.LAUNCH if under_way else ProgrammeAction.CANCEL)
