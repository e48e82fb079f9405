"""Map and charts: components drawn in the browser from plain data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import solara

from experiments.page.charging_map import OUTCOMES, land_data, map_data
from experiments.page.charts import CHARTS, chart_data
from experiments.page.controls import Chooser
from experiments.page.inspector import Chosen
from experiments.page.snapshot import Snapshot

STYLE = Path(__file__).with_name("page.css")


@solara.component_vue("line_chart.vue")
def _LineChart(chart: dict[str, Any]) -> None:
    """One chart."""


@solara.component_vue("charging_map.vue")
def _ChargingMap(land: dict[str, Any], view: dict[str, Any], event_pick: Callable[[dict[str, object]], None]) -> None:
    """The map; ``event_pick`` is told the kind and name of what is clicked."""


@solara.component
def Charts(snapshot: Snapshot, reference: pd.DataFrame) -> None:
    """All charts of a snapshot, the reference as a ghost."""
    solara.HTML(tag="h2", classes=["dt-heading"], unsafe_innerHTML="Charts")
    with solara.Div(classes=["dt-charts"]):
        for name in CHARTS:
            _LineChart(chart=chart_data(name, snapshot, reference)).key(name)


@solara.component
def MapCard(snapshot: Snapshot, chosen: solara.Reactive[Chosen]) -> None:
    """The map with the chooser of its outcome."""
    outcome, set_outcome = solara.use_state("bev_share_new")
    labels = {known.label: name for name, known in OUTCOMES.items()}

    def color_by(label: object) -> None:
        set_outcome(next((name for known, name in labels.items() if known == label), outcome))

    land = solara.use_memo(land_data, [])
    with solara.Div(classes=["dt-card"]):
        solara.HTML(tag="h2", classes=["dt-heading"], unsafe_innerHTML="Map")
        Chooser("Color states and zones by", list(labels), OUTCOMES[outcome].label, color_by)
        _ChargingMap(
            land=land, view=map_data(snapshot, outcome),
            event_pick=lambda what: chosen.set(Chosen.of(what.get("kind"), what.get("name"))),
        )  # fmt: skip
