"""Service at chargers (M8): worked examples, limits, and that nothing is lost on the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from market.charging.parameters import Operators
from market.charging.service import ChargingService, ServiceRules

KWH, KW = 30.0, 60.0
HOURS_A_QUARTER = 2_191.5
NO_TRIPS = np.zeros((1, 1))
ENDS = np.zeros((1, 2), dtype=np.int64)  # a road from the zone to itself
NETWORK = np.array([0, 1])
RULES = ServiceRules(Operators(), KWH, ENDS, NETWORK)
FREE = ServiceRules(Operators(queues=False), KWH, ENDS, NETWORK)
ONE_ROAD = np.ones((1, 1))


def serve(near: float, far: float, plugs: Floats, success: Floats, rules: ServiceRules = RULES) -> ChargingService:
    """One zone and one corridor; ``plugs`` and ``success``: (operators, 2); one site a place and operator."""
    return rules.serve(np.array([near]), np.array([far]), ONE_ROAD, plugs, success, np.minimum(plugs, 1.0))


PLUGS = np.array([[8.0, 6.0], [4.0, 2.0]])
SUCCESS = np.array([[0.97, 0.97], [0.85, 0.85]])


def test_a_session_takes_its_energy_over_power_and_handling() -> None:
    assert RULES.session_hours == pytest.approx(0.5 + 4 / 60)


def test_the_wait_of_a_busy_plug_by_hand() -> None:
    rules = ServiceRules(Operators(holiday_share=0.0, most_wait_hours=6.0), KWH, ENDS, NETWORK)
    sessions = 0.5 / rules.session_hours / 0.09 * 365.25 / 4  # half an erlang in the peak hour
    wait = rules.wait_hours(np.array([sessions]), np.ones(1), np.ones(1))
    assert wait == pytest.approx(rules.session_hours * 1.0, rel=1e-3)  # case 5: one plug, half busy


def test_drivers_wait_as_their_places_do_near_home_and_on_trips() -> None:
    """One plug in the zone and one on its only road, each half busy in the peak hour: a session's time each."""
    rules = ServiceRules(Operators(holiday_share=0.0, most_wait_hours=6.0), KWH, ENDS, NETWORK)
    sessions = 0.5 / rules.session_hours / Operators().peak_hour_share * HOURS_A_QUARTER / 24
    plugs = np.array([[1.0, 1.0], [0.0, 0.0]])
    service = serve(sessions, sessions, plugs, np.ones((2, 2)), rules)
    for waits in (service.wait_hours, service.trip_wait_hours, *service.place_wait_hours[:, None]):
        assert waits == pytest.approx([rules.session_hours], rel=1e-3)


def test_holidays_make_waits_longer() -> None:
    calm = ServiceRules(Operators(holiday_factor=1.0), KWH, ENDS, NETWORK)
    busy = (np.array([8_000.0]), np.full(1, 8.0), np.ones(1))
    assert RULES.wait_hours(*busy) > calm.wait_hours(*busy) > 0.0


def test_waits_on_holidays_and_other_days_by_hand() -> None:
    """A tenth of the days have twice the sessions: a plug is half busy then, at 2/9 else; waits 1 and 2/7."""
    given = Operators(holiday_share=0.1, holiday_factor=2.0, most_wait_hours=6.0)
    rules = ServiceRules(given, KWH, ENDS, NETWORK)
    sessions = 0.25 / rules.session_hours / given.peak_hour_share * HOURS_A_QUARTER / 24
    wait = rules.wait_hours(np.array([sessions]), np.ones(1), np.ones(1))
    assert wait == pytest.approx(rules.session_hours * 3.0 / 7.0, rel=2e-3)


def test_sessions_are_shared_by_working_plugs() -> None:
    service = serve(3_000.0, 1_000.0, PLUGS, SUCCESS)
    assert service.lost.sum() == 0.0
    assert service.served[0] / service.served[1] == pytest.approx([2 * 0.97 / 0.85, 3 * 0.97 / 0.85])


def test_drivers_meet_the_success_of_the_plugs_they_try() -> None:
    service = serve(3_000.0, 1_000.0, PLUGS, SUCCESS)
    zone, road = (8 * 0.97 + 4 * 0.85) / 12, (6 * 0.97 + 2 * 0.85) / 8
    assert service.attempts_success == pytest.approx([zone, road])
    assert service.success == pytest.approx([0.75 * zone + 0.25 * road])
    assert service.weighted(service.attempts_success) == pytest.approx(service.success[0])


def test_drivers_of_a_network_meet_the_success_of_its_plugs() -> None:
    service = serve(3_000.0, 1_000.0, PLUGS, np.array([[0.97, 0.9], [0.85, 0.7]]))
    assert service.network_success == pytest.approx(np.array([[0.75 * 0.97 + 0.25 * 0.9, 0.75 * 0.85 + 0.25 * 0.7]]))
    nowhere = serve(3_000.0, 1_000.0, PLUGS * np.array([[1.0], [0.0]]), SUCCESS)
    assert nowhere.network_success[0] == pytest.approx([0.97, 0.0])


def test_as_many_plugs_in_more_sites_make_longer_waits() -> None:
    sessions, plugs = np.full(1, 20_000.0), np.full(1, 24.0)
    few, many = (RULES.wait_hours(sessions, plugs, np.full(1, sites)) for sites in (2.0, 6.0))
    assert many > few > 0.0


def test_who_finds_no_plug_on_a_road_charges_in_the_zones_at_its_ends() -> None:
    """Two zones and the road between them, without a plug: half of its sessions in each zone."""
    rules = ServiceRules(Operators(), KWH, np.array([[0, 1]]), np.array([1]))
    plugs, success = np.array([[8.0, 4.0, 0.0]]), np.array([[0.9, 0.8, 0.5]])
    service = rules.serve(np.array([100.0, 0.0]), np.array([60.0, 0.0]), np.ones((2, 1)), plugs, success, plugs / 4.0)
    assert service.wanted.tolist() == [130.0, 30.0, 0.0]
    assert service.sought.tolist() == [130.0, 30.0, 60.0]
    assert service.lost.sum() + service.lost_without_plug.sum() == 0.0
    assert service.success[0] == pytest.approx((100.0 * 0.9 + 60.0 * 0.85) / 160.0)
    assert service.trip_wait_hours[0] == pytest.approx(service.place_wait_hours[:2].mean())


def test_where_no_plug_works_everything_is_lost_and_nobody_waits() -> None:
    service = serve(100.0, 50.0, np.array([[0.0, 4.0], [0.0, 0.0]]), np.full((2, 2), 0.9))
    assert service.lost_without_plug.tolist() == [100.0, 0.0]
    assert service.served.sum() == 50.0
    assert service.wait_hours == pytest.approx([0.0])
    assert service.attempts_success == pytest.approx([0.9, 0.9])


def test_nobody_waits_longer_than_is_borne() -> None:
    service = serve(1e6, 1e6, PLUGS, SUCCESS)
    assert service.wait_hours == pytest.approx([Operators().most_wait_hours])
    assert service.total_lost > 0.0


def test_without_queues_nobody_waits_and_no_session_is_lost() -> None:
    for plugs in (PLUGS, np.zeros((2, 2))):
        service = serve(1e6, 1e6, plugs, SUCCESS, FREE)
        assert service.wait_hours.tolist() == [0.0]
        assert service.trip_wait_hours.tolist() == [0.0]
        assert service.total_lost == 0.0
    assert serve(1e6, 1e6, PLUGS, SUCCESS, FREE).served.sum() == pytest.approx(2e6)


def test_a_zone_without_a_road_makes_no_trips() -> None:
    service = RULES.serve(np.array([100.0]), np.zeros(1), NO_TRIPS, PLUGS, SUCCESS, PLUGS / 4.0)
    assert service.wanted.tolist() == [100.0, 0.0]
    assert service.trip_wait_hours.tolist() == [0.0]


@given(
    near=st.floats(0.0, 1e6),
    far=st.floats(0.0, 1e6),
    plugs=st.lists(st.just(0.0) | st.floats(1e-3, 500.0), min_size=4, max_size=4),
    success=st.lists(st.floats(0.1, 0.99), min_size=4, max_size=4),
)
def test_sessions_are_conserved_and_no_plug_gives_more_than_it_can(
    near: float, far: float, plugs: list[float], success: list[float]
) -> None:
    held, works = np.array(plugs).reshape(2, 2), np.array(success).reshape(2, 2)
    service = serve(near, far, held, works)
    found = service.served.sum(axis=0) + service.lost.sum(axis=0) + service.lost_without_plug
    assert found == pytest.approx(service.wanted)
    assert np.all(service.served * KWH <= held * works * KW * HOURS_A_QUARTER * (1 + 1e-9) + 1e-9)
    assert np.all((service.utilization >= 0.0) & (service.utilization <= 1.0))
    assert np.all(service.wait_hours >= 0.0)
    assert np.all((service.success >= 0.0) & (service.success <= 1.0))


def test_more_plugs_never_make_waits_longer() -> None:
    waits = [serve(20_000.0, 8_000.0, PLUGS * more, SUCCESS).wait_hours[0] for more in (1.0, 1.5, 2.0, 4.0, 50.0)]
    assert waits == sorted(waits, reverse=True)
    assert waits[-1] == pytest.approx(0.0, abs=1e-3)


def test_without_queues_sessions_are_served_even_where_the_country_has_no_plug() -> None:
    served = serve(100.0, 40.0, np.zeros((2, 2)), SUCCESS, FREE)
    assert served.served.sum(axis=0) == pytest.approx(served.wanted)
    assert served.total_lost == 0.0
