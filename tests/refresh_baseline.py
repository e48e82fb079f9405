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


def yearly_figures() -> dict[str, dict[str, float]]:
    """Means over each year of every national figure of a run of 4,000 consumers to 2027Q4, seed 1."""
    run = Run(consumers=4_000, fast_graph=True, last_quarter="2027Q4")
    market = Market(parameters=Scenario(run=run), rng=1)
    market.run()
    national = market.recorder.frame("national")
    means = national.drop(columns=list(_LEFT_OUT)).groupby(national["quarter"].str[:4]).mean()
    return {
        str(year): {
            str(name): float(f"{value:.{SHOWN_DIGITS}g}") for name, value in figures.items() if not np.isnan(value)
        }
        for year, figures in means.to_dict("index").items()
    }


if __name__ == "__main__":
    BASELINE.parent.mkdir(exist_ok=True)
    BASELINE.write_text(json.dumps(yearly_figures(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
