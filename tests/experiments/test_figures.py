"""Figures read a stored result, say which run they show, and are the same bytes every time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from agents.choice import Floats
from experiments.figures.cell_capacity import capacity_by_maker
from experiments.figures.explanation import growth_by_term
from experiments.figures.registry import FIGURES, draw_all
from experiments.figures.storage_by_region import added_gw, standing_gw
from experiments.figures.style import CELL_COLOURS, POWERTRAIN_COLOURS, FigureError, save
from experiments.store import Result
from market import quarters
from market.battery_series import NATIONAL_BATTERIES

TABLE_OF = {
    "bev_share": "national",
    "sales_by_powertrain": "national",
    "cell_capacity": "plants",
    "prices": "national",
    "retention": "used",
    "storage_by_region": "regions",
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
