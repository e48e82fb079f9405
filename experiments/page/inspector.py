"""The inspector: which agent is looked at, and what is shown of it."""

from dataclasses import dataclass

import solara

from experiments.page.controls import Chooser, Typed
from experiments.page.inspections.inspection import KINDS
from experiments.page.page_html import inspection_html
from experiments.page.player import Player

_STEP_ROWS = 7_919  # a prime: another consumer, far enough away to live elsewhere


@dataclass(frozen=True)
class Chosen:
    """An agent by kind and name; an empty name is the first of the kind."""

    kind: str = "plant"
    name: str = ""

    @classmethod
    def of(cls, kind: object, name: object) -> "Chosen":
        """What a message from a browser asks for; the first plant if there is no such kind."""
        return cls(kind, str(name)) if isinstance(kind, str) and kind in KINDS else cls()


@solara.component
def Inspector(player: Player, steps: int, chosen: solara.Reactive[Chosen]) -> None:
    """Choose an agent and read what it sees, what it decided and why; ``steps``: quarters done."""
    kind = KINDS[chosen.value.kind]
    names = solara.use_memo(lambda: player.ask(lambda market, _: kind.names(market)), [player, steps > 0, kind])
    with solara.Div(classes=["dt-card", "dt-inspect"]):
        solara.HTML(tag="h2", classes=["dt-heading"], unsafe_innerHTML="Inspector")
        with solara.v.BtnToggle(
            v_model=list(KINDS).index(chosen.value.kind), on_v_model=lambda place: chosen.set(_first_of(place)),
            mandatory=True, dense=True, style_="flex-wrap: wrap",
        ):  # fmt: skip
            for each in KINDS.values():
                solara.Button(each.word, small=True)
        if names:
            _Agent(player, steps, chosen, names)
        else:
            solara.HTML(unsafe_innerHTML="<p>Agents can be inspected here after the first quarter.</p>")


def _first_of(place: object) -> Chosen:
    """The first agent of the kind at a place of the row of kinds."""
    return Chosen.of(dict(enumerate(KINDS)).get(place) if isinstance(place, int) else None, "")


@solara.component
def _Agent(player: Player, steps: int, chosen: solara.Reactive[Chosen], names: list[str]) -> None:
    kind = KINDS[chosen.value.kind]
    name = chosen.value.name if chosen.value.name in names else names[0]
    if chosen.value.kind == "consumer":
        _ConsumerChooser(int(name), len(names), chosen)
    else:
        called = {kind.called(each): each for each in names}
        Chooser(
            kind.word, list(called), kind.called(name),
            lambda shown: chosen.set(Chosen(chosen.value.kind, called.get(str(shown), ""))),
        )  # fmt: skip
    found = solara.use_memo(
        lambda: player.ask(lambda market, history: kind.inspect(market, name, history)),
        [player, steps, kind, name],
    )
    if found is not None:
        solara.HTML(unsafe_innerHTML=inspection_html(found), classes=["dt-inspection"])


@solara.component
def _ConsumerChooser(row: int, count: int, chosen: solara.Reactive[Chosen]) -> None:
    def choose(number: object) -> None:
        chosen.set(Chosen("consumer", str(number).strip()))  # one that does not exist is the first

    with solara.Row(gap="10px", style={"align-items": "end"}):
        Typed(f"Consumer, 0 to {count - 1}", row, choose)
        solara.Button("Another", small=True, outlined=True, on_click=lambda: choose((row + _STEP_ROWS) % count))
