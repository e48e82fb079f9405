"""Figures read a stored result, say which run they show, and are the same bytes every time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from agents.choice import Floats
from experiments.figures.cell_capacity import capacity_by_maker
from experiments.figures.charging_map import circle_points2, outline, quarters_shown, roads
from experiments.figures.explanation import growth_by_term
from experiments.figures.registry import FIGURES, draw_all
from experiments.figures.storage_by_region import added_gw, standing_gw
from experiments.figures.style import CELL_COLOURS, POWERTRAIN_COLOURS, FigureError, save
from experiments.store import Result
from market import quarters, tables
from market.battery_series import NATIONAL_BATTERIES
from market.trust import BRAND_GROUPS

TABLE_OF = {
    "bev_share": "national",
    "sales_by_powertrain": "national",
    "cell_capacity": "plants",
    "charging_map": "zones",
    "prices": "national",
    "retention": "used",
    "storage_by_region": "regions",
    "trust": "trust",
    "explanation": "explanation",
}


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.texts)


def layers(ax: Axes) -> dict[str, StepPatch]:
    """Layers of a stack by their label."""
    return {str(patch.get_label()): patch for patch in ax.patches if isinstance(patch, StepPatch)}


def top(layer: StepPatch) -> Floats:
    return np.asarray(layer.get_data()[0], dtype=np.float64)


def foot(layer: StepPatch) -> Floats:
    return np.asarray(layer.get_data()[2], dtype=np.float64)


def heights(layer: StepPatch) -> Floats:
    return top(layer) - foot(layer)


def line(ax: Axes, label: str) -> Floats:
    """What a line of that label is drawn at."""
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return np.asarray(found.get_ydata(), dtype=np.float64)


def panel(figure: Figure, title: str) -> Axes:
    (found,) = [ax for ax in figure.axes if ax.get_title(loc="left") == title]
    return found


def changed(result: Result, **frames: pd.DataFrame) -> Result:
    """A result with other tables in place of its own."""
    return replace(result, frames={**result.frames, **frames})


def circles(figure: Figure, label: str) -> PathCollection:
    """Zones on the map of that label."""
    (ax,) = [ax for ax in figure.axes if ax.get_label() == label]
    (found,) = [each for each in ax.collections if isinstance(each, PathCollection)]
    return found


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_tells_scenario_seed_size_and_hashes_of_its_run(name: str, small_result: Result) -> None:
    told = texts(FIGURES[name](small_result))
    manifest = small_result.manifest
    for fact in ("n = ", "one seed", "Scenario reference", "seed 1", "500 consumers", "Detour "):
        assert fact in told
    assert manifest.parameters_sha256[:8] in told
    assert manifest.results_sha256[:8] in told


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_same_bytes_every_time_and_leaves_nothing_else(
    name: str, small_result: Result, tmp_path: Path
) -> None:
    first = {path.name: path.read_bytes() for path in save(FIGURES[name](small_result), tmp_path / name)}
    again = {path.name: path.read_bytes() for path in save(FIGURES[name](small_result), tmp_path / name)}
    assert first == again
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.png", f"{name}.svg"}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_without_its_rows_says_what_it_needs(name: str, small_result: Result) -> None:
    table = TABLE_OF[name]
    without = replace(small_result, frames={**small_result.frames, table: small_result.frames[table].head(0)})
    with pytest.raises(FigureError, match=rf"^figure {name} needs .*; table {table} of reference has no row of it$"):
        FIGURES[name](without)


def test_a_result_without_a_whole_year_has_no_bars_of_sales(small_result: Result) -> None:
    short = replace(small_result, frames={"national": small_result.frames["national"].head(3)})
    with pytest.raises(FigureError, match="four quarters of one year"):
        FIGURES["sales_by_powertrain"](short)


def test_all_figures_that_can_be_drawn_are_and_the_rest_is_told(small_result: Result, tmp_path: Path) -> None:
    frames = {**small_result.frames, "explanation": small_result.frames["explanation"].head(0)}
    drawn = draw_all(replace(small_result, frames=frames), tmp_path / "figures")
    assert {path.stem for path in drawn.paths} == FIGURES.keys() - {"explanation"}
    assert all(path.stat().st_size > 0 for path in drawn.paths)
    assert len(drawn.lacking) == 1


def test_a_result_without_rows_is_refused_and_nothing_is_drawn(small_result: Result, tmp_path: Path) -> None:
    with pytest.raises(FigureError):
        draw_all(replace(small_result, frames={}), tmp_path / "figures")
    assert not (tmp_path / "figures").exists()


def test_terms_of_the_explanation_keep_their_sum_even_if_one_has_no_name_in_the_figure() -> None:
    table = pd.DataFrame(
        {"year": [2018, 2018, 2018, 2019], "term": ["price", "moon", "tides", "price"], "log_odds": [1.0, 2, 3, 4]}
    )
    growth = growth_by_term(table)
    assert list(growth.loc[2018, ["price", "other"]]) == [1.0, 5.0]
    assert growth.sum(axis=1).tolist() == [6.0, 4.0]


def test_every_term_a_run_writes_has_a_name_in_the_figure(small_result: Result) -> None:
    assert "other" not in growth_by_term(small_result.frames["explanation"]).columns


def test_layers_of_cell_capacity_are_the_columns_in_the_colours_of_their_use(small_result: Result) -> None:
    national = small_result.frames["national"]
    drawn = layers(panel(FIGURES["cell_capacity"](small_result), "All makers"))
    for label, use in (
        ("Makes cells for storage", "storage"),
        ("Converting, dark", "converting"),
        ("Makes cells for cars", "vehicles"),
        ("Idle", "idle"),
    ):
        np.testing.assert_allclose(heights(drawn[label]), national[f"capacity_{use}_gwh"], atol=1e-9)
        assert drawn[label].get_facecolor() == to_rgba(CELL_COLOURS[use])
    after = national["quarter"].map(quarters.index) > quarters.index(small_result.manifest.origin)
    building = national["capacity_building_gwh"].where(after, 0.0)
    np.testing.assert_allclose(heights(drawn["In building"]), building, atol=1e-9)
    whole = national[[f"capacity_{use}_gwh" for use in CELL_COLOURS]].sum(axis=1)
    np.testing.assert_allclose(top(drawn["In building"])[after], whole[after])


def test_the_lines_of_cell_capacity_are_the_cells_made(small_result: Result) -> None:
    national = small_result.frames["national"]
    figure = FIGURES["cell_capacity"](small_result)
    made = national["cells_to_vehicles_gwh"] + national["cells_to_storage_gwh"]
    np.testing.assert_array_equal(line(panel(figure, "All makers"), "Cells made"), made)
    enlarged = panel(figure, "Storage and conversion, enlarged")
    np.testing.assert_array_equal(line(enlarged, "Cells made for storage"), national["cells_to_storage_gwh"])


def test_panels_by_maker_add_up_to_all_makers_and_are_told_to_be_archetypes(small_result: Result) -> None:
    figure = FIGURES["cell_capacity"](small_result)
    titles = [ax.get_title(loc="left") for ax in figure.axes[2:]]
    assert len(titles) == 8
    assert titles[-1] == "3 others"
    for label, layer in layers(figure.axes[0]).items():
        makers = np.sum([heights(layers(ax)[label]) for ax in figure.axes[2:]], axis=0)
        np.testing.assert_allclose(makers, heights(layer), atol=1e-9)
    assert "Makers and plants are calibrated archetypes, no forecast of a company." in texts(figure)


def test_few_makers_have_a_panel_each_and_no_others(small_result: Result) -> None:
    plants = small_result.frames["plants"]
    few = plants[plants["maker"].isin(["GM", "Tesla"])]
    assert list(capacity_by_maker(few, small_result.manifest.origin)) == ["GM", "Tesla"]


def test_cells_for_cars_have_the_colour_of_battery_cars_and_no_two_uses_one_colour() -> None:
    assert CELL_COLOURS["vehicles"] == POWERTRAIN_COLOURS["BEV"]
    assert len(set(CELL_COLOURS.values())) == len(CELL_COLOURS)


def test_lines_of_prices_are_the_columns_each_in_its_panel(small_result: Result) -> None:
    national = small_result.frames["national"]
    figure = FIGURES["prices"](small_result)
    for title, columns in {
        "Battery pack": ["pack_price_usd_per_kwh"],
        "New cars": ["bev_price_kusd", "petrol_price_kusd"],
        "Storage cells": ["storage_price_usd_per_kwh", "storage_import_price_usd_per_kwh"],
        "Lithium carbonate": ["lithium_usd_per_kg"],
        "Electricity at home": ["electricity_usd_per_kwh"],
        "Gasoline": ["gasoline_usd_per_gallon"],
    }.items():
        ax = panel(figure, title)
        for column, drawn in zip(columns, ax.lines, strict=False):
            np.testing.assert_array_equal(np.asarray(drawn.get_ydata()), national[column])
        assert len(ax.lines) == len(columns) + 1  # the origin
        assert ax.get_ylim()[0] == 0
        assert ax.get_ylim()[1] > national[columns].to_numpy().max()


def test_a_run_without_storage_has_the_other_prices_and_one_without_prices_is_refused(small_result: Result) -> None:
    national = small_result.frames["national"].assign(**dict.fromkeys(NATIONAL_BATTERIES, float("nan")))
    figure = FIGURES["prices"](replace(small_result, frames={"national": national}))
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["Battery pack", "New cars", "Electricity at home", "Gasoline"]
    bare = national.assign(**{name: float("nan") for name in national.columns if "usd" in name})
    with pytest.raises(FigureError, match="with prices; reference has none"):
        FIGURES["prices"](replace(small_result, frames={"national": bare}))


def test_the_stack_of_storage_by_region_ends_at_all_that_stands(small_result: Result) -> None:
    regions = small_result.frames["regions"]
    drawn = layers(panel(FIGURES["storage_by_region"](small_result), "Standing, GW"))
    standing = regions.groupby("quarter")["installed_gw"].sum()
    centers = regions.groupby("quarter")["data_center_gw"].sum()
    hatched = drawn["Data centers, all regions"]
    assert (centers > 0).any()
    np.testing.assert_allclose(top(hatched)[centers > 0], standing[centers > 0])
    np.testing.assert_allclose(foot(hatched), standing - centers)
    texas = regions[regions["region"] == "ERCOT"]
    np.testing.assert_allclose(heights(drawn["ERCOT (Texas)"]), texas["installed_gw"] - texas["data_center_gw"])


def test_bars_and_dots_of_storage_put_up_are_the_sums_of_whole_years(small_result: Result) -> None:
    regions = small_result.frames["regions"]
    ax = panel(FIGURES["storage_by_region"](small_result), "Put up, GW a year")
    (bars,) = [each for each in ax.containers if isinstance(each, BarContainer)]
    year = regions["quarter"].str[:4].astype(int)
    drawn = [bar.get_height() for bar in bars.patches]
    np.testing.assert_allclose(drawn, regions.groupby(year)["added_gw"].sum().loc[2017:2025])
    recorded = line(ax, "Recorded")
    np.testing.assert_allclose(recorded[:-1], regions.groupby(year)["recorded_added_gw"].sum().loc[2017:2024])
    assert np.isnan(recorded[-1])


def test_lines_of_value_are_value_over_cost(small_result: Result) -> None:
    regions = small_result.frames["regions"]
    ax = panel(FIGURES["storage_by_region"](small_result), "Value over cost of one more kW; above 1 it pays")
    plains = regions[regions["region"] == "SPP"]
    np.testing.assert_allclose(
        line(ax, "SPP (Plains)"), plains["value_usd_per_kw_year"] / plains["cost_usd_per_kw_year"]
    )


def test_regions_without_a_colour_are_added_up_and_lacking_ones_are_nothing() -> None:
    regions = pd.DataFrame(
        {
            "quarter": ["2024Q1"] * 3, "region": ["PJM", "NYISO", "Moon"], "installed_gw": [5.0, 2.0, 1.0],
            "data_center_gw": [1.0, 0.5, 0.0],
        }
    )  # fmt: skip
    standing = standing_gw(regions).iloc[0]
    assert standing[["PJM", "ERCOT", "rest", "centers"]].tolist() == [4.0, 0.0, 2.5, 1.5]


def test_years_without_a_record_have_none_and_part_years_no_bar() -> None:
    names = [f"{year}Q{quarter}" for year in (2024, 2025) for quarter in range(1, 5)]
    regions = pd.DataFrame(
        {"quarter": [*names, "2026Q1"], "added_gw": 1.0, "recorded_added_gw": [0.5] * 4 + [np.nan] * 5}
    )
    added = added_gw(regions)
    assert added["added_gw"].tolist() == [4.0, 4.0]
    assert added["recorded_added_gw"].iloc[0] == 2.0
    assert np.isnan(added["recorded_added_gw"].iloc[1])


def test_figures_stand_in_the_order_of_their_numbers() -> None:
    assert list(FIGURES) == [
        "bev_share", "sales_by_powertrain", "cell_capacity", "charging_map", "prices", "retention",
        "storage_by_region", "trust", "explanation",
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["trip_coverage", "local_adequacy"])
def test_circles_of_the_map_are_the_zones_at_their_places_sized_by_cars(small_result: Result, column: str) -> None:
    figure = FIGURES["charging_map"](small_result)
    zones = small_result.frames["zones"]
    places = tables.load("zones").set_index("zone")
    for label in ("2018Q4", "2024Q4", "2026Q1"):
        rows = zones[zones["quarter"] == label].sort_values("cars_stock", ascending=False)
        drawn = circles(figure, f"{column} {label}")
        np.testing.assert_array_equal(np.sort(np.asarray(drawn.get_array())), np.sort(rows[column]))
        np.testing.assert_allclose(drawn.get_sizes(), circle_points2(rows["cars_stock"]))
        largest = places.loc[rows["zone"].iloc[0], ["x_albers", "y_albers"]]
        np.testing.assert_allclose(np.asarray(drawn.get_offsets())[0], largest.to_numpy(dtype=float))


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


def test_the_outline_fills_the_map_and_every_corridor_is_a_line() -> None:
    box = outline().get_extents()
    assert box.x1 == pytest.approx(975, rel=0.05)
    assert box.y1 == pytest.approx(610, rel=0.05)
    assert len(roads().to_polygons(closed_only=False)) == len(tables.load("corridors"))


def test_lines_of_retention_are_the_columns_where_enough_own_such_a_car(small_result: Result) -> None:
    used = small_result.frames["used"]
    common = changed(small_result, used=used.assign(on_road=1e12))
    ax = panel(FIGURES["retention"](common), "4-6 years")
    petrol = used.query("kind == 'ICE' and age_bucket == '4-6'")
    np.testing.assert_array_equal(line(ax, "Petrol car"), petrol["retention"])
    rare = changed(small_result, used=used.assign(on_road=0.0))
    assert np.isnan(line(panel(FIGURES["retention"](rare), "4-6 years"), "Petrol car")).all()


def test_retention_by_belief_is_that_of_long_range_cars_at_the_ends_of_years(small_result: Result) -> None:
    used, national = small_result.frames["used"], small_result.frames["national"].set_index("quarter")
    figure = FIGURES["retention"](changed(small_result, used=used.assign(on_road=1e12)))
    believed = panel(figure, "Battery cars with serious trouble")
    np.testing.assert_array_equal(line(believed, "Believed by buyers"), national["battery_trouble_believed"])
    np.testing.assert_array_equal(line(believed, "True"), national["battery_trouble_true"])
    ax = panel(figure, "Long-range battery cars: price share against belief")
    ends = ["2025Q4", "2026Q1"]
    for bucket in ("0-3", "7-10"):
        rows = used.query("kind == 'BEV_long' and age_bucket == @bucket and quarter in @ends")
        np.testing.assert_array_equal(line(ax, f"Age {bucket}"), rows["retention"])
        (drawn,) = [each for each in ax.lines if each.get_label() == f"Age {bucket}"]
        np.testing.assert_array_equal(np.asarray(drawn.get_xdata()), national.loc[ends, "battery_trouble_believed"])


def test_retention_by_belief_says_so_if_there_are_too_few_cars(small_result: Result) -> None:
    used = small_result.frames["used"]
    figure = FIGURES["retention"](changed(small_result, used=used.assign(on_road=0.0)))
    ax = panel(figure, "Long-range battery cars: price share against belief")
    assert [text.get_text() for text in ax.texts] == ["Too few such cars in this run"]


def test_lines_of_trust_are_belief_and_truth_of_every_subject(small_result: Result) -> None:
    table = small_result.frames["trust"]
    figure = FIGURES["trust"](small_result)
    chargers = table[table["subject"] == "chargers"]
    ax = panel(figure, "Chargers")
    np.testing.assert_array_equal(line(ax, "Believed"), chargers["believed"])
    np.testing.assert_array_equal(line(ax, "True"), chargers["true"])
    batteries = panel(figure, "Batteries by brand group")
    ends = panel(figure, "Batteries, 2026Q1")
    for group in BRAND_GROUPS:
        rows = table[table["subject"] == group]
        np.testing.assert_array_equal(line(batteries, group), rows["believed"])
        for label, column in ((group, "believed"), (f"{group}, true", "true")):
            (mark,) = [each for each in ends.lines if each.get_label() == label]
            assert np.asarray(mark.get_xdata()).tolist() == [rows[column].iloc[-1]]
    assert "Makers are calibrated archetypes, no forecast of a company." in texts(figure)


def test_a_brand_with_a_truth_of_its_own_has_a_line_of_it(small_result: Result) -> None:
    table = small_result.frames["trust"]
    worse = table.assign(true=table["true"].mask(table["subject"] == "Others", 0.2))
    ax = panel(FIGURES["trust"](changed(small_result, trust=worse)), "Batteries by brand group")
    truths = [np.asarray(each.get_ydata()) for each in ax.lines if each.get_label() == "True"]
    assert sorted(float(truth[-1]) for truth in truths) == [table["true"].iloc[0], 0.2]


def test_lines_of_news_are_the_channels_and_no_news_is_no_point(small_result: Result) -> None:
    table = small_result.frames["trust"]
    figure = FIGURES["trust"](small_result)
    for title, subject in (("News of chargers", "chargers"), ("News of batteries, all brands", "GM")):
        rows, ax = table[table["subject"] == subject], panel(figure, title)
        for label, column in (
            ("Own contacts", "own_news"), ("Neighbouring zones", "neighbour_news"), ("Media", "media_news"),
        ):  # fmt: skip
            np.testing.assert_array_equal(line(ax, label), rows[column].where(rows[column] > 0))
