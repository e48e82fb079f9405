"""How far drawn trades stray from expected ones (D2 case 21)."""

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from market.model import Market
from market.scenario import Scenario

Small = Callable[..., Scenario]
FALSE_ALARM = 1e-4


def test_drawn_sales_stray_from_expected_ones_as_the_root_of_the_population(small: Small) -> None:
    """Two-sided normal test of the mean over 16 seeds and of the ratio of spreads, each at false alarm 1e-4.

    log of a ratio of sample standard deviations of n normals has standard error sqrt(1 / (n - 1)).
    """
    seeds, bound = 16, norm.isf(FALSE_ALARM / 2)
    spread = {}
    for consumers in (2_000, 18_000):
        gaps = []
        for seed in range(seeds):
            market = Market(parameters=small(consumers=consumers, cells={"power_side": False}), rng=seed)
            market.step()
            row = market.recorder.last("national")
            gaps.append(row["new_sales_drawn"] / row["new_sales"] - 1.0)
        spread[consumers] = float(np.std(gaps, ddof=1))
        assert abs(np.mean(gaps)) < bound * spread[consumers] / np.sqrt(seeds)
    assert abs(np.log(spread[2_000] / spread[18_000] / 3.0)) < bound * np.sqrt(1.0 / (seeds - 1))
