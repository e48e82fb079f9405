"""The player: steps under a lock, whole snapshots, errors kept in one sentence."""

import threading
import weakref

import numpy as np
import pandas as pd
import pytest

from experiments.page.player import Player
from experiments.page.start import Start
from market.model import Market

SCENARIO = Start(consumers=500).load().scenario


def market_of(player: Player) -> Market:
    market = player.ask(lambda market, _: market)
    assert market is not None
    return market


def test_a_player_steps_the_market_and_nothing_else() -> None:
    player, market = Player(parameters=SCENARIO, rng=3), Market(parameters=SCENARIO, rng=3)
    assert (player.steps, player.is_ready, player.snapshot.label) == (0, False, "Start")
    for _ in range(2):
        player.step()
        market.step()
    pd.testing.assert_frame_equal(player.snapshot.national, market.recorder.frame("national"))
    zones = market.recorder.frame("zones")
    last = zones[zones["quarter"] == "2017Q2"].reset_index(drop=True)
    pd.testing.assert_frame_equal(player.snapshot.latest["zones"], last)
    assert (player.steps, player.running, player.error) == (2, True, None)


def test_an_earlier_snapshot_does_not_change_with_later_steps() -> None:
    player = Player(parameters=SCENARIO, rng=1)
    player.step()
    first, before = player.snapshot, player.snapshot.national.copy()
    car = player.ask(lambda _, history: history.car[0])
    player.step()
    assert player.snapshot is not first
    pd.testing.assert_frame_equal(first.national, before)
    kept = player.ask(lambda _, history: history.car[0])
    assert car is not None
    assert kept is not None
    assert np.array_equal(car, kept)


def test_an_error_in_a_step_is_one_sentence_and_nothing_runs_after_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    player = Player(parameters=SCENARIO, rng=1)
    player.step()

    def fails() -> None:
        raise ArithmeticError("cells went missing")

    monkeypatch.setattr(market_of(player), "step", fails)
    player.step()
    assert player.error == "The run stopped in Q2 2017: cells went missing. Press Reset to start a new one."
    assert "cells went missing" in capsys.readouterr().err  # the traceback is for whoever runs the server
    assert (player.running, player.steps) == (False, 1)
    monkeypatch.undo()
    player.step()
    assert player.steps == 1


def test_a_question_waits_for_the_step_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    player = Player(parameters=SCENARIO, rng=1)
    player.step()
    market = market_of(player)
    entered, go_on, real = threading.Event(), threading.Event(), market.step

    def slow() -> None:
        entered.set()
        assert go_on.wait(60)
        real()

    monkeypatch.setattr(market, "step", slow)
    answers: list[int | None] = []
    stepping = threading.Thread(target=player.step)
    asking = threading.Thread(target=lambda: answers.append(player.ask(lambda market, _: market.quarter)))
    stepping.start()
    assert entered.wait(60)
    asking.start()
    asking.join(0.2)
    assert answers == []
    go_on.set()
    stepping.join(60)
    asking.join(60)
    assert answers == [1]


def test_nothing_is_answered_before_the_first_quarter() -> None:
    assert Player(parameters=SCENARIO).ask(lambda *_: 1) is None


def test_a_closed_player_holds_no_market() -> None:
    player = Player(parameters=SCENARIO, rng=1)
    player.step()
    market = weakref.ref(market_of(player))
    player.close()
    player.step()
    assert market() is None
    assert (player.steps, player.running) == (0, False)


def test_a_player_that_nobody_watches_waits_and_goes_on_when_somebody_does() -> None:
    player = Player(parameters=SCENARIO, rng=1)
    player.step()
    player.watch(seen=False)
    stepping = threading.Thread(target=player.step, daemon=True)
    stepping.start()
    stepping.join(1.0)
    assert stepping.is_alive()
    assert player.steps == 1
    player.watch(seen=True)
    stepping.join(60)
    assert (stepping.is_alive(), player.steps) == (False, 2)


def test_a_closed_tabs_waiting_step_ends_without_a_quarter() -> None:
    player = Player(parameters=SCENARIO, rng=1)
    player.watch(seen=False)
    stepping = threading.Thread(target=player.step, daemon=True)
    stepping.start()
    player.close()
    stepping.join(60)
    assert not stepping.is_alive()
    assert (player.is_ready, player.running) == (False, False)
