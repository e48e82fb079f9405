"""Buttons that make what can be taken away and hand it to the browser."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import solara
import solara.lab

from experiments.page.taking_away.files import Taken, charts_pdf, national_csv, report_html, scenario_toml

_NOTHING: dict[str, Any] = {"number": 0, "name": "", "type": "", "content": ""}


@dataclass(frozen=True)
class _File:
    label: str
    name: str
    type: str
    make: Callable[[Taken], str | bytes]


_FILES = {
    "scenario": _File("Scenario (TOML)", "my-scenario.toml", "application/toml", lambda at: scenario_toml(at.asked)),
    "report": _File("Report (HTML)", "detour-report.html", "text/html", report_html),
    "charts": _File("Charts (PDF)", "detour-charts.pdf", "application/pdf", charts_pdf),
    "numbers": _File("Numbers (CSV)", "detour-national.csv", "text/csv", national_csv),
}
"""What can be taken by the name that a button sends."""


@solara.component_vue("buttons.vue")
def _TakeAway(
    kinds: list[dict[str, str]],
    made: dict[str, Any],
    waits: bool,  # noqa: FBT001 - a prop of the component
    event_take: Callable[[object], None],
) -> None:
    """A button a kind; ``made``, once it is another, is what the browser stores."""


@solara.component
def TakeAway(now: Callable[[], Taken]) -> None:
    """The buttons; ``now`` is asked when one is pressed."""
    asked: solara.Reactive[tuple[int, str]] = solara.use_reactive((0, ""))
    made = solara.use_reactive(_NOTHING)

    def ask(kind: object) -> None:
        if isinstance(kind, str) and kind in _FILES:
            asked.set((asked.value[0] + 1, kind))

    def make() -> None:
        number, kind = asked.value
        if number > 0:
            file = _FILES[kind]
            content = file.make(now())
            coded = base64.b64encode(content.encode() if isinstance(content, str) else content).decode("ascii")
            made.set({"number": number, "name": file.name, "type": file.type, "content": coded})

    making = solara.lab.use_task(make, dependencies=[asked.value], prefer_threaded=True, raise_error=False)
    kinds = [{"kind": kind, "label": file.label} for kind, file in _FILES.items()]
    _TakeAway(kinds=kinds, made=made.value, waits=making.pending, event_take=ask)
