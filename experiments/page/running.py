"""What a tab runs and what it would run next: choices become players, at Reset or once levers are moved."""

from dataclasses import dataclass

import solara
import solara.lab

from experiments.display_names import quarter_at
from experiments.errors import InputError
from experiments.page import origins
from experiments.page.draft import Draft, said
from experiments.page.levers import every_lever
from experiments.page.player import Player
from market.base import quarters

_NOT_YET = "no run with this past has come to the end of observed data and left its state yet"


def trouble(draft: Draft) -> str | None:
    """Why a draft cannot be run; None if it can."""
    try:
        draft.for_reset()
    except InputError as error:
        return said(error)
    return None


@dataclass(frozen=True)
class Branch:
    """A player that takes over; ``plays``: whether it goes on by itself; ``note``: where it begins, in a sentence."""

    player: Player
    plays: bool
    note: str


def branch(draft: Draft, was: Player, *, playing: bool) -> Branch:
    """What runs a draft in place of a player, which is ``playing`` or not. Raises ScenarioError."""
    asked = draft.for_reset()
    scenario, seed = asked["parameters"], asked["rng"]
    origin = quarter_at(quarters.index(scenario.run.origin))
    is_kept = origins.is_kept(scenario, seed)
    player = Player(parameters=scenario, rng=seed, at_origin=is_kept)
    if is_kept:
        player.prepare()
    if player.steps > 0:
        note = f"The run goes on from the end of observed data, {origin}: up to there it is a run made before."
        return Branch(player, plays=True, note=note)
    labels = {lever.name: lever.label for levers in every_lever().values() for lever in levers}
    early = [labels.get(name.partition("@")[0], name) for name in origins.acting_early(scenario, draft.changed)]
    why = f"“{early[0]}” acts before the end of observed data" if early else _NOT_YET
    return Branch(player, plays=playing or was.steps > 0, note=f"The run begins in {quarter_at(0)}: {why}.")


@dataclass(frozen=True)
class Running:
    """A tab's ``player``, the draft it was made of (``ran``) and the ``draft`` that stands in the controls.

    ``playing``: whether quarters follow each other; ``note``: where a run with moved levers began; ``refused``: why
    the last choice was not taken.
    """

    player: solara.Reactive[Player]
    draft: solara.Reactive[Draft]
    ran: solara.Reactive[Draft]
    playing: solara.Reactive[bool]
    note: solara.Reactive[str]
    refused: solara.Reactive[str | None]

    @property
    def waits_for_reset(self) -> bool:
        """Whether scenario, seed or size were chosen otherwise than in the run that is shown."""
        return bool(self.draft.value.start != self.ran.value.start)

    def reset(self) -> None:
        """Run the draft from its first quarter, paused; nothing if it cannot be run."""
        asked = self.draft.value
        if trouble(asked) is None:
            self.playing.set(False)
            self.note.set("")
            self.ran.set(asked)
            self.player.set(Player(**asked.for_reset()))

    def take_levers(self) -> None:
        """Have another player take over, once it is ready, if levers stand otherwise than in the one that is shown."""
        asked, was = self.draft.value, self.player.value
        if self.waits_for_reset or asked.changed == self.ran.value.changed or trouble(asked) is not None:
            return
        found = branch(asked, was, playing=self.playing.value)
        if self.draft.value is not asked or self.player.value is not was:  # another choice was made meanwhile
            found.player.close()
            return
        self.ran.set(asked)
        self.note.set(found.note)
        self.player.set(found.player)
        self.playing.set(found.plays)


def use_running(first: Draft, unknown: str | None) -> Running:
    """What a tab runs, beginning with a draft; levers that were handed over are run at once."""
    handed = bool(first.changed)
    made = solara.use_memo(lambda: Player(**first.for_reset(), at_origin=handed), [])
    running = Running(
        player=solara.use_reactive(made), draft=solara.use_reactive(first), ran=solara.use_reactive(first),
        playing=solara.use_reactive(handed), note=solara.use_reactive(""), refused=solara.use_reactive(unknown),
    )  # fmt: skip
    now = running.player.value
    solara.lab.use_task(
        running.take_levers, dependencies=[running.draft.value, now], prefer_threaded=True, raise_error=False
    )
    solara.use_effect(lambda: now.close, [now])  # after Reset and when the tab is closed
    return running
