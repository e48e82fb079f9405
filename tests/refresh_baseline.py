"""The regression baseline: yearly figures of one small run; run this file to refresh it.

`uv run python tests/refresh_baseline.py`. A changed baseline needs a line in CHANGELOG.md tagged RESULTS.
"""

import json
from pathlib import Path

import numpy as np

from market.model import Market
from market.scenario import Run, Scenario

BASELINE = Path(__file__).parent / "baseline" / "reference.json"
SHOWN_DIGITS = 9
_LEFT_OUT = ("quarter",)
_SUMMED = {
    "public_money": ("paid_musd",),
    "emissions": ("gasoline_mgal", "charging_gwh", "grid_kt", "avoided_kt"),
    "states": ("purchase_credits_musd", "production_credits_musd"),
    "incomes": ("used_bev_sales", "acquirers"),
    "segments": ("bev_sales",),
    "jobs": ("jobs_running", "capital_decided_musd"),
}
"""Columns of other tables, summed over the rows of a quarter."""


def yearly_figures() -> dict[str, dict[str, float]]:
    """Means over each year of national figures and of sums of other tables: 4,000 consumers to 2027Q4, seed 1."""
    run = Run(consumers=4_000, fast_graph=True, last_quarter="2027Q4")
    market = Market(parameters=Scenario(run=run), rng=1)
    market.run()
    national = market.recorder.frame("national")
    figures = national.drop(columns=list(_LEFT_OUT)).set_index(national["quarter"])
    for table, columns in _SUMMED.items():
        sums = market.recorder.frame(table).groupby("quarter")[list(columns)].sum()
        figures = figures.join(sums.add_prefix(f"{table}."))
    means = figures.groupby([quarter[:4] for quarter in national["quarter"]]).mean()
    return {
        str(year): {
            str(name): float(f"{value:.{SHOWN_DIGITS}g}") for name, value in of_year.items() if not np.isnan(value)
        }
        for year, of_year in means.to_dict("index").items()
    }


if __name__ == "__main__":
    BASELINE.parent.mkdir(exist_ok=True)
    BASELINE.write_text(json.dumps(yearly_figures(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
