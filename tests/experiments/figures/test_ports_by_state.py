"""The figure of ports by state shows its table."""

import numpy as np
import pandas as pd

from experiments.figures.ports_by_state import ports_by_state


def test_dots_and_errors_are_those_of_the_table() -> None:
    states = pd.DataFrame({
        "quarter": ["2018Q4"] * 3 + ["2024Q4"] * 3,
        "state": ["AA", "BB", "CC"] * 2,
        "fast_ports": [10.0, 20.0, 0.0, 200.0, 100.0, 5.0],
        "recorded_fast_ports": [10.0, 20.0, 4.0, 100.0, 200.0, 5.0],
    })  # fmt: skip
    figure = ports_by_state(states, ("2018Q4", "2024Q4"))
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["2018Q4: 1.00 of observed, error 0.00", "2024Q4: 1.00 of observed, error 0.46"]
    (dots,) = [line for line in figure.axes[1].lines if line.get_label() == "states"]
    np.testing.assert_array_equal(np.asarray(dots.get_xdata(), np.float64), [100.0, 200.0, 5.0])
    np.testing.assert_array_equal(np.asarray(dots.get_ydata(), np.float64), [200.0, 100.0, 5.0])
    assert [text.get_text() for text in figure.axes[1].texts] == ["highest ratio: AA, CC, BB\nlowest ratio: BB, CC, AA"]
