"""Figures of charging, resale and trust show the numbers of their tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.figures.maps.charging_map import circle_points2, quarters_shown
from experiments.figures.maps.us_map import outline, places_of, state_outlines
from experiments.figures.registry import FIGURES, figures_of
from experiments.figures.style import FigureError
from experiments.runs.store import Result
from market.base import tables
from market.trust.parameters import BRAND_GROUPS
from tests.experiments.figures.figure_reading import changed, circles, line, panel, texts


@pytest.mark.parametrize("column", ["trip_coverage", "local_adequacy"])
def test_circles_of_the_map_are_the_zones_at_their_places_sized_by_cars(small_result: Result, column: str) -> None:
    figure = FIGURES["charging_map"](small_result)
    zones = small_result.frames["zones"]
    places = tables.load("zones").set_index("zone")
    for label in ("2018Q4", "2024Q4", "2026Q1"):
        rows = zones[zones["quarter"] == label].sort_values("cars_stock", ascending=False, kind="stable")
        drawn = circles(figure, f"{column} {label}")
        np.testing.assert_array_equal(np.sort(np.asarray(drawn.get_array())), np.sort(rows[column]))
        np.testing.assert_allclose(drawn.get_sizes(), circle_points2(rows["cars_stock"]))
        largest = places.loc[rows["zone"].iloc[0], ["x_albers", "y_albers"]]
        np.testing.assert_allclose(np.asarray(drawn.get_offsets())[0], largest.to_numpy(dtype=float))


def test_zones_with_as_many_cars_are_drawn_in_the_order_of_the_table(small_result: Result) -> None:
    zones = small_result.frames["zones"]
    zones = zones.assign(cars_stock=np.arange(len(zones)) % 2 * 1e6)
    figure = FIGURES["charging_map"](changed(small_result, zones=zones))
    rows = pd.concat([zones[(zones["quarter"] == "2026Q1") & (zones["cars_stock"] == cars)] for cars in (1e6, 0.0)])
    at = tables.load("zones").set_index("zone").loc[rows["zone"], ["x_albers", "y_albers"]]
    drawn = circles(figure, "trip_coverage 2026Q1")
    np.testing.assert_array_equal(np.asarray(drawn.get_offsets()), at.to_numpy(dtype=float))


def test_zones_of_the_map_are_told_their_mean_over_cars(small_result: Result) -> None:
    figure = FIGURES["charging_map"](small_result)
    rows = small_result.frames["zones"].query("quarter == '2024Q4'")
    mean = np.average(rows["local_adequacy"], weights=rows["cars_stock"])
    (ax,) = [ax for ax in figure.axes if ax.get_label() == "local_adequacy 2024Q4"]
    assert ax.get_title(loc="right") == f"mean {mean:.0%}"
    assert "127 zones, 3 quarters" in texts(figure)


def test_the_map_has_a_row_of_reliability_only_if_the_result_knows_it(small_result: Result) -> None:
    zones = small_result.frames["zones"].drop(columns="charging_success", errors="ignore")
    without = FIGURES["charging_map"](changed(small_result, zones=zones))
    assert not [ax for ax in without.axes if str(ax.get_label()).startswith("charging_success")]
    success = np.linspace(0.6, 0.95, len(zones))
    success[-1] = np.nan
    known = zones.assign(charging_success=success)
    drawn = circles(FIGURES["charging_map"](changed(small_result, zones=known)), "charging_success 2026Q1")
    last = known[known["quarter"] == "2026Q1"]["charging_success"]
    np.testing.assert_array_equal(np.sort(np.ma.filled(np.ma.asarray(drawn.get_array()), np.nan)), np.sort(last))


def test_the_map_shows_the_years_a_result_reaches_and_its_last_quarter() -> None:
    assert quarters_shown(pd.Series(["2017Q1", "2017Q2"])) == ["2017Q2"]
    whole = pd.Series([f"{year}Q{quarter}" for year in range(2017, 2036) for quarter in range(1, 5)])
    assert quarters_shown(whole) == ["2018Q4", "2024Q4", "2030Q4", "2035Q4"]


def test_the_outline_fills_the_map_and_every_corridor_is_a_line(small_result: Result) -> None:
    box = outline().get_extents()
    assert box.x1 == pytest.approx(975, rel=0.05)
    assert box.y1 == pytest.approx(610, rel=0.05)
    _, corridors = places_of(small_result, "charging_map")
    assert len(corridors.to_polygons(closed_only=False)) == len(tables.load("corridors"))
    assert state_outlines().keys() == set(tables.load("states")["state"])


def test_maps_that_look_alike_are_drawn_once_and_their_means_told(small_result: Result) -> None:
    zones = small_result.frames["zones"]
    same = zones.assign(local_adequacy=np.where(zones["quarter"] == "2018Q4", 0.2, 0.4))
    figure = FIGURES["charging_map"](changed(small_result, zones=same))
    maps = {str(ax.get_label()): ax for ax in figure.axes}
    for label, alike in (("2018Q4", ""), ("2024Q4", ""), ("2026Q1", "looks as in 2024Q4")):
        ax = maps[f"local_adequacy {label}"]
        assert bool(ax.collections) == (not alike)
        assert [text.get_text() for text in ax.texts] == ([alike] if alike else [])
        assert ax.get_title(loc="right") == f"mean {0.2 if label == '2018Q4' else 0.4:.0%}"


def test_scales_of_the_map_are_over_what_is_there(small_result: Result) -> None:
    zones = small_result.frames["zones"]
    high = zones.assign(trip_coverage=np.linspace(0.991, 1.0, len(zones)), local_adequacy=0.12)
    figure = FIGURES["charging_map"](changed(small_result, zones=high))
    coverage = circles(figure, "trip_coverage 2026Q1")
    adequacy = circles(figure, "local_adequacy 2018Q4")
    assert (coverage.norm.vmin, coverage.norm.vmax) == (0.99, 1.0)
    assert adequacy.norm.vmin == 0.0
    assert adequacy.norm.vmax == pytest.approx(0.15)


def test_the_map_has_places_of_the_runs_own_tables_and_says_so_if_they_are_gone(small_result: Result) -> None:
    parameters = {**small_result.manifest.parameters, "data": {"packs": "no/such/pack", "sha256": "0" * 64}}
    other = replace(small_result, manifest=small_result.manifest.model_copy(update={"parameters": parameters}))
    with pytest.raises(FigureError, match=r"^figure charging_map needs the run's data packs: .*no/such/pack"):
        figures_of(other)["charging_map"]()


def test_lines_of_retention_are_the_columns_where_enough_own_such_a_car(small_result: Result) -> None:
    used = small_result.frames["used"]
    common = changed(small_result, used=used.assign(on_road=1e12))
    ax = panel(FIGURES["retention"](common), "4-6 years")
    gasoline = used.query("kind == 'ICE' and age_bucket == '4-6'")
    np.testing.assert_array_equal(line(ax, "Gasoline"), gasoline["retention"])
    rare = changed(small_result, used=used.assign(on_road=0.0))
    assert np.isnan(line(panel(FIGURES["retention"](rare), "4-6 years"), "Gasoline")).all()
    thin = changed(small_result, used=used.assign(on_road=1e12, thin=1))
    assert np.isnan(line(panel(FIGURES["retention"](thin), "4-6 years"), "Gasoline")).all()


def test_retention_by_belief_is_that_of_long_range_cars_at_the_ends_of_years(small_result: Result) -> None:
    used, national = small_result.frames["used"], small_result.frames["national"].set_index("quarter")
    figure = FIGURES["retention"](changed(small_result, used=used.assign(on_road=1e12, thin=0)))
    believed = panel(figure, "BEVs with serious battery trouble")
    np.testing.assert_array_equal(line(believed, "Perceived by buyers"), national["battery_trouble_believed"])
    np.testing.assert_array_equal(line(believed, "Actual"), national["battery_trouble_true"])
    ax = panel(figure, "Long-range BEVs except Tesla, by trust")
    ends = ["2025Q4", "2026Q1"]
    for bucket in ("0-3", "7-10"):
        rows = used.query("kind == 'BEV_long' and age_bucket == @bucket and quarter in @ends")
        np.testing.assert_array_equal(line(ax, f"Age {bucket}"), rows["retention"])
        (drawn,) = [each for each in ax.lines if each.get_label() == f"Age {bucket}"]
        np.testing.assert_array_equal(np.asarray(drawn.get_xdata()), national.loc[ends, "battery_trouble_believed"])


def test_retention_by_belief_says_so_if_there_are_too_few_cars(small_result: Result) -> None:
    used = small_result.frames["used"]
    figure = FIGURES["retention"](changed(small_result, used=used.assign(on_road=0.0)))
    ax = panel(figure, "Long-range BEVs except Tesla, by trust")
    assert [text.get_text() for text in ax.texts] == ["Too few such vehicles in this run"]


def test_lines_of_trust_are_the_perceived_and_actual_trouble_with_chargers_and_batteries(small_result: Result) -> None:
    table, national = small_result.frames["trust"], small_result.frames["national"]
    figure = FIGURES["trust"](small_result)
    (ax,) = figure.axes
    chargers = table[table["subject"] == "chargers"]
    np.testing.assert_array_equal(line(ax, "Chargers, perceived"), chargers["believed"])
    np.testing.assert_array_equal(line(ax, "Chargers, actual"), chargers["true"])
    np.testing.assert_array_equal(line(ax, "Batteries, perceived"), national["battery_trouble_believed"])
    np.testing.assert_array_equal(line(ax, "Batteries, actual"), national["battery_trouble_true"])
    (band,) = ax.collections
    believed = table[table["subject"].isin(BRAND_GROUPS)].groupby("quarter")["believed"]
    outline_of_band = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert outline_of_band.max() == believed.max().max()
    assert outline_of_band.min() == believed.min().min()
    assert "Automakers are calibrated archetypes, not forecasts of any company." in texts(figure)


def test_the_title_of_trust_is_one_sentence_with_the_last_numbers(small_result: Result) -> None:
    table, national = small_result.frames["trust"], small_result.frames["national"]
    last = table[table["subject"] == "chargers"].iloc[-1]
    batteries = national[["battery_trouble_believed", "battery_trouble_true"]].iloc[-1]
    assert (
        f"Buyers expect trouble with {last['believed']:.1%} of charges (actual {last['true']:.1%}) and "
        f"{batteries.iloc[0]:.1%} of BEV batteries (actual {batteries.iloc[1]:.1%}) in 2026Q1"
    ) in texts(FIGURES["trust"](small_result))


def test_states_are_in_the_color_of_their_share_in_a_whole_year(small_result: Result) -> None:
    figure = FIGURES["bev_share_by_state"](small_result)
    maps = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    assert [ax.get_title(loc="left")[:4] for ax in maps] == ["2024", "2025"]
    sums = small_result.frames["states"].assign(year=small_result.frames["states"]["quarter"].str[:4])
    sums = sums.groupby(["year", "state"])[["bev_sales", "new_sales"]].sum()
    shares = (sums["bev_sales"] / sums["new_sales"])["2025"]
    (drawn,) = maps[1].collections
    np.testing.assert_allclose(np.asarray(drawn.get_array()), shares.loc[list(state_outlines())])
    assert f"highest in {shares.idxmax()} ({shares.max():.0%})" in texts(figure)
