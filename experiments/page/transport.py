"""Reset, play and step: Mesa's controls of a model, but for a play that other parts of the page may start and end."""

import time
from collections.abc import Callable
from typing import Any

import solara
import solara.lab
from mesa.visualization.utils import force_update

from experiments.page.player import Player

INTERVAL_S = 0.12
"""From one quarter to the next at play, if it does not take longer: below 0.1 s a browser falls behind."""


@solara.component
def Transport(player: solara.Reactive[Player], playing: solara.Reactive[bool], reset: Callable[[], Any]) -> None:
    """The buttons; ``playing`` is whether quarters follow each other, also those of a player that takes over."""
    now, turn = player.value, solara.use_ref(object())

    def play() -> None:
        mine = turn.current = object()  # a play that was paused and begun again goes on once
        while playing.value and turn.current is mine and now.running:
            began = time.monotonic()
            now.step()
            force_update()
            time.sleep(max(0.0, INTERVAL_S - (time.monotonic() - began)))
        if turn.current is mine and player.value is now:
            playing.set(False)

    def step() -> None:
        now.step()
        force_update()

    solara.lab.use_task(play, dependencies=[playing.value, now], prefer_threaded=True, raise_error=False)
    with solara.Row(justify="space-between"):
        solara.Button("Reset", color="primary", on_click=reset)
        solara.Button(
            "❚❚" if playing.value else "▶", color="primary", disabled=not now.running,
            on_click=lambda: playing.set(not playing.value),
        )  # fmt: skip
        solara.Button("Step", color="primary", disabled=playing.value or not now.running, on_click=step)
