"""Controls of the page that the browser draws: a chooser and a lever, both plain HTML with a label of their own."""

from collections.abc import Callable, Sequence
from typing import Any

import solara

from experiments.display_names import quarter_name
from experiments.inputs.parameter_list import Value, path_of, value_of
from experiments.page.levers import Lever, told_of
from market.base import quarters
from market.base.lever_path import LeverPath
from market.scenario import Scenario


@solara.component_vue("chooser.vue")
def _Chooser(label: str, values: list[str], value: str, event_choose: Callable[[object], None]) -> None:
    """A label and a list to choose from."""


@solara.component_vue("typed.vue")
def _Typed(label: str, value: str, event_choose: Callable[[object], None]) -> None:
    """A label and a field to type into."""


@solara.component_vue("watching.vue")
def Watching(event_watch: Callable[[object], None]) -> None:
    """Nothing to see; ``event_watch`` is told whether the tab is seen, each time that changes."""


@solara.component_vue("lever.vue")
def _LeverControl(
    lever: dict[str, Any],
    value: Value,
    changed: bool,  # noqa: FBT001 - a prop of the component
    event_move: Callable[[object], None],
    event_date: Callable[[object], None],
    event_put_back: Callable[[object], None],
) -> None:
    """A lever; ``event_move`` is told where it is moved to, ``event_put_back`` that it goes back to its scenario.

    ``event_date`` is told all its dated steps once one is edited, added or removed.
    """


def Chooser(label: str, values: Sequence[object], value: object, on_value: Callable[[object], None]) -> None:
    """Choose one of some values, each shown as its text; ``on_value`` is told whatever a browser sends."""
    _Chooser(label=label, values=[str(each) for each in values], value=str(value), event_choose=on_value)


def Typed(label: str, value: object, on_value: Callable[[object], None]) -> None:
    """Type a value; ``on_value`` is told it once Enter is pressed or the field left.

    The browser alone holds what is being typed: Solara's own field loses it whenever the page is drawn meanwhile.
    """
    _Typed(label=label, value=str(value), event_choose=on_value)


def LeverControl(
    lever: Lever,
    base: Scenario,
    scenario: Scenario,
    move: Callable[[object], None],
    date: Callable[[object], None],
    put_back: Callable[[], None],
) -> None:
    """One lever of a scenario, its value in the chosen one, ``base``, marked, with its dates where it may have some."""
    _LeverControl(
        lever=lever_data(lever, base, scenario), value=value_of(scenario, lever.name),
        changed=told_of(lever, scenario) != told_of(lever, base), event_move=move, event_date=date,
        event_put_back=lambda _: put_back(),
    )  # fmt: skip


def lever_data(lever: Lever, base: Scenario, scenario: Scenario) -> dict[str, Any]:
    """What ``lever.vue`` draws of a lever that a scenario has otherwise than the chosen one, ``base``, or alike."""
    path, base_path = path_of(scenario, lever.name), path_of(base, lever.name)
    value, of_base = value_of(scenario, lever.name), value_of(base, lever.name)
    common: dict[str, Any] = {
        "name": lever.name, "label": lever.label, "takes_dates": lever.takes_dates,
        "base_shown": lever.path_shown(base_path) if base_path else lever.shown(of_base),
        "shown": lever.path_shown(path) if path else lever.shown(value), "steps": _steps(lever, path),
    }  # fmt: skip
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


def _steps(lever: Lever, path: LeverPath | None) -> list[dict[str, Any]]:
    """Dated steps as they are edited: quarters, the value and how it is told."""
    return [
        {
            "from": quarters.label(step.start), "value": step.value, "known": quarters.label(step.known),
            "shown": lever.shown(step.value),
        }
        for step in (path.steps if path else ())
    ]  # fmt: skip
