"""The frontier at which lines turn, by price of storage and use of car lines, against the formula (D2 case 24)."""

import numpy as np
import pandas as pd
import pytest

from experiments.figures.of_studies.conversion_frontier import conversion_frontier
from experiments.studies.conversion_frontier import conversion_prices, frontier

PREMIUMS = [round(float(premium), 2) for premium in np.linspace(-0.3, 0.6, 10)]
USES = [round(float(use), 2) for use in np.linspace(0.1, 0.9, 9)]
STEP = PREMIUMS[1] - PREMIUMS[0]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return frontier(PREMIUMS, USES)


def lowest_premium(table: pd.DataFrame) -> pd.Series:
    """Lowest premium on the grid at which all lines of a kind turn, by kind and use."""
    turned = table[table["converting_gwh_per_year"] >= table["capacity_gwh_per_year"] - 1e-9]
    return turned.groupby(["kind", "car_line_use"])["storage_premium"].min()


def test_the_simulated_frontier_of_each_kind_lies_within_one_cell_of_the_formula(table: pd.DataFrame) -> None:
    simulated = lowest_premium(table)
    formula = table.groupby(["kind", "car_line_use"])["formula_premium"].mean()
    assert set(simulated.index) == set(formula.index)
    above = simulated - formula
    assert above.min() >= 0.0
    assert above.max() <= STEP + 1e-9


def test_the_formula_is_the_same_whatever_premium_it_is_worked_out_at(table: pd.DataFrame) -> None:
    spread = table.groupby(["kind", "car_line_use"])["formula_premium"].agg(np.ptp)
    assert spread.max() < 1e-9


def test_the_fuller_car_lines_and_the_greater_the_change_the_dearer_storage_must_be(table: pd.DataFrame) -> None:
    formula = table.groupby(["kind", "car_line_use"])["formula_premium"].mean().unstack()
    other = formula.loc[["other chemistry", "other format"]]
    assert (other.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)
    assert (formula.loc["same cell"] < formula.loc["other chemistry"]).all()
    assert (formula.loc["other chemistry"] < formula.loc["other format"]).all()
    simulated = lowest_premium(table).unstack()
    assert (simulated.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert simulated.loc["other chemistry"].iloc[-1] > simulated.loc["other chemistry"].iloc[0]


def test_the_figure_shows_the_table(table: pd.DataFrame) -> None:
    figure = conversion_frontier(table)
    ax = figure.axes[0]
    drawn = np.asarray(ax.collections[0].get_array()).reshape(len(USES), len(PREMIUMS))
    sums = table.groupby(["car_line_use", "storage_premium"])[
        ["converting_gwh_per_year", "capacity_gwh_per_year"]
    ].sum()
    share = (sums["converting_gwh_per_year"] / sums["capacity_gwh_per_year"]).to_numpy().reshape(drawn.shape)
    np.testing.assert_allclose(drawn, share)
    for line in ax.lines:
        formula = table[table["kind"] == line.get_label()].groupby("car_line_use")["formula_premium"].mean()
        np.testing.assert_allclose(np.asarray(line.get_xdata(), np.float64), formula)
    assert len(ax.lines) == 3
    assert "not forecasts of any company" in figure.texts[-1].get_text()


def test_a_line_converts_back_only_far_below_the_price_at_which_it_converted() -> None:
    premiums = [round(float(premium), 2) for premium in np.linspace(-0.5, 0.6, 12)]
    prices = conversion_prices((0.5, 0.9), premiums)
    half, full = (prices[prices["car_line_use"] == use].iloc[0] for use in (0.5, 0.9))
    assert 60.0 < half["turns_usd_per_kwh"] < full["turns_usd_per_kwh"] < 130.0
    for line in (half, full):
        assert not line["turns_back_usd_per_kwh"] >= line["turns_usd_per_kwh"] - 5.0  # NaN: never
