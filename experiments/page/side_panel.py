"""The panel at the side: Mesa's controls, the scenario, the seed and the levers."""

from typing import Any

import solara
from mesa.visualization.solara_viz import ModelController

from experiments.page.draft import Draft
from experiments.page.levers import TITLES, Lever, every_lever, value_shown
from experiments.page.start import FEWEST, MOST, labels, settled
from experiments.parameter_list import Value
from experiments.scenario_files import shipped_names
from experiments.shown_text import html_text
from market.scenario import Scenario

PLAY_INTERVAL_MS = 120
"""Pause between quarters at play: below 100 ms a browser falls behind."""
_SIZES = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


@solara.component
def SidePanel(
    player: solara.Reactive[Any],
    draft: solara.Reactive[Draft],
    parameters: solara.Reactive[dict[str, Any]],
    *,
    pending: bool,
) -> None:
    """Controls; ``pending``: whether the levers stand otherwise than in the run that is shown."""
    pace, each, threads = solara.use_reactive(PLAY_INTERVAL_MS), solara.use_reactive(1), solara.use_reactive(False)  # noqa: FBT003 - a value
    with solara.Column(gap="10px", classes=["dt-side"]):
        ModelController(
            player, model_parameters=parameters, play_interval=pace, render_interval=each, use_threads=threads
        )
        changed = '<b style="color:#d55e00">Changed.</b> Reset runs it.' if pending else ""
        solara.HTML(unsafe_innerHTML=f'<div class="dt-small">{changed}</div>')  # stays, so that nothing below is remade
        _Choices(draft)
        _Levers(draft)


@solara.component
def _Choices(draft: solara.Reactive[Draft]) -> None:
    now = draft.value
    known = labels([*dict.fromkeys((settled().scenario, now.start.scenario)), *shipped_names()])
    shown = {scenario: label for label, scenario in known.items()}
    solara.Select(
        "Scenario", values=list(known), value=shown[now.start.scenario],
        on_value=lambda label: draft.set(draft.value.with_scenario(known[label])),
    )  # fmt: skip
    solara.HTML(unsafe_innerHTML=f'<div class="dt-small dt-asks">{html_text(now.base().question)}</div>')
    with solara.Row(gap="10px"):
        solara.InputInt(
            "Seed", value=now.start.seed, on_value=lambda seed: draft.set(draft.value.with_seed(_seed(seed)))
        )
        sizes = sorted({*_SIZES, now.start.consumers})
        solara.Select(
            "Consumers", values=[size for size in sizes if FEWEST <= size <= MOST], value=now.start.consumers,
            on_value=lambda size: draft.set(draft.value.with_consumers(int(size))),
        )  # fmt: skip


def _seed(written: int | None) -> int:
    """A seed that any run accepts."""
    return min(max(written or 0, 0), 2**32 - 1)


@solara.component
def _Levers(draft: solara.Reactive[Draft]) -> None:
    now, base = draft.value, draft.value.base()
    with solara.Row(justify="space-between", style={"align-items": "center"}):
        solara.HTML(unsafe_innerHTML="<b>Levers</b>")
        solara.Button(
            "Put levers back", text=True, small=True, disabled=not now.changed,
            on_click=lambda: draft.set(draft.value.without_changes()),
        )  # fmt: skip
    with solara.v.ExpansionPanels(accordion=True, flat=True, multiple=True):
        for group, levers in every_lever().items():
            moved = sum(lever.name in now.changed for lever in levers)
            title = TITLES.get(group, group) + (f" ({moved} changed)" if moved else "")
            with solara.v.ExpansionPanel(key=group):
                solara.v.ExpansionPanelHeader(children=[title], style_="padding: 8px 4px; min-height: 36px")
                with solara.v.ExpansionPanelContent():
                    for lever in levers:
                        _Lever(lever, base, draft)


@solara.component
def _Lever(lever: Lever, base: Scenario, draft: solara.Reactive[Draft]) -> None:
    value = value_shown(lever, base, draft.value.changed)

    def move(to: Value) -> None:
        draft.set(draft.value.with_lever(lever, to))

    changed = " dt-changed" if lever.name in draft.value.changed else ""
    with solara.Div(classes=[f"dt-lever{changed}"], attributes={"data-lever": lever.name}):
        shown = f'<span class="dt-value">{html_text(lever.shown(value))}</span>'
        solara.HTML(unsafe_innerHTML=f'<label class="dt-name">{html_text(lever.label)}{shown}</label>')
        if lever.is_switch:
            solara.Switch(value=bool(value), on_value=move)
        elif lever.choices:
            solara.Select("", values=list(lever.choices), value=str(value), on_value=move, dense=True)
        else:
            solara.SliderFloat(
                "", value=float(value), min=float(lever.low or 0.0), max=float(lever.high or 0.0),
                step=float(lever.step or 1.0), on_value=move, thumb_label=False,
            )  # fmt: skip
