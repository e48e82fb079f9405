"""Rows of the table of cell flows, from a quarter made by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from market.base.categories import MAKERS
from market.conversion.flow_outputs import flow_rows


def test_what_rounding_leaves_of_nothing_is_no_flow() -> None:
    count = len(MAKERS)
    domestic, from_open = np.zeros(count), np.zeros(count)
    domestic[0], from_open[0] = 2.0, 0.5
    domestic[1], from_open[1] = 0.1 + 0.2, 0.3  # 6e-17 of its own remain
    done: Any = SimpleNamespace(for_cars=domestic[:, None], from_open_market=from_open, bought_by_maker=np.zeros(count))
    power: Any = SimpleNamespace(book=SimpleNamespace(delivered=[]))
    rows = [(row["seller"], row["buyer"], row["gwh"]) for row in flow_rows(done, power, 0)]
    assert rows == [
        (MAKERS[0], MAKERS[0], 1.5), ("open market", MAKERS[0], 0.5), ("open market", MAKERS[1], 0.3),
    ]  # fmt: skip
