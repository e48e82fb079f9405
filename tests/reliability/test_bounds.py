"""The model runs at the bounds of its parameters without a warning, or refuses them at the door in one sentence.

``python -m tests.reliability.corners`` runs all ends and corners; here stands a fixed sample of them.
"""

import pytest

from experiments.inputs.parameter_list import Value, every_parameter
from tests.reliability.corners import CORNERS, Outcome, alone, corner, ends_of, movable, scenario, tried

_EVERY_END, _EVERY_CORNER = 16, 10
SHORT: dict[str, Value] = {
    "run.consumers": 500, "run.origin": "2017Q4", "run.last_quarter": "2018Q2",
}  # fmt: skip
ENDS = list(alone())[::_EVERY_END]


def _ran(outcome: Outcome) -> bool:
    return outcome.end == "ran" or (outcome.end == "refused" and "\n" not in outcome.said)


@pytest.mark.long
@pytest.mark.parametrize("values", ENDS, ids=lambda values: " ".join(f"{name}={end}" for name, end in values.items()))
def test_a_parameter_at_its_end_runs_or_is_refused(values: dict[str, Value]) -> None:
    outcome = tried("end", values)
    assert _ran(outcome), outcome.said


@pytest.mark.long
@pytest.mark.parametrize("number", range(0, CORNERS, _EVERY_CORNER))
def test_all_parameters_at_random_ends_run(number: int) -> None:
    outcome = tried("corner", corner(number))
    assert outcome.end == "ran", outcome.said


def test_a_corner_puts_nearly_all_parameters_at_an_end_and_fits() -> None:
    values = corner(7)
    assert len(values) > 0.98 * len(movable())
    assert all(value in ends_of(every_parameter()[name]) for name, value in values.items())
    assert scenario(values) == scenario(corner(7)) != scenario(corner(8))


def test_what_was_unbounded_at_the_bounds_is_total() -> None:
    """Each of these ended a run of the first quarters, or divided nothing by nothing."""
    ends: tuple[dict[str, Value], ...] = (
        {"makers.bevs_sold_before": 0.0}, {"charging.chademo_site_share": 0.0}, {"ownership.battery_fade": 0.05},
        {"buyers.variety_elasticity": 0.0},
    )  # fmt: skip
    for values in ends:
        outcome = tried("start", SHORT | values)
        assert outcome.end == "ran", outcome.said


@pytest.mark.parametrize("factor", [0.0, 4.0, 5.0])
def test_batteries_that_fade_fast_leave_a_run_standing(factor: float) -> None:
    assert tried("fade", SHORT | {"ownership.fade_factor": factor}).end == "ran"
