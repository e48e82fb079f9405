"""Scores of the hindcast: standard errors by hand, and when the model passes."""

import numpy as np
import pandas as pd
import pytest

from experiments.documents.hindcast_page import page_with, results, verdict
from experiments.hindcast.scores import HORIZONS, MODEL, comparison, failures, newey_west


def made(model: dict[int, float], trend: float = 1.0, last: float = 2.0) -> pd.DataFrame:
    """Eight origins with a share of 10 % always, methods this many points off by horizon."""
    rows = [
        {
            "origin": f"20{20 + k // 4}Q{k % 4 + 1}", "horizon": horizon, "quarter": f"20{23 + k // 4}Q{k % 4 + 1}",
            "recorded": 0.1, MODEL: 0.1 + model[horizon] / 100, "damped_trend": 0.1 + trend / 100,
            "last_value": 0.1 - last / 100, "same_season": 0.1 + 3 / 100,
        }
        for horizon in HORIZONS
        for k in range(8)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_standard_error_of_newey_and_west_by_hand() -> None:
    values = np.array([1.0, -1.0, 2.0, 0.0])  # mean 0.5: 0.5, -1.5, 1.5, -0.5
    variance, one_apart = (0.25 + 2.25 + 2.25 + 0.25) / 4, (-0.75 - 2.25 - 0.75) / 4
    assert newey_west(values, 0) == pytest.approx(np.sqrt(variance / 4))
    assert newey_west(values, 1) == pytest.approx(np.sqrt((variance + 2 * 0.5 * one_apart) / 4))


def test_what_is_always_the_same_has_no_error() -> None:
    assert newey_west(np.full(5, 3.0), 3) == 0.0


def test_differences_are_of_absolute_errors() -> None:
    found = comparison(made({1: -0.5, 2: 0.5, 4: 1.0, 8: 3.0}))
    difference = found["difference_points"].groupby(found["rival"]).apply(list)
    assert difference["damped_trend"] == pytest.approx([-0.5, -0.5, 0.0, 2.0])
    assert difference["last_value"] == pytest.approx([-1.5, -1.5, -1.0, 1.0])
    assert found["error_points"].tolist() == pytest.approx([0.0] * 8, abs=1e-9)
    assert (found["origins"] == 8).all()


def test_it_passes_within_a_standard_error_of_the_trend_and_better_than_the_last_value_far_out() -> None:
    assert failures(made(dict.fromkeys(HORIZONS, 0.9))) == []
    assert verdict(made(dict.fromkeys(HORIZONS, 0.9))) == "**Passes.**"
    assert failures(made({1: 1.1, 2: 0.9, 4: 0.9, 8: 0.9})) == ["damped trend at 1 quarter"]
    assert failures(made({1: 2.5, 2: 2.5, 4: 2.1, 8: 0.9}, trend=5.0)) == ["last value at 4 quarters"]


def test_a_difference_within_its_error_is_no_failure() -> None:
    table = made(dict.fromkeys(HORIZONS, 0.9))
    noisy = table["horizon"] == 1
    table.loc[noisy, MODEL] = 0.1 + np.array([0.0, 3.0, 0.0, 2.0, 0.0, 3.0, 0.5, 0.5]) / 100
    row = comparison(table).iloc[0]
    assert 0.0 < float(row["difference_points"]) < float(row["error_points"])
    assert failures(table) == []


def test_the_page_takes_results_between_markers_and_the_late_targets_apart() -> None:
    table = made(dict.fromkeys(HORIZONS, 0.9))
    table.loc[table["quarter"] >= "2024Q1", MODEL] = 0.12
    page = "<!-- strict hindcast -->\nold\n<!-- end strict hindcast -->\n"
    written = page_with(page, {"strict": (table, table)})
    assert "old" not in written
    assert results(table, table) in written
    assert "| Model | 1.45 " in written
    early = table.copy()
    early["quarter"] = "2022Q4"
    late = table[table["quarter"] >= "2024Q1"].copy()
    joined = results(pd.concat([early, late]), table)
    assert "| Model | 2.00 " in joined.partition("Targets in 2023-24 alone:")[2]
