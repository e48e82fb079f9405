"""The panel at the side: Mesa's controls, the scenario, the seed and the levers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import solara
from mesa.visualization.solara_viz import ModelController

from experiments.display_names import quarter_name
from experiments.errors import InputError
from experiments.inputs.parameter_list import path_of
from experiments.page.draft import Draft
from experiments.page.levers import TITLES, Lever, every_lever, value_shown
from experiments.page.start import FEWEST, MOST
from experiments.shown_text import html_text
from market.scenario import Scenario

PLAY_INTERVAL_MS = 120
"""Pause between quarters at play: below 100 ms a browser falls behind."""
_SIZES = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
Choose = Callable[[Callable[[Draft], Draft]], None]
"""Takes what a choice makes of the draft."""


@solara.component
def SidePanel(
    player: solara.Reactive[Any],
    draft: solara.Reactive[Draft],
    parameters: solara.Reactive[dict[str, Any]],
    refused: solara.Reactive[str | None],
    *,
    pending: bool,
) -> None:
    """Controls; ``pending``: whether the levers stand otherwise than in the run that is shown.

    ``refused`` is set to a sentence when a draft refuses a choice, and to None by the next choice.
    """
    choose = solara.use_memo(lambda: partial(_choose, draft, refused), [])
    pace, each, threads = solara.use_reactive(PLAY_INTERVAL_MS), solara.use_reactive(1), solara.use_reactive(False)  # noqa: FBT003 - a value
    with solara.Column(gap="10px", classes=["dt-side"]):
        with solara.AppBar(), solara.Div(classes=["dt-controls"]):  # in reach on a phone and when the page is enlarged
            ModelController(
                player, model_parameters=parameters, play_interval=pace, render_interval=each, use_threads=threads
            )
        changed = '<b style="color:#d55e00">Changed.</b> Press Reset to run it.' if pending else ""
        solara.HTML(unsafe_innerHTML=f'<div class="dt-small">{changed}</div>')  # stays, so that nothing below is remade
        _Choices(draft.value, choose)
        _Levers(draft.value, choose)


def _choose(
    draft: solara.Reactive[Draft], refused: solara.Reactive[str | None], chosen: Callable[[Draft], Draft]
) -> None:
    try:
        draft.set(chosen(draft.value))
    except InputError as error:
        refused.set(str(error))
    else:
        refused.set(None)


@solara.component
def _Choices(now: Draft, choose: Choose) -> None:
    known = now.scenarios()
    shown = {scenario: label for label, scenario in known.items()}
    solara.Select(
        "Scenario", values=list(known), value=shown[now.start.scenario],
        on_value=lambda label: choose(lambda draft: draft.with_scenario(label)),
    )  # fmt: skip
    solara.HTML(unsafe_innerHTML=f'<div class="dt-small dt-asks">{html_text(now.base().question)}</div>')
    with solara.Row(gap="10px"):
        solara.InputText(
            "Seed", value=str(now.start.seed), on_value=lambda seed: choose(lambda draft: draft.with_seed(seed))
        )
        sizes = sorted({*_SIZES, now.start.consumers})
        solara.Select(
            "Consumers", values=[size for size in sizes if FEWEST <= size <= MOST], value=now.start.consumers,
            on_value=lambda size: choose(lambda draft: draft.with_consumers(size)),
        )  # fmt: skip


@solara.component
def _Levers(now: Draft, choose: Choose) -> None:
    base = now.base()
    with solara.Row(justify="space-between", style={"align-items": "center"}):
        solara.HTML(tag="h2", classes=["dt-heading"], unsafe_innerHTML="Levers")
        solara.Button(
            "Restore levers", text=True, small=True, disabled=not now.changed,
            on_click=lambda: choose(Draft.without_changes),
        )  # fmt: skip
    with solara.v.ExpansionPanels(accordion=True, flat=True, multiple=True):
        for group, levers in every_lever().items():
            moved = sum(lever.name in now.changed for lever in levers)
            title = TITLES.get(group, group) + (f" ({moved} changed)" if moved else "")
            with solara.v.ExpansionPanel(key=group):
                solara.v.ExpansionPanelHeader(children=[title], style_="padding: 8px 4px; min-height: 36px")
                with solara.v.ExpansionPanelContent():
                    for lever in levers:
                        _Lever(lever, base, now, choose)


@solara.component
def _Lever(lever: Lever, base: Scenario, now: Draft, choose: Choose) -> None:
    value, path = value_shown(lever, base, now.changed), path_of(base, lever.name)

    def move(to: object) -> None:
        choose(lambda draft: draft.with_lever(lever, to))

    changed = " dt-changed" if lever.name in now.changed else ""
    with solara.Div(classes=[f"dt-lever{changed}"], attributes={"data-lever": lever.name}):
        text = lever.path_shown(path) if path else lever.shown(value)
        shown = f'<span class="dt-value">{html_text(text)}</span>'
        solara.HTML(unsafe_innerHTML=f'<label class="dt-name">{html_text(lever.label)}{shown}</label>')
        if path:
            return  # what changes at dates is shown, and changed in the scenario's file
        if lever.is_switch:
            solara.Switch(value=bool(value), on_value=move)
        elif lever.choices:
            called = {quarter_name(each): each for each in lever.choices}
            solara.Select(
                "Quarter", values=list(called), value=lever.shown(value), dense=True,
                on_value=lambda to: move(called.get(str(to), to)),
            )  # fmt: skip
        else:
            solara.v.Slider(
                v_model=float(value), min=lever.low, max=lever.high, step=lever.step, on_v_model=move,
                dense=False, hide_details=True, thumb_label=False,
            )  # fmt: skip
