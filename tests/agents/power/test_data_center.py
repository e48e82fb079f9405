"""Which data centers buy storage, and how much (M17)."""

import math

import mesa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.power.data_center import DataCenterDeveloper, DeveloperSensing, DeveloperTerms

EXACT = 1e-12


def developer(flexible_share: float = 0.14) -> DataCenterDeveloper:
    return DataCenterDeveloper(mesa.Model(rng=1), "PJM", 2, DeveloperTerms(1.5, 1.5, flexible_share))


def logistic(gain: float) -> float:
    return 1.0 / (1.0 + math.exp(-gain))


def test_half_adopt_what_brings_nothing_and_costs_nothing() -> None:
    assert developer().adoption_share(DeveloperSensing(1_000.0, 0.0, 0.0)) == pytest.approx(0.5, rel=EXACT)


def test_energy_by_hand_where_no_delay_is_avoided() -> None:
    """0.14 of 1,000 MW for 4 hours are 0.56 GWh; 250 $/kWh for 0.56 MWh a MW cost 0.14 M$, with a spread of 1.5."""
    found = developer().order_gwh(DeveloperSensing(1_000.0, 0.0, 250.0))
    assert found == pytest.approx(0.56 * logistic(-0.14 / 1.5), rel=EXACT)


def test_adoption_is_the_mean_over_delays_and_what_a_year_is_worth() -> None:
    """Two years avoided on average: 1, 2 and 3; worth 0.5 to 4 M$ a MW-year; cost 0.14 M$ a MW."""
    gains = [years * worth - 0.14 for years in (1.0, 2.0, 3.0) for worth in (0.5, 0.9, 1.5, 2.4, 4.0)]
    expected = sum(logistic(gain / 1.5) for gain in gains) / 15
    assert developer().adoption_share(DeveloperSensing(1_000.0, 2.0, 250.0)) == pytest.approx(expected, rel=EXACT)


@given(delay=st.floats(0, 10), longer=st.floats(0, 10), cost=st.floats(0, 2_000), dearer=st.floats(0, 2_000))
def test_adoption_is_a_share_that_rises_with_delay_and_falls_with_cost(
    delay: float, longer: float, cost: float, dearer: float
) -> None:
    who = developer()
    share = who.adoption_share(DeveloperSensing(100.0, delay, cost))
    assert 0.0 < share <= 1.0
    assert who.adoption_share(DeveloperSensing(100.0, delay + longer, cost)) >= share - EXACT
    assert who.adoption_share(DeveloperSensing(100.0, delay, cost + dearer)) <= share + EXACT


def test_delay_and_cost_move_adoption_visibly() -> None:
    who = developer()
    shares = [who.adoption_share(DeveloperSensing(100.0, delay, 250.0)) for delay in (0.0, 1.0, 4.0)]
    assert shares[0] < 0.49
    assert 0.6 < shares[1] < 0.85 < shares[2]
    assert who.adoption_share(DeveloperSensing(100.0, 1.0, 25_000.0)) < 0.01


def test_storage_covers_at_most_035_of_an_arrival() -> None:
    seen = DeveloperSensing(1_000.0, 0.0, 0.0)
    assert developer(0.5).terms.flexible_share == 0.35
    assert developer(0.5).order_gwh(seen) == pytest.approx(0.35 * 4.0 * 0.5, rel=EXACT)
    assert developer(0.2).order_gwh(seen) == pytest.approx(0.20 * 4.0 * 0.5, rel=EXACT)


def test_orders_are_in_proportion_to_arrivals() -> None:
    who = developer()
    assert who.order_gwh(DeveloperSensing(0.0, 3.0, 250.0)) == 0.0
    one, three = (who.order_gwh(DeveloperSensing(mw, 3.0, 250.0)) for mw in (100.0, 300.0))
    assert three == pytest.approx(3.0 * one, rel=EXACT)


def test_a_developer_is_an_agent_of_its_region() -> None:
    model = mesa.Model(rng=1)
    who = DataCenterDeveloper(model, "PJM", 2, DeveloperTerms(1.5, 1.5, 0.14))
    assert list(model.agents) == [who]
    assert (who.name, who.region, who.place) == ("data centers PJM", "PJM", 2)


def test_a_developer_orders_by_the_rule_it_is_given() -> None:
    """All of 1,000 MW, of which storage covers 0.14, for 4 hours."""
    who = developer()
    who.rule = lambda _seen, _terms: 1.0
    assert who.order_gwh(DeveloperSensing(1_000.0, 3.0, 250.0)) == pytest.approx(0.56, rel=EXACT)
