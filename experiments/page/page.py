"""The page itself: one tab's state, and where its parts stand."""

import time

import solara
import solara.lab
from mesa.visualization.utils import update_counter

from experiments.errors import InputError
from experiments.page.draft import Draft
from experiments.page.handed_over import handed_over
from experiments.page.inspector import Chosen, Inspector
from experiments.page.page_html import checked_html, head_html, numbers_html, time_html
from experiments.page.player import Player
from experiments.page.reference_line import LINES, ReferenceLine
from experiments.page.running import Running, trouble, use_running
from experiments.page.side_panel import SidePanel
from experiments.page.snapshot import Snapshot
from experiments.page.start import settled
from experiments.page.tabs import FULL, TABS
from experiments.page.taking_away.files import Taken
from experiments.page.views import STYLE, Charts, MapCard
from experiments.shown_text import html_text
from market.base import quarters
from market.scenario import Scenario

_GHOST_PAUSE_S = 0.5


@solara.component
def Page() -> None:
    """A tab, if there is room for one more."""
    give_back = solara.use_memo(TABS.take, [])
    solara.use_effect(lambda: give_back, [])
    solara.Title("Detour")
    solara.Style(STYLE)
    if give_back is None:
        _Banner(FULL)
    else:
        _Tab()


@solara.component
def _Tab() -> None:
    """What a tab shows; nothing of it is shared with another tab."""
    running = use_running(*_use_asked())
    chosen = solara.use_reactive(Chosen())
    wrong = solara.use_memo(lambda: trouble(running.draft.value), [running.draft.value])
    update_counter.get()  # counted up after every step

    now = running.player.value
    building = solara.lab.use_task(now.prepare, dependencies=[now], prefer_threaded=True, raise_error=False)
    ghost = _use_reference(now)
    with solara.AppBarTitle():
        solara.Text("Detour: electric vehicles, batteries and storage in the United States")
    with solara.Sidebar():
        SidePanel(running, lambda: _taken(running, ghost))
    with solara.Column(classes=["dt-page"], gap="0px", style={"padding": "10px 18px"}):
        _Banner(running.refused.value or now.error or wrong)
        _Head(now.snapshot, now.parameters, _status(now, ghost, building=building.pending))
        with solara.Div(classes=["dt-main"]):
            with solara.Div(classes=["dt-place-map"]):
                MapCard(now.snapshot, chosen)
            with solara.Div(classes=["dt-place-charts"]):
                Charts(now.snapshot, ghost.frame())
            with solara.Div(classes=["dt-place-inspect"]):
                Inspector(now, now.steps, chosen)
        solara.HTML(unsafe_innerHTML=checked_html(now.snapshot))


def _use_asked() -> tuple[Draft, str | None]:
    """What a new tab begins with, and a sentence if its address asks for more than the page knows."""
    query = solara.use_router().search

    def asked() -> tuple[Draft, str | None]:
        try:
            return handed_over(settled(), query), None
        except InputError as error:
            return Draft(settled()), str(error)

    begun: tuple[Draft, str | None] = solara.use_memo(asked, [])
    return begun


def _taken(running: Running, ghost: ReferenceLine) -> Taken:
    """A run as it stands, and what the levers ask for."""
    player = running.player.value
    asked = running.draft.value.scenario()
    return Taken(player.parameters, player.seed, player.snapshot, ghost.frame(), asked)


def _use_reference(player: Player) -> ReferenceLine:
    """The ghost of a player's size and seed; the page is drawn again as it grows."""
    run = player.parameters.run
    key = (run.consumers, player.seed, run.last_quarter)
    line: ReferenceLine = solara.use_memo(lambda: LINES.hold(*key), [key])
    solara.use_effect(lambda: lambda: LINES.let_go(line), [line])
    _, set_count = solara.use_state(0)

    def watch() -> None:
        while not line.is_done:
            set_count(line.count)
            time.sleep(_GHOST_PAUSE_S)
        set_count(line.count)

    solara.lab.use_task(watch, dependencies=[line], prefer_threaded=True, raise_error=False)
    return line


@solara.component
def _Banner(sentence: str | None) -> None:
    """What went wrong, if anything did."""
    if sentence:
        solara.HTML(unsafe_innerHTML=f'<div class="dt-banner" role="alert">{html_text(sentence)}</div>')


def _status(player: Player, ghost: ReferenceLine, *, building: bool) -> str:
    """What is being run and what is still on its way."""
    status = f"{player.parameters.run.consumers:,} consumers, seed {player.seed}"
    if building and not player.is_ready:
        status = f"building the market ... {status}"
    if not ghost.is_done:
        status += f"; reference line {100 * ghost.count // (player.snapshot.last_quarter + 1)} %"
    return status


@solara.component
def _Head(snapshot: Snapshot, scenario: Scenario, status: str) -> None:
    """Quarter, question, time line and headline numbers."""
    solara.HTML(unsafe_innerHTML=head_html(snapshot, scenario.question, status))
    solara.HTML(unsafe_innerHTML=time_html(snapshot, quarters.FIRST_YEAR))
    solara.HTML(unsafe_innerHTML=f'<div class="dt-numbers">{numbers_html(snapshot.national)}</div>')
