"""Roads between zones of which only the places are known."""

import numpy as np
import pandas as pd
import pytest

from market.base import tables
from market.base.computed_roads import ROAD_OVER_GREAT_CIRCLE, computed_corridors, great_circle_miles

DEGREE_MILES = 69.09  # of a meridian on a globe of the earth's mean radius


def zones(*places: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "zone": [f"z{number}" for number in range(len(places))],
            "latitude": [latitude for latitude, _ in places],
            "longitude": [longitude for _, longitude in places],
        }
    )


def pairs(roads: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(roads["zone_a"], roads["zone_b"], strict=True))


def test_a_degree_north_is_69_miles_and_the_poles_are_half_a_globe_apart() -> None:
    miles = great_circle_miles(np.array([0.0, 1.0, 90.0, -90.0]), np.array([10.0, 10.0, 0.0, 50.0]))
    assert miles[0, 1] == pytest.approx(DEGREE_MILES, rel=1e-3)
    assert miles[2, 3] == pytest.approx(180.0 * DEGREE_MILES, rel=1e-3)
    assert (miles == miles.T).all()
    assert (np.diag(miles) == 0.0).all()


def test_three_in_a_row_are_linked_one_by_one() -> None:
    roads = computed_corridors(zones((60.0, 10.0), (61.0, 10.0), (62.0, 10.0)))
    assert pairs(roads) == {("z0", "z1"), ("z1", "z2")}
    assert roads["miles"].tolist() == [round(DEGREE_MILES * ROAD_OVER_GREAT_CIRCLE, 1)] * 2


def test_a_triangle_of_equals_has_all_three_sides_and_its_middle_takes_them_away() -> None:
    corners = ((1.0, 0.0), (-0.5, 0.866), (-0.5, -0.866))
    assert len(computed_corridors(zones(*corners))) == 3
    assert pairs(computed_corridors(zones(*corners, (0.0, 0.0)))) == {("z0", "z3"), ("z1", "z3"), ("z2", "z3")}


def test_places_are_always_joined() -> None:
    generator = np.random.default_rng(1)
    for count in (2, 5, 40):
        places = [(float(one), float(other)) for one, other in generator.uniform(50.0, 55.0, (count, 2))]
        roads = computed_corridors(zones(*places))
        reached, before = {"z0"}, 0
        while len(reached) > before:
            before = len(reached)
            reached |= {end for pair in pairs(roads) if reached & set(pair) for end in pair}
        assert len(reached) == count


def test_what_is_computed_may_stand_in_the_table() -> None:
    roads = computed_corridors(zones((60.0, 10.0), (60.01, 10.0), (-40.0, 10.0)))
    assert tables.from_text("corridors", roads.to_csv(index=False))["miles"].tolist() == [5.0, 700.0]
