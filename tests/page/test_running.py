"""Moved levers are run from the end of observed data where a run with that past left its state."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.page import origins
from experiments.page.draft import Draft
from experiments.page.player import Player
from experiments.page.running import branch
from experiments.page.start import Start
from experiments.states.store import SETTING
from tests.page.test_levers import LEVERS

START = Start(consumers=500)
ORIGIN = 31  # 2024Q4


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def first(cache: Path) -> Player:
    """A run of the reference one quarter beyond the end of observed data, which left its state in the cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SETTING, str(cache))
        player = Player(parameters=START.load().scenario, rng=1)
        while player.steps <= ORIGIN + 1:
            player.step()
    assert player.error is None
    return player


@pytest.fixture
def kept(first: Player, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Player:
    monkeypatch.setenv(SETTING, str(cache))
    return first


def test_a_lever_that_acts_later_goes_on_from_the_origin_as_if_it_had_been_run_from_2017(kept: Player) -> None:
    moved = Draft(START).with_lever(LEVERS["storage.data_center_factor"], 2.0)
    found = branch(moved, kept, playing=False)
    assert found.plays
    assert found.note.startswith("The run goes on from the end of observed data, Q4 2024")
    assert found.player.snapshot.quarter == ORIGIN
    pd.testing.assert_frame_equal(found.player.snapshot.national, kept.snapshot.national.head(ORIGIN + 1))
    whole = Player(**moved.for_reset())
    while whole.steps <= ORIGIN + 1:
        whole.step()
    found.player.step()
    pd.testing.assert_frame_equal(found.player.snapshot.national, whole.snapshot.national)
    for name, frame in whole.snapshot.latest.items():
        pd.testing.assert_frame_equal(found.player.snapshot.latest[name], frame)
    assert found.player.snapshot.checked == whole.snapshot.checked
    own, other = (player.ask(lambda _, history: np.stack(history.car)) for player in (found.player, whole))
    assert own is not None
    assert other is not None
    np.testing.assert_array_equal(own, other)


def test_a_lever_that_acts_before_begins_in_2017_and_says_why(kept: Player) -> None:
    moved = Draft(START).with_lever(LEVERS["charging.plug_success"], 0.7)
    found = branch(moved, kept, playing=False)
    assert (found.player.steps, found.plays) == (0, True)
    label = LEVERS["charging.plug_success"].label
    assert found.note == f"The run begins in Q1 2017: “{label}” acts before the end of observed data."


def test_another_seed_has_another_past(kept: Player) -> None:
    moved = Draft(START).with_seed(2).with_lever(LEVERS["storage.data_center_factor"], 2.0)
    found = branch(moved, Player(**Draft(START).with_seed(2).for_reset()), playing=False)
    assert (found.player.steps, found.plays) == (0, False), "a tab that has not begun stays where it is"
    assert "no run with this past has come to the end of observed data" in found.note
    assert kept.steps > 0


def test_a_state_that_is_damaged_is_told_and_the_run_begins_in_2017(
    kept: Player, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = sorted(cache.glob("*.npz"))
    assert len(states) == 1
    (tmp_path / states[0].name).write_bytes(states[0].read_bytes()[:-100])
    monkeypatch.setenv(SETTING, str(tmp_path))
    assert origins.is_kept(kept.parameters, 1)
    found = branch(Draft(START).with_lever(LEVERS["storage.data_center_factor"], 3.0), kept, playing=True)
    assert found.player.steps == 0
    assert found.note.startswith("The run begins in Q1 2017")


def test_without_a_cache_nothing_is_kept_and_nothing_fails(kept: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "")
    assert not origins.is_kept(kept.parameters, 1)
    assert origins.begun(kept.parameters, 1) is None
    assert kept.ask(origins.keep) is None
