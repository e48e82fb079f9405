"""Controls of the page that the browser draws: a chooser and a lever, both plain HTML with a label of their own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara

from experiments.display_names import quarter_name
from experiments.inputs.parameter_list import Value, path_of, value_of
from experiments.page.levers import Lever, value_shown
from market.scenario import Scenario


@solara.component_vue("chooser.vue")
def _Chooser(label: str, values: list[str], value: str, event_choose: Callable[[object], None]) -> None:
    """A label and a list to choose from."""


@solara.component_vue("watching.vue")
def Watching(event_watch: Callable[[object], None]) -> None:
    """Nothing to see; ``event_watch`` is told whether the tab is seen, each time that changes."""


@solara.component_vue("lever.vue")
def _LeverControl(
    lever: dict[str, Any],
    value: Value,
    changed: bool,  # noqa: FBT001 - a prop of the component
    event_move: Callable[[object], None],
    event_put_back: Callable[[object], None],
) -> None:
    """A lever; ``event_move`` is told where it is moved to, ``event_put_back`` that it goes back to its scenario."""


def Chooser(label: str, values: Sequence[object], value: object, on_value: Callable[[object], None]) -> None:
    """Choose one of some values, each shown as its text; ``on_value`` is told whatever a browser sends."""
    _Chooser(label=label, values=[str(each) for each in values], value=str(value), event_choose=on_value)


def LeverControl(
    lever: Lever,
    base: Scenario,
    changed: Mapping[str, Value],
    move: Callable[[object], None],
    put_back: Callable[[], None],
) -> None:
    """One lever, the value of its scenario marked; what changes at dates is shown and not moved."""
    value = value_shown(lever, base, changed)
    _LeverControl(
        lever=lever_data(lever, base, value), value=value, changed=lever.name in changed, event_move=move,
        event_put_back=lambda _: put_back(),
    )  # fmt: skip


def lever_data(lever: Lever, base: Scenario, value: Value) -> dict[str, Any]:
    """What ``lever.vue`` draws of a lever."""
    path, of_base = path_of(base, lever.name), value_of(base, lever.name)
    common = {"name": lever.name, "label": lever.label, "base_shown": lever.shown(of_base)}
    if path:
        return {**common, "kind": "dated", "shown": lever.path_shown(path)}
    common["shown"] = lever.shown(value)
    if lever.is_switch:
        return {**common, "kind": "switch"}
    if lever.choices:
        choices = [{"value": each, "shown": quarter_name(each)} for each in lever.choices]
        return {**common, "kind": "choice", "choices": choices}
    low, high = float(lever.low or 0.0), float(lever.high or 0.0)
    return {
        **common, "kind": "slider", "low": low, "high": high, "step": lever.step, "base": of_base,
        "low_shown": lever.shown(low), "high_shown": lever.shown(high),
    }  # fmt: skip
