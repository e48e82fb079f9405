"""Figures of cells, prices and storage show the numbers of their tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.container import BarContainer

from experiments.figures.cell_capacity import capacity_by_maker
from experiments.figures.registry import FIGURES
from experiments.figures.storage_by_region import added_gw, installed_gw, rest_name
from experiments.figures.style import CELL_COLORS, POWERTRAIN_COLORS, FigureError
from experiments.runs.store import Result
from market.base import quarters
from market.recorder import NATIONAL_BATTERIES
from tests.experiments.figures.figure_reading import foot, heights, layers, line, panel, texts, top


def test_layers_of_cell_capacity_are_the_columns_in_the_colors_of_their_use(small_result: Result) -> None:
    national, plants = small_result.frames["national"], small_result.frames["plants"]
    plants = plants.assign(capacity_converted_gwh=0.25 * plants["capacity_storage_gwh"])
    turned = replace(small_result, frames={**small_result.frames, "plants": plants})
    drawn = layers(panel(FIGURES["cell_capacity"](turned), "All plants"))
    converted = plants.groupby("quarter")["capacity_converted_gwh"].sum()
    np.testing.assert_allclose(heights(drawn["Storage cells, converted lines"]), converted, atol=1e-9)
    built = national.set_index("quarter")["capacity_storage_gwh"] - converted
    np.testing.assert_allclose(heights(drawn["Storage cells, lines built for it"]), built, atol=1e-9)
    assert converted.max() > 0.0
    for label, use in (
        ("Offline for conversion", "converting"),
        ("Vehicle cells", "vehicles"),
        ("Idle", "idle"),
    ):
        np.testing.assert_allclose(heights(drawn[label]), national[f"capacity_{use}_gwh"], atol=1e-9)
        assert drawn[label].get_facecolor() == to_rgba(CELL_COLORS[use])
    after = national["quarter"].map(quarters.index) > quarters.index(small_result.manifest.origin)
    building = national["capacity_building_gwh"].where(after, 0.0)
    np.testing.assert_allclose(heights(drawn["Under construction"]), building, atol=1e-9)
    whole = national[[f"capacity_{use}_gwh" for use in CELL_COLORS if use != "built"]].sum(axis=1)
    np.testing.assert_allclose(top(drawn["Under construction"])[after], whole[after])


def test_the_lines_of_cell_capacity_are_the_cells_made(small_result: Result) -> None:
    national = small_result.frames["national"]
    figure = FIGURES["cell_capacity"](small_result)
    made = national["cells_to_vehicles_gwh"] + national["cells_to_storage_gwh"]
    np.testing.assert_array_equal(line(panel(figure, "All plants"), "Cells produced"), made)
    enlarged = panel(figure, "Storage and conversion (enlarged)")
    np.testing.assert_array_equal(line(enlarged, "Storage cells produced"), national["cells_to_storage_gwh"])


def test_panels_by_maker_add_up_to_all_makers_and_are_told_to_be_archetypes(small_result: Result) -> None:
    figure = FIGURES["cell_capacity"](small_result)
    titles = [ax.get_title(loc="left") for ax in figure.axes[2:]]
    assert len(titles) == 8
    assert titles[-1] == "3 others"
    for label, layer in layers(figure.axes[0]).items():
        makers = np.sum([heights(layers(ax)[label]) for ax in figure.axes[2:]], axis=0)
        np.testing.assert_allclose(makers, heights(layer), atol=1e-9)
    assert "Automakers and plants are calibrated archetypes, not forecasts of any company." in texts(figure)


def test_few_makers_have_a_panel_each_and_no_others(small_result: Result) -> None:
    plants = small_result.frames["plants"]
    few = plants[plants["maker"].isin(["GM", "Tesla"])]
    assert list(capacity_by_maker(few, small_result.manifest.origin)) == ["GM", "Tesla"]


def test_cells_for_cars_have_the_color_of_bevs_and_no_two_uses_one_color() -> None:
    assert CELL_COLORS["vehicles"] == POWERTRAIN_COLORS["BEV"]
    assert len(set(CELL_COLORS.values())) == len(CELL_COLORS)


def test_lines_of_prices_are_the_columns_each_in_its_panel(small_result: Result) -> None:
    national = small_result.frames["national"]
    figure = FIGURES["prices"](small_result)
    for title, columns in {
        "Battery pack": ["pack_price_usd_per_kwh"],
        "New vehicles": ["bev_price_kusd", "petrol_price_kusd"],
        "Storage cells": ["storage_price_usd_per_kwh", "storage_import_price_usd_per_kwh"],
        "Lithium carbonate": ["lithium_usd_per_kg"],
        "Residential electricity": ["electricity_usd_per_kwh"],
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
    assert titles == ["Battery pack", "New vehicles", "Residential electricity", "Gasoline"]
    bare = national.assign(**{name: float("nan") for name in national.columns if "usd" in name})
    with pytest.raises(FigureError, match="with prices; reference has none"):
        FIGURES["prices"](replace(small_result, frames={"national": bare}))


def test_the_stack_of_storage_by_region_ends_at_all_that_stands(small_result: Result) -> None:
    regions = small_result.frames["regions"]
    drawn = layers(panel(FIGURES["storage_by_region"](small_result), "Installed (GW)"))
    installed = regions.groupby("quarter")["installed_gw"].sum()
    centers = regions.groupby("quarter")["data_center_gw"].sum()
    hatched = drawn["Data centers, all regions"]
    assert (centers > 0).any()
    np.testing.assert_allclose(top(hatched)[centers > 0], installed[centers > 0])
    np.testing.assert_allclose(foot(hatched), installed - centers)
    texas = regions[regions["region"] == "ERCOT"]
    np.testing.assert_allclose(heights(drawn["ERCOT (Texas)"]), texas["installed_gw"] - texas["data_center_gw"])


def test_bars_and_dots_of_storage_put_up_are_the_sums_of_whole_years(small_result: Result) -> None:
    regions = small_result.frames["regions"]
    ax = panel(FIGURES["storage_by_region"](small_result), "Annual additions (GW)")
    (bars,) = [each for each in ax.containers if isinstance(each, BarContainer)]
    year = regions["quarter"].str[:4].astype(int)
    drawn = [bar.get_height() for bar in bars.patches]
    np.testing.assert_allclose(drawn, regions.groupby(year)["added_gw"].sum().loc[2017:2025])
    recorded = line(ax, "Observed")
    np.testing.assert_allclose(recorded[:-1], regions.groupby(year)["recorded_added_gw"].sum().loc[2017:2024])
    assert np.isnan(recorded[-1])


def test_marks_of_value_are_value_over_cost_of_a_year_by_region(small_result: Result) -> None:
    regions = small_result.frames["regions"]
    ax = panel(FIGURES["storage_by_region"](small_result), "Value-to-cost ratio of one more kW")
    names = [label.get_text() for label in ax.get_yticklabels()]
    plains = regions[regions["region"] == "SPP"]
    ratio = plains["value_usd_per_kw_year"] / plains["cost_usd_per_kw_year"]
    marks = {str(each.get_label()): each for each in ax.lines if each.get_marker() not in ("None", None)}
    assert list(marks) == ["2024", "2025"]
    for year, drawn in marks.items():
        expected = ratio[plains["quarter"].str.startswith(year)].mean()
        at = list(np.asarray(drawn.get_ydata())).index(names.index("SPP (Plains)"))
        assert np.asarray(drawn.get_xdata())[at] == pytest.approx(expected)


def test_regions_without_a_color_are_added_up_and_lacking_ones_are_nothing() -> None:
    regions = pd.DataFrame(
        {
            "quarter": ["2024Q1"] * 3, "region": ["PJM", "NYISO", "Moon"], "installed_gw": [5.0, 2.0, 1.0],
            "data_center_gw": [1.0, 0.5, 0.0],
        }
    )  # fmt: skip
    assert rest_name(regions) == "Other regions"
    assert rest_name(regions[regions["region"] != "Moon"]) == "Northeast, AK, HI"
    installed = installed_gw(regions).iloc[0]
    assert installed[["PJM", "ERCOT", "rest", "centers"]].tolist() == [4.0, 0.0, 2.5, 1.5]


def test_years_without_a_record_have_none_and_part_years_no_bar() -> None:
    names = [f"{year}Q{quarter}" for year in (2024, 2025) for quarter in range(1, 5)]
    regions = pd.DataFrame(
        {"quarter": [*names, "2026Q1"], "added_gw": 1.0, "recorded_added_gw": [0.5] * 4 + [np.nan] * 5}
    )
    added = added_gw(regions)
    assert added["added_gw"].tolist() == [4.0, 4.0]
    assert added["recorded_added_gw"].iloc[0] == 2.0
    assert np.isnan(added["recorded_added_gw"].iloc[1])
