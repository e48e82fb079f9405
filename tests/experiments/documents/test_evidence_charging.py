"""Tables of charging for docs/evidence.md, from made-up tables of runs."""

import numpy as np
import pandas as pd
import pytest

from experiments.documents.evidence_charging import operators_table, port_errors, ports_table, service_table

OWN = {
    "charging_states": pd.DataFrame({
        "quarter": ["2017Q4"] * 3 + ["2024Q4"] * 3,
        "state": ["AA", "BB", "CC"] * 2,
        "fast_ports": [10.0, 20.0, 0.0, 200.0, 100.0, 5.0],
        "recorded_fast_ports": [10.0, 20.0, 0.0, 100.0, 200.0, 0.0],
    })
}  # fmt: skip


def test_the_error_is_the_mean_absolute_log_ratio_over_states_with_ports() -> None:
    error, ratio = port_errors(OWN)
    assert error == pytest.approx(np.log(2.0))
    assert ratio == pytest.approx(305 / 300)


def test_ports_are_shown_at_the_end_of_each_year() -> None:
    lines = ports_table(OWN).splitlines()
    assert lines[2:] == ["| 2017Q4 | 30 | 30 | 1.00 | 0.00 |", "| 2024Q4 | 305 | 300 | 1.02 | 0.69 |"]


def test_service_is_shown_in_last_quarters() -> None:
    national = pd.DataFrame({
        "quarter": ["2024Q3", "2024Q4"], "fast_ports": [1.0, 50_844.0], "plug_utilisation": [0.1, 0.164],
        "charging_wait_minutes": [0.0, 1.25], "charging_success": [0.9, 0.918], "sessions_lost": [0.0, 1.0],
        "sessions_served": [1.0, 99.0],
    })  # fmt: skip
    assert service_table({"national": national}).splitlines()[2:] == [
        "| 2024Q4 | 50,844 | 16.4 | 1.2 | 0.918 | 1.00 |",
    ]


def test_operators_are_shown_with_plugs_and_success() -> None:
    charging = pd.DataFrame({
        "quarter": ["2017Q4", "2024Q4"] * 2, "operator": ["first", "first", "second", "second"],
        "plugs": [1_000.0, 2_000.0, 0.0, 10.0], "success": [0.97, 0.96, np.nan, 0.85],
    })  # fmt: skip
    lines = operators_table({"charging": charging}, ("2017Q4", "2024Q4")).splitlines()
    assert lines[2:] == ["| first | 1,000; 0.970 | 2,000; 0.960 |", "| second | 0 | 10; 0.850 |"]
