"""Figure 13 shows the numbers of the makers' table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.container import BarContainer

from experiments.figures.profits import largest, yearly
from experiments.figures.registry import FIGURES
from experiments.figures.style import FigureError
from experiments.runs.store import Result
from tests.experiments.figures.figure_reading import changed, panel, texts


def table(result: Result) -> pd.DataFrame:
    makers = result.frames["makers"]
    return makers.assign(year=makers["quarter"].str[:4].astype(int))


def heights_of(ax: Axes) -> list[float]:
    """Heights of the first bars of a panel."""
    bars = ax.containers[0]
    assert isinstance(bars, BarContainer)
    return [bar.get_height() for bar in bars.patches]


def test_bars_of_cells_are_the_years_profit_in_billions(small_result: Result) -> None:
    """The run ends with 2026Q1: years to 2025 are whole."""
    ax = panel(FIGURES["profits"](small_result), "Cells and EV programs, all")
    drawn = heights_of(ax)
    profit = table(small_result).groupby("year")["cell_profit_musd"].sum().loc[2021:2025] / 1e3
    np.testing.assert_allclose(drawn, profit)
    cars = panel(FIGURES["profits"](small_result), "Markup on vehicles, all")
    markup = table(small_result).groupby("year")["car_profit_musd"].sum().loc[2021:2025] / 1e3
    np.testing.assert_allclose(heights_of(cars), markup)


def test_diamonds_are_what_was_written_off_and_down(small_result: Result) -> None:
    makers = small_result.frames["makers"]
    lost = makers.assign(write_down_musd=np.where(makers["quarter"] == "2025Q4", 250.0, 0.0), write_off_musd=0.0)
    ax = panel(FIGURES["profits"](changed(small_result, makers=lost)), "Cells and EV programs, all")
    (marks,) = [line for line in ax.lines if line.get_marker() == "D"]
    drawn = np.asarray(marks.get_ydata(), dtype=np.float64)
    assert np.isnan(drawn[:-1]).all()
    assert drawn[-1] == pytest.approx(-0.25 * makers["maker"].nunique())


def test_use_is_output_over_what_running_lines_can_make(small_result: Result) -> None:
    found = yearly(small_result.frames["makers"], 2021)
    rows = table(small_result)
    gm = rows[(rows["maker"] == "GM") & (rows["year"] == 2025)]
    assert found.loc[("GM", 2025), "utilization"] == pytest.approx(gm["output_gwh"].sum() / gm["capacity_gwh"].sum())
    assert found["utilization"].isna()["New brands", 2025]
    assert found.index.get_level_values("year").max() == 2025


def test_the_largest_makers_have_a_panel_and_all_are_told_to_be_archetypes(small_result: Result) -> None:
    figure = FIGURES["profits"](small_result)
    assert len(figure.axes) == 3 + 8
    shown = largest(yearly(small_result.frames["makers"], 2021), 8)
    assert "open market" not in shown
    titles = [ax.get_title(loc="left") for ax in figure.axes[3:]]
    assert [title.split(":")[0] for title in titles] == shown
    assert "Automakers are calibrated archetypes, not forecasts of any company." in texts(figure)


def test_a_run_without_cell_plants_has_no_such_figure(small_result: Result) -> None:
    empty = small_result.frames["makers"].iloc[:0]
    with pytest.raises(FigureError, match="needs a run with cell plants"):
        FIGURES["profits"](replace(small_result, frames={"makers": empty}))
