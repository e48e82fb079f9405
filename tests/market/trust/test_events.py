"""Recalls and scandals: exact decay, similarity, and nothing of them without salience (M5)."""

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import quarters
from market.trust.brands import brand_similarity
from market.trust.events import BatteryEvents, recorded_events
from market.trust.parameters import BRAND_GROUPS, Trust

GM, FORD, VW, TESLA = 0, 1, 3, 4
SOLD = np.array([1e5, 2e5, 1e5, 1e5, 2e6, 1e5, 1e5])
RECALL = quarters.index("2027Q1")


def events(seed: int | None = 1, **trust: float | str) -> BatteryEvents:
    return BatteryEvents(Trust.model_validate({"recall_cars": 99_000.0, "drawn_events_per_year": 0.0, **trust}), seed)


def after(happening: BatteryEvents, quarter: int, last: int) -> Floats:
    for now in range(quarter, last + 1):
        happening.happen(now, SOLD, after_origin=True)
    return happening.remembered


def test_a_recall_is_worth_its_logarithm_to_its_own_brand() -> None:
    """Salience 2, 99,000 cars, n0 1,000: 2 ln 100."""
    left = after(events(event_salience=2.0), RECALL, RECALL)
    assert left[GM] == pytest.approx(2.0 * np.log(100.0), rel=1e-12)


def test_half_of_it_is_left_after_five_quarters_and_a_quarter_after_ten() -> None:
    whole = after(events(), RECALL, RECALL)
    assert after(events(), RECALL, RECALL + 5) == pytest.approx(whole / 2, rel=1e-12)
    assert after(events(), RECALL, RECALL + 10) == pytest.approx(whole / 4, rel=1e-12)


def test_without_similarity_other_brands_are_untouched_to_the_last_bit() -> None:
    apart = events(country_similarity=0.0, chemistry_similarity=0.0, supplier_similarity=0.0)
    left = after(apart, RECALL, RECALL + 3)
    assert left[GM] > 0.0
    assert not np.delete(left, GM).any()


def test_others_hear_of_it_by_country_chemistry_and_supplier() -> None:
    left = after(events(), RECALL, RECALL)
    alike = brand_similarity(Trust())
    assert left == pytest.approx(left[GM] * alike[GM], rel=1e-12)
    assert left[FORD] > left[TESLA] > 0.0
    p = Trust()
    assert alike[GM, VW] == pytest.approx(p.chemistry_similarity + 0.5 * p.supplier_similarity, rel=1e-12)


def test_without_salience_nothing_is_remembered() -> None:
    assert not after(events(event_salience=0.0, drawn_events_per_year=4.0), RECALL, RECALL + 20).any()


def test_recorded_events_happen_to_the_origin_alone_and_the_scenario_after_it() -> None:
    when, group, cars = recorded_events()
    bolt = int(np.argmax(cars))
    assert (BRAND_GROUPS[group[bolt]], quarters.label(int(when[bolt]))) == ("GM", "2021Q3")
    past, later = events(), events()
    past.happen(int(when[bolt]), SOLD, after_origin=False)
    later.happen(int(when[bolt]), SOLD, after_origin=True)
    assert past.cars[GM] == cars[bolt]
    assert not later.cars.any()


def test_drawn_events_come_at_their_rate_to_brands_as_they_sell_and_never_larger_than_these() -> None:
    """Two a year over 400 quarters: 1 - exp(-1/2) a quarter, 157 expected, standard deviation 9.8; 5 of them."""
    drawn = np.zeros((400, len(BRAND_GROUPS)))
    happening = events(recall_cars=0.0, drawn_events_per_year=2.0)
    for quarter in range(400):
        happening.happen(quarter, SOLD, after_origin=True)
        drawn[quarter] = happening.cars
    assert (drawn > 0.0).any(axis=1).sum() == pytest.approx(157.4, abs=5 * 9.8)
    assert ((drawn == 0.0) | ((drawn >= 1000.0) & (drawn <= SOLD))).all()
    assert (drawn[:, TESLA] > 0.0).sum() > (drawn[:, GM] > 0.0).sum()


def test_drawn_events_are_a_matter_of_the_seed_and_none_come_unasked() -> None:
    first, again, other = (events(seed, drawn_events_per_year=4.0) for seed in (1, 1, 2))
    left = [after(each, RECALL + 1, RECALL + 40) for each in (first, again, other)]
    assert left[0].tobytes() == left[1].tobytes() != left[2].tobytes()
    assert not after(events(recall_cars=0.0, drawn_events_per_year=0.0), RECALL, RECALL + 40).any()


def test_without_a_seed_none_are_drawn_at_any_rate_and_the_recall_of_the_scenario_still_comes() -> None:
    assert not after(events(None, recall_cars=0.0, drawn_events_per_year=4.0), RECALL, RECALL + 40).any()
    alone = after(events(1, drawn_events_per_year=0.0), RECALL, RECALL + 4)
    assert after(events(None, drawn_events_per_year=4.0), RECALL, RECALL + 4).tobytes() == alone.tobytes()
    assert alone.any()


def test_the_rate_is_that_of_the_recorded_events_in_the_nine_years_of_the_record() -> None:
    when, _, _ = recorded_events()
    assert Trust().drawn_events_per_year == pytest.approx(when.size / 9.0, abs=0.005)
    assert {quarters.label(int(quarter))[:4] for quarter in when} <= {str(year) for year in range(2016, 2025)}
