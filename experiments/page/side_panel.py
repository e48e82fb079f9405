"""The panel at the side: the scenario, the seed and the levers, with undo and redo; Mesa's controls go to the bar."""

from collections.abc import Callable
from functools import partial

import solara

from experiments.errors import InputError
from experiments.page.controls import Chooser, LeverControl, Typed, Watching
from experiments.page.draft import Draft, DraftSteps, said
from experiments.page.levers import TITLES, Lever, every_lever, is_changed
from experiments.page.routes import EXPLORER
from experiments.page.running import Running
from experiments.page.start import FEWEST, MOST
from experiments.page.taking_away.buttons import TakeAway
from experiments.page.taking_away.files import Taken
from experiments.page.transport import Transport
from experiments.shown_text import html_text
from market.scenario import Scenario

_PRESS_RESET = '<b class="dt-strong">Changed.</b> Press Reset to run it.'
_SIZES = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
Choose = Callable[[Callable[[Draft], Draft]], None]
"""Takes what a choice makes of the draft."""


@solara.component
def SidePanel(running: Running, now: Callable[[], Taken]) -> None:
    """Controls of a tab; ``now``: its run as it stands when it is taken away."""
    draft, refused = running.draft, running.refused
    steps = solara.use_reactive(DraftSteps())
    choose = solara.use_memo(lambda: partial(_choose, draft, steps, refused), [])
    with solara.Column(gap="10px", classes=["dt-side"]):
        with solara.AppBar(), solara.Div(classes=["dt-controls"]):  # in reach on a phone and when the page is enlarged
            Transport(running.player, running.playing, running.reset)
        note = _PRESS_RESET if running.waits_for_reset else html_text(running.note.value)
        # it stays, so that nothing below is remade
        solara.HTML(unsafe_innerHTML=f'<div class="dt-small" role="status">{note}</div>')
        solara.Button("Explorer", href=EXPLORER, text=True, small=True)
        Watching(event_watch=lambda seen: running.player.value.watch(seen=bool(seen)))
        _Choices(draft.value, choose)
        _Undo(draft, steps, choose)
        _Levers(draft.value, choose)
        TakeAway(now)


def _choose(
    draft: solara.Reactive[Draft],
    steps: solara.Reactive[DraftSteps],
    refused: solara.Reactive[str | None],
    chosen: Callable[[Draft], Draft],
) -> None:
    before = draft.value
    try:
        draft.set(chosen(before))
    except InputError as error:
        refused.set(said(error))
    else:
        refused.set(None)
        steps.set(steps.value.after(before, draft.value))


@solara.component
def _Undo(draft: solara.Reactive[Draft], steps: solara.Reactive[DraftSteps], choose: Choose) -> None:
    """Take back the last choice, make it again, or put all levers back."""

    def go(to: tuple[Draft, DraftSteps]) -> None:
        draft.set(to[0])
        steps.set(to[1])

    solara.HTML(tag="h2", classes=["dt-heading"], unsafe_innerHTML="Levers")
    with solara.Row(gap="4px"):
        solara.Button(
            "Undo", text=True, small=True, disabled=not steps.value.past,
            on_click=lambda: go(steps.value.undone(draft.value)),
        )  # fmt: skip
        solara.Button(
            "Redo", text=True, small=True, disabled=not steps.value.future,
            on_click=lambda: go(steps.value.redone(draft.value)),
        )  # fmt: skip
        solara.Button(
            "Restore levers", text=True, small=True, disabled=not draft.value.changed,
            on_click=lambda: choose(Draft.without_changes),
        )  # fmt: skip


@solara.component
def _Choices(now: Draft, choose: Choose) -> None:
    known = now.scenarios()
    shown = {scenario: label for label, scenario in known.items()}
    Chooser(
        "Scenario", list(known), shown[now.start.scenario],
        lambda label: choose(lambda draft: draft.with_scenario(label)),
    )  # fmt: skip
    solara.HTML(unsafe_innerHTML=f'<div class="dt-small dt-asks">{html_text(now.base().question)}</div>')
    with solara.Row(gap="10px"):
        Typed("Seed", now.start.seed, lambda seed: choose(lambda draft: draft.with_seed(seed)))
        sizes = sorted({*_SIZES, now.start.consumers})
        Chooser(
            "Consumers", [size for size in sizes if FEWEST <= size <= MOST], now.start.consumers,
            lambda size: choose(lambda draft: draft.with_consumers(size)),
        )  # fmt: skip


@solara.component
def _Levers(now: Draft, choose: Choose) -> None:
    base, scenario = now.base(), now.scenario()
    for group, levers in every_lever().items():
        moved = sum(is_changed(lever, now.changed) for lever in levers)
        title = TITLES.get(group, group) + (f" ({moved} changed)" if moved else "")
        with solara.v.Html(tag="details", class_="dt-group").key(group):
            solara.v.Html(tag="summary", children=[title])
            for lever in levers:
                _Lever(lever, base, scenario, choose)


@solara.component
def _Lever(lever: Lever, base: Scenario, scenario: Scenario, choose: Choose) -> None:
    LeverControl(
        lever,
        base,
        scenario,
        move=lambda to: choose(lambda draft: draft.with_lever(lever, to)),
        date=lambda steps: choose(lambda draft: draft.with_dates(lever, steps)),
        put_back=lambda: choose(lambda draft: draft.without(lever)),
    )
