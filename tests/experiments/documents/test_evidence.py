"""The measures behind docs/evidence.md, on tables small enough to check by hand."""

import numpy as np
import pandas as pd
import pytest

from experiments.documents.evidence_runs import Task
from experiments.documents.evidence_tables import markdown, sampling_table
from experiments.documents.validation_targets import Target, log_ratio, price_ratio


def _frames(sales: float, price_kusd: float) -> dict[str, pd.DataFrame]:
    quarters = [f"2025Q{number}" for number in range(1, 5)]
    national = pd.DataFrame({"quarter": quarters, "bev_sales": sales})
    rows = [(label, "A", "BEV", price_kusd, sales) for label in quarters]
    rows += [(label, "B", "ICE", 1_000.0, 1_000.0) for label in quarters]
    names = ["quarter", "product", "powertrain", "price_kusd", "sales"]
    return {"national": national, "automakers": pd.DataFrame(rows, columns=names)}


def test_a_log_ratio_compares_the_sales_of_a_year() -> None:
    assert log_ratio(_frames(50.0, 1.0), _frames(100.0, 1.0), 2025) == pytest.approx(np.log(0.5), rel=1e-12)


def test_a_price_ratio_looks_at_bevs_alone() -> None:
    assert price_ratio(_frames(1.0, 42.0), _frames(3.0, 40.0), 2025) == pytest.approx(1.05, rel=1e-12)


@pytest.mark.parametrize(("ours", "verdict"), [(-1.0, "below"), (-3.0, "inside"), (-2.0, "inside"), (-5.0, "above")])
def test_a_verdict_is_by_size(ours: float, verdict: str) -> None:
    assert Target("q", "-2 to -4", "s", (-2.0, -4.0), (ours, ours)).verdict == verdict


def test_what_nobody_published_gets_no_verdict() -> None:
    assert Target("q", "none", "", None, (1.0, 1.0)).verdict == "no target"


def test_a_task_changes_one_thing_of_the_base() -> None:
    base, dearer = Task().scenario(), Task(changes={"makers": {"bev_price_factor": 1.05}}).scenario()
    assert dearer.policy == base.policy
    assert base.policy.federal_credit_end == "2026Q4"
    assert dearer.makers.model_copy(update={"bev_price_factor": 1.0}) == base.makers


def test_noise_that_halves_when_rows_are_four_times_as_many_has_a_slope_of_minus_a_half() -> None:
    rows = [
        {"quarter": "2025Q1", "consumers": size, "seed": seed, "bev_share_new": 0.1 + sign * spread,
         "bev_sales_drawn": 10.0 + 100.0 * sign * spread, "new_sales_drawn": 100.0, "bev_share_sd": spread}
        for size, spread in ((1_000, 0.04), (4_000, 0.02))
        for seed, sign in ((1, 1), (2, -1))
    ]  # fmt: skip
    assert "sampled share -0.50, expected share -0.50" in sampling_table(pd.DataFrame(rows))


def test_a_markdown_table_has_a_line_a_row() -> None:
    assert markdown(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
