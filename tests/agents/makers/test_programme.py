"""Programmes: what one more model is worth, when it is begun and when given up (M15)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.makers.programme import (
    MakerStrategy,
    ProgrammeAction,
    ProgrammeSensing,
    ProgrammeTerms,
    cars_gained_share,
    cost_to_come_musd,
    decide_programme,
    programme_value_musd,
)

EXACT = 1e-12
TERMS = ProgrammeTerms(lead_quarters=12, years_on_sale=7, variety=0.5)
PLAIN = MakerStrategy(
    cost_musd=600.0, discount_rate=0.0, margin_kept=1.0, cannibalizes=False, belief_in_service=1.0
)  # fmt: skip
SEEN = ProgrammeSensing(
    cars_per_year=np.full(11, 100_000.0),
    models=1.0,
    nest_share=0.0,
    margin_kusd=6.0,
    lost_kusd=1.0,
    cells_missing=0.0,
    quarters_left=12,
)
GAINED = 2.0**0.5 - 1.0
"""What a second model adds to a small product, nu 0.5."""


def test_a_small_product_grows_as_its_weight_and_one_alone_in_its_nest_not_at_all() -> None:
    assert cars_gained_share(1.0, 0.0, 0.5) == pytest.approx(GAINED, rel=EXACT)
    assert cars_gained_share(1.0, 1.0, 0.5) == pytest.approx(0.0, abs=EXACT)
    assert cars_gained_share(3.0, 0.5, 1.0) == pytest.approx((4 / 3) / (0.5 + 0.5 * 4 / 3) - 1.0, rel=EXACT)
    assert cars_gained_share(3.0, 0.2, 0.0) == 0.0


def test_value_by_hand_without_discounting() -> None:
    """Seven years of 100,000 cars times 0.4142 at 6 k$: 1,739.7 M$."""
    assert programme_value_musd(SEEN, PLAIN, TERMS) == pytest.approx(7 * 100.0 * GAINED * 6.0, rel=EXACT)
    assert cost_to_come_musd(12, PLAIN, TERMS) == pytest.approx(600.0, rel=EXACT)
    assert cost_to_come_musd(3, PLAIN, TERMS) == pytest.approx(150.0, rel=EXACT)


def test_sales_come_in_the_middle_of_the_years_after_the_lead() -> None:
    """A forecast of 1,000 cars times the year ahead: years 3.5 to 9.5."""
    rising = replace(SEEN, cars_per_year=1e3 * np.arange(1.0, 12.0))
    found = programme_value_musd(rising, replace(PLAIN, discount_rate=0.1), TERMS)
    years = 3.5 + np.arange(7)
    assert found == pytest.approx((years * 1.1**-years).sum() * GAINED * 6.0, rel=EXACT)


def test_what_differs_between_legacy_makers_and_new_brands() -> None:
    """Dealers take a fifth and own gasoline cars lose 1 k$: 3.8 of 6 k$ are left; nine of ten trust a new brand."""
    whole = programme_value_musd(SEEN, PLAIN, TERMS)
    legacy = replace(PLAIN, margin_kept=0.8, cannibalizes=True)
    assert programme_value_musd(SEEN, legacy, TERMS) == pytest.approx(whole * 3.8 / 6.0, rel=EXACT)
    new = replace(PLAIN, belief_in_service=0.9)
    assert programme_value_musd(SEEN, new, TERMS) == pytest.approx(whole * 0.9, rel=EXACT)


def test_a_programme_is_launched_if_it_pays_and_given_up_if_the_rest_does_not() -> None:
    """At 34,480 cars a year it is worth 599.9 M$ and costs 600; with half spent, sunk, the rest of 300 is worth it."""
    short = replace(SEEN, cars_per_year=np.full(11, 34_480.0))
    assert decide_programme(SEEN, PLAIN, TERMS, under_way=False) == ProgrammeAction.LAUNCH
    assert decide_programme(short, PLAIN, TERMS, under_way=False) == ProgrammeAction.WAIT
    half = replace(short, quarters_left=6)
    assert decide_programme(half, PLAIN, TERMS, under_way=True) == ProgrammeAction.WAIT
    poor = replace(half, cars_per_year=np.full(11, 17_000.0))
    assert decide_programme(poor, PLAIN, TERMS, under_way=True) == ProgrammeAction.CANCEL


def test_cells_that_are_missing_are_imported_and_their_premium_comes_off_the_markup() -> None:
    """Half of the cells with a premium of 3 k$ a pack: 1.5 of 6 k$ a car less."""
    short = replace(SEEN, cells_missing=0.5, imported_pack_kusd=3.0)
    assert programme_value_musd(short, PLAIN, TERMS) == pytest.approx(7 * 100.0 * GAINED * 4.5, rel=EXACT)
    free = replace(SEEN, cells_missing=1.0)
    assert programme_value_musd(free, PLAIN, TERMS) == programme_value_musd(SEEN, PLAIN, TERMS)


@given(models=st.floats(0.5, 30.0), share=st.floats(0.0, 1.0), variety=st.floats(0.0, 1.0))
def test_each_further_model_gains_less_and_none_loses(models: float, share: float, variety: float) -> None:
    gained = cars_gained_share(models, share, variety)
    assert gained >= -EXACT
    assert cars_gained_share(models + 1.0, share, variety) <= gained + EXACT
