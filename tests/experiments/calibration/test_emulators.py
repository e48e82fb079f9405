"""Emulators of known functions."""

import numpy as np
import pandas as pd
import pytest

from experiments.calibration.emulators import fitted, held_out, implausibility, quality
from experiments.calibration.targets import Target
from experiments.calibration.waves import maximin

CUBE = maximin(60, 3, seed=1)
SEEN = pd.DataFrame({"bent": 2.0 * CUBE[:, 0] - CUBE[:, 1] ** 2, "noise": np.random.default_rng(0).normal(size=60)})
WANTED = {name: Target(name, 0.3, 0.3, 0.4, "", "") for name in ("bent", "noise")}


def test_a_smooth_function_is_known_where_it_was_not_seen() -> None:
    found = quality(SEEN, held_out(CUBE, SEEN), WANTED)
    bent, noise = found["explained_share"]
    assert bent > 0.99
    assert noise < 0.2
    assert (found["within_two_sd"] > 0.8).all()
    assert found["target_sd"].tolist() == pytest.approx([0.5, 0.5])


def test_no_row_is_emulated_by_what_saw_it() -> None:
    spoiled = SEEN.copy()
    spoiled.loc[7, "bent"] = 50.0
    assert abs(held_out(CUBE, spoiled).mean[7, 0]) < 25.0


def test_an_emulator_comes_back_to_what_it_saw() -> None:
    mean, sd = fitted("bent", CUBE, SEEN["bent"].to_numpy()).at(CUBE)
    assert mean == pytest.approx(SEEN["bent"].to_numpy(), abs=0.02)
    assert (sd < 0.05).all()


def test_implausibility_by_hand() -> None:
    found = implausibility(np.array([[1.5]]), np.array([[1.2]]), WANTED, ["bent"])
    assert found == pytest.approx((1.5 - 0.3) / np.sqrt(0.25 + 1.44))
