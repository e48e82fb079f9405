"""What proof of battery health is worth (M5, M6, M20)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.buyers import ownership
from agents.buyers.resale_proof import (
    certificate_value_kusd,
    expected_trouble_loss_kusd,
    trouble_share_at_health,
    warranty_end_years,
)

shares = st.floats(0.0, 1.0)


def one(value: float) -> Floats:
    return np.array([value])


def test_the_warranty_ends_at_eight_years_or_100_000_miles() -> None:
    ends = warranty_end_years(np.array([0.0, 11_000.0, 12_500.0, 20_000.0]), 8.0, 100_000.0)
    assert ends == pytest.approx([8.0, 8.0, 8.0, 5.0])


def test_who_drives_more_loses_cover_earlier() -> None:
    ends = warranty_end_years(np.array([11_000.0, 20_000.0]), 8.0, 100_000.0)
    uncovered = [ownership.out_of_warranty_share(7.0, 11.0, float(end)) for end in ends]
    assert uncovered == [0.75, 1.0]


def test_the_expected_loss_is_its_chance_times_what_is_not_covered() -> None:
    loss = expected_trouble_loss_kusd(one(0.1), np.array([0.0, 0.75, 1.0]), 10.0)
    assert loss == pytest.approx([0.0, 0.75, 1.0])


def test_a_car_that_faded_half_as_much_as_others_has_half_the_chance_of_trouble() -> None:
    health = np.array([1.0, 0.94, 0.88, 0.76])
    assert trouble_share_at_health(one(0.1), health, one(0.88)) == pytest.approx([0.0, 0.05, 0.1, 0.2])


def test_trouble_is_at_most_certain_and_the_mean_while_nothing_has_faded() -> None:
    assert trouble_share_at_health(one(0.3), one(0.1), one(0.9))[0] == 1.0
    assert trouble_share_at_health(one(0.3), np.array([1.0, 0.9]), one(1.0)).tolist() == [0.3, 0.3]


def test_a_certificate_by_hand() -> None:
    # eight years: 0.862 with 15 % fast charging, 0.88 with none: 0.12 / 0.138 of the true chance of 0.046
    mean, proven = (ownership.state_of_health(one(8.0), 0.015, 0.015, fast) for fast in (0.15, 0.0))
    chance = trouble_share_at_health(one(0.046), proven, mean)
    assert chance == pytest.approx(0.04)
    assert certificate_value_kusd(one(0.1), chance, one(0.75), 10.0) == pytest.approx(10 * 0.06 * 0.75)


def test_proof_that_a_car_is_as_others_is_worth_the_fear_that_was_unfounded() -> None:
    chance = trouble_share_at_health(one(0.04), one(0.862), one(0.862))
    assert certificate_value_kusd(one(0.1), chance, one(1.0), 10.0) == pytest.approx(0.6)


@given(shares, shares, shares)
def test_a_certificate_is_worth_nothing_without_a_loss_under_warranty_or_if_it_tells_nothing(
    believed: float, proven: float, uncovered: float
) -> None:
    assert certificate_value_kusd(one(believed), one(proven), one(uncovered), 0.0)[0] == 0.0
    assert certificate_value_kusd(one(believed), one(proven), one(0.0), 10.0)[0] == 0.0
    assert certificate_value_kusd(one(believed), one(believed), one(uncovered), 10.0)[0] == 0.0


@given(shares, shares, st.floats(0.5, 0.99))
def test_better_health_is_worth_more(health: float, other: float, mean: float) -> None:
    worse, better = certificate_value_kusd(
        one(0.1), trouble_share_at_health(one(0.05), np.sort([health, other]), one(mean)), one(1.0), 10.0
    )
    assert worse <= better <= 1.0
    assert worse >= -9.0 - 1e-12
