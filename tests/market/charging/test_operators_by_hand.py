"""What operators of chargers take from parameters, cars and funded plugs, and where their next site stands (M4, M9)."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from market.charging.graph import build_graph, road_arrays
from market.charging.network import ChargingNetwork, plug_costs
from market.charging.parameters import Operators
from market.charging.site_placement import Stops


def without_setup(**attributes: Any) -> ChargingNetwork:
    """A network of which only what is asked for is there."""
    made = object.__new__(ChargingNetwork)
    vars(made).update(attributes)
    return made


def test_capital_is_told_in_dollars_and_lags_by_their_middle() -> None:
    costs = plug_costs(Operators(capex_kusd=100.0, shortest_lag=3, longest_lag=6))
    assert (costs.capex_usd, costs.lag_years) == (100_000.0, 1.125)


@pytest.mark.parametrize(("cars", "growth"), [(150.0, 0.5), (300.0, 0.6), (10.0, -0.6)])
def test_growth_is_that_of_a_year_within_bounds(cars: float, growth: float) -> None:
    """From 100 cars a year ago; the year before that counts no more, and the next quarter moves it by a quarter."""
    network = without_setup(_cars=[7.0, 100.0, 110.0, 120.0, 130.0], car_growth=np.full(1, np.nan))
    network._learn_growth(cars)
    assert network.car_growth == pytest.approx([growth], rel=1e-12)
    network._learn_growth(110.0)
    assert network.car_growth == pytest.approx([0.75 * growth], rel=1e-12)


def test_before_a_year_has_passed_no_growth_is_known() -> None:
    network = without_setup(_cars=[100.0, 110.0, 120.0], car_growth=np.full(1, np.nan))
    network._learn_growth(150.0)
    assert np.isnan(network.car_growth).all()


def test_success_goes_part_of_the_way_to_that_of_funded_and_other_plugs() -> None:
    """Half a plug is half funded: 0.75 between 0.6 and 0.9, and a quarter of the way from 0.5; no plugs: 0.6."""
    operator = SimpleNamespace(wanted_success=lambda _, funded: np.full(2, 0.9 if funded else 0.6))
    network = without_setup(
        operators=[operator], funded=np.array([[0.25, 0.0]]), plugs=np.array([[0.5, 0.0]]),
        success=np.full((1, 2), 0.5), parameters=SimpleNamespace(upkeep_adjustment=0.25),
    )  # fmt: skip
    seen: Any = [None]
    network._keep(seen)
    assert network.success[0] == pytest.approx([0.5625, 0.525], rel=1e-12)


def test_the_next_site_of_a_corridor_is_its_next_stop_until_all_have_one() -> None:
    """Two cities 300 miles apart, six stops between them, of which the fourth is the first to be built."""
    zones = pd.DataFrame({"zone": ["a", "b"], "population": 100.0, "households": 40.0, "vehicles_per_household": 2.0})
    zones = zones.assign(state="KS", latitude=39.0, longitude=-98.0, x_albers=0.0, y_albers=0.0, tier=1)
    roads = road_arrays(
        build_graph(zones, pd.DataFrame({"route": "US-36", "zone_a": ["a"], "zone_b": ["b"], "miles": [300.0]}))
    )
    stops = Stops.on(roads)
    taken = [int(stops.next_points(np.array([0.0, 1.0, float(held)]))[2]) for held in range(8)]
    assert sorted(taken[:6]) == list(range(2, 8))
    assert taken[6:] == [-1, -1]
    assert stops.next_points(np.array([0.0, 1.0, 0.0]))[:2].tolist() == [0, -1]
    for held in range(1, 7):
        assert stops.served(np.array([0.0, 0.0, float(held)]))[taken[held - 1]]
