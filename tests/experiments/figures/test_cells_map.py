"""The map of battery plants: squares as large as their capacity, parts as wide as its uses, storage by region."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from experiments.figures.maps.cells_map import cells_map, plants_of
from experiments.figures.maps.places import labels_of_regions, places_of_plants, regions_of_states
from experiments.figures.style import CELL_COLORS
from experiments.runs.store import Result
from market.base import tables
from tests.experiments.figures.figure_reading import texts


def squares(ax: Axes) -> list[Rectangle]:
    return [part for part in ax.get_children() if isinstance(part, Rectangle) and part is not ax.patch]


def test_the_area_of_a_plant_is_its_capacity_and_its_parts_are_its_uses(small_result: Result) -> None:
    last = small_result.frames["national"]["quarter"].iloc[-1]
    capacity = plants_of(small_result.frames["plants"], last, "2024Q4")
    ax = cells_map(small_result).axes[-1]
    whole = [each for each in squares(ax) if not each.get_fill()]
    parts = [each for each in squares(ax) if each.get_fill()]
    areas = np.sort([each.get_width() * each.get_height() for each in whole])
    np.testing.assert_allclose(areas, 20.0 * np.sort(capacity.sum(axis=1)), rtol=1e-9)
    for use, color in CELL_COLORS.items():
        drawn = sum(each.get_width() * each.get_height() for each in parts if to_hex(each.get_facecolor()) == color)
        assert drawn == pytest.approx(20.0 * capacity[use].sum()), use


def test_its_title_counts_plants_with_lines_turned_to_storage(small_result: Result) -> None:
    plants = small_result.frames["plants"].copy()
    plants["capacity_converted_gwh"] = 0.0
    none = replace(small_result, frames={**small_result.frames, "plants": plants})
    assert "No US battery plant has lines turned to storage in" in texts(cells_map(none))
    last = plants["quarter"] == plants["quarter"].max()
    first = plants[last].sort_values("capacity_vehicles_gwh", kind="stable").index[-1]
    plants.loc[first, ["capacity_converted_gwh", "capacity_storage_gwh"]] = 5.0
    one = replace(small_result, frames={**small_result.frames, "plants": plants})
    figure = cells_map(one)
    assert "1 of " in texts(figure)
    edges = [each.get_linewidth() for each in squares(figure.axes[-1]) if not each.get_fill()]
    assert [edge > 1.0 for edge in edges].count(True) == 1


def test_a_state_belongs_to_the_region_of_most_of_its_people_and_labels_lie_within() -> None:
    of_state = regions_of_states(tables.load)
    assert (of_state["CA"], of_state["TX"], of_state["IL"], of_state["VT"]) == ("CAISO", "ERCOT", "PJM", "ISO-NE")
    zones = tables.load("zones")
    by_place = {(x, y): state for x, y, state in zip(zones["x_albers"], zones["y_albers"], zones["state"], strict=True)}
    labels = labels_of_regions(tables.load)
    assert labels.keys() == set(zones["power_region"])
    assert all(of_state[by_place[place]] == region for region, place in labels.items())


def test_plants_of_one_town_stand_side_by_side() -> None:
    places = places_of_plants(tables.load)
    assert len(set(places.values())) == len(places)
