"""Figures read a stored result, say which run they show, and are the same bytes every time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.figures.drawing import draw_each
from experiments.figures.explanation import growth_by_group
from experiments.figures.formats import FORMATS
from experiments.figures.registry import FIGURES, figures_of
from experiments.figures.saving import save
from experiments.figures.style import FigureError
from experiments.runs.store import Result
from market.buyers.decomposition import COSTS
from tests.experiments.figures.figure_reading import texts

TABLE_OF = {
    "bev_share": "national",
    "sales_by_powertrain": "national",
    "cell_capacity": "plants",
    "charging_map": "zones",
    "prices": "national",
    "retention": "used",
    "storage_by_region": "regions",
    "profits": "makers",
    "trust": "trust",
    "explanation": "explanation",
    "cell_flows": "cell_flows",
    "bev_share_by_state": "states",
    "cells_map": "plants",
}


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
    first = {path.name: path.read_bytes() for path in save(FIGURES[name](small_result), tmp_path / name, FORMATS)}
    again = {path.name: path.read_bytes() for path in save(FIGURES[name](small_result), tmp_path / name, FORMATS)}
    assert first == again
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.{ending}" for ending in FORMATS}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_without_its_rows_says_what_it_needs(name: str, small_result: Result) -> None:
    table = TABLE_OF[name]
    without = replace(small_result, frames={**small_result.frames, table: small_result.frames[table].head(0)})
    with pytest.raises(FigureError, match=rf"^figure {name} needs .*; table {table} of reference has no such rows$"):
        FIGURES[name](without)


def test_a_result_without_a_whole_year_has_no_bars_of_sales(small_result: Result) -> None:
    short = replace(small_result, frames={"national": small_result.frames["national"].head(3)})
    with pytest.raises(FigureError, match="four quarters of one year"):
        FIGURES["sales_by_powertrain"](short)


def test_all_figures_that_can_be_drawn_are_and_the_rest_is_told(small_result: Result, tmp_path: Path) -> None:
    frames = {**small_result.frames, "explanation": small_result.frames["explanation"].head(0)}
    drawn = draw_each(figures_of(replace(small_result, frames=frames)), tmp_path / "figures")
    assert {path.stem for path in drawn.paths} == FIGURES.keys() - {"explanation"}
    assert all(path.stat().st_size > 0 for path in drawn.paths)
    assert len(drawn.lacking) == 1


def test_a_result_without_rows_has_no_figure_and_nothing_is_drawn(small_result: Result, tmp_path: Path) -> None:
    drawn = draw_each(figures_of(replace(small_result, frames={})), tmp_path / "figures")
    assert (drawn.paths, drawn.faults, len(drawn.lacking)) == ([], [], len(FIGURES))
    assert not (tmp_path / "figures").exists()


def test_groups_of_the_explanation_keep_their_sum_even_if_one_has_no_place_in_the_figure() -> None:
    table = pd.DataFrame(
        {
            "year": [2018, 2018, 2018, 2019], "term": ["price", "credit", "tides", "price"],
            "group": [COSTS, COSTS, "moon", COSTS],
            "log_odds": [1.0, 2, 3, 4],
        }
    )  # fmt: skip
    growth = growth_by_group(table)
    assert list(growth.loc[2018, [COSTS, "moon"]]) == [3.0, 3.0]
    assert growth.columns[-1] == "moon"
    assert growth.sum(axis=1).tolist() == [6.0, 4.0]


def test_the_figure_has_the_five_groups_and_what_is_unexplained(small_result: Result) -> None:
    assert growth_by_group(small_result.frames["explanation"]).columns.tolist() == [
        "prices, incentives and fuel", "models and range", "charging", "trust and neighbors", "supply and buyers",
        "unexplained",
    ]  # fmt: skip


def test_the_explanation_is_split_at_the_end_of_observed_data_with_a_scale_for_each_part(small_result: Result) -> None:
    figure = FIGURES["explanation"](small_result)
    observed, after = figure.axes
    growth = growth_by_group(small_result.frames["explanation"]).sum(axis=1)
    for ax, years in ((observed, growth.loc[:2024]), (after, growth.loc[2025:])):
        (total,) = [line for line in ax.lines if line.get_label() == "Total"]
        np.testing.assert_array_equal(np.asarray(total.get_ydata(), np.float64), years)
    assert observed.get_ylim() != after.get_ylim()
    assert not figure.axes[0].get_legend()


def test_figures_stand_in_the_order_of_their_numbers() -> None:
    assert list(FIGURES) == [
        "bev_share", "sales_by_powertrain", "cell_capacity", "charging_map", "prices", "retention",
        "storage_by_region", "profits", "trust", "explanation", "cell_flows",
        "bev_share_by_state", "cells_map",
    ]  # fmt: skip
