"""A run with moved levers takes over without Reset: from the end of observed data where its past is kept."""

from dataclasses import dataclass

from experiments.display_names import quarter_at
from experiments.page import origins
from experiments.page.draft import Draft
from experiments.page.levers import every_lever
from experiments.page.player import Player
from market.base import quarters

_NOT_YET = "no run with this past has come to the end of observed data and left its state yet"


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
    if origins.is_kept(scenario, seed):
        player = Player(parameters=scenario, rng=seed, at_origin=True)
        player.prepare()
        if player.steps > 0:
            note = f"The run goes on from the end of observed data, {origin}: up to there it is a run made before."
            return Branch(player, plays=True, note=note)
    labels = {lever.name: lever.label for levers in every_lever().values() for lever in levers}
    early = [labels.get(name.partition("@")[0], name) for name in origins.acting_early(scenario, draft.changed)]
    why = f"“{early[0]}” acts before the end of observed data" if early else _NOT_YET
    player = Player(parameters=scenario, rng=seed)
    return Branch(player, plays=playing or was.steps > 0, note=f"The run begins in {quarter_at(0)}: {why}.")
