"""An outcome by region, plant, automaker, state or income: means over runs with their intervals, largest first."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.of_studies.place_names import place_names, shared_by
from experiments.figures.of_studies.study_style import study_caption
from experiments.figures.style import CELL_COLORS, INK, POWERTRAIN_COLORS, bare, canvas, key, styled
from experiments.findings.amounts import Amount, amount
from experiments.findings.finding import listed
from experiments.shown_text import plain_text
from experiments.studies.comparison import CONFIDENCE
from experiments.studies.study_files import StudyManifest

_SHOWN, _NAMED = 20, 2  # places in the figure, in its title
_COLORS = (POWERTRAIN_COLORS["BEV"], CELL_COLORS["storage"], POWERTRAIN_COLORS["PHEV"], INK)
_MARKS = "osD^"
_NUMBERS = ("mean", "low", "high", "tenth", "ninetieth")
_ROW_INCHES, _FRAME_INCHES = 0.27, 2.3
_SPREAD = 0.55  # of a row, which the dots of all scenarios take


def places_ranked(table: pd.DataFrame) -> list[str]:
    """Places by the size of their largest mean, largest first; those that have nothing in any scenario are left out.

    All that have numbers where there is nothing anywhere.
    """
    largest = table.assign(size=table["mean"].abs()).groupby("place", sort=False)["size"].max().dropna()
    some = largest[largest > 0.0]
    largest = largest if some.empty else some
    return [str(place) for place in largest.sort_values(ascending=False, kind="stable").index]


def title_of(table: pd.DataFrame) -> str:
    """What is seen: where the first scenario has most."""
    label, unit = str(table["label"].iloc[0]), str(table["unit"].iloc[0])
    first = table[table["scenario"] == table["scenario"].iloc[0]].set_index("place")["mean"].dropna()
    ranked = [place for place in places_ranked(table) if place in first.index and first[place] != 0.0][:_NAMED]
    if not ranked:
        return f"{label}: none anywhere"
    kind, names = amount(unit), place_names(list(dict.fromkeys(table["place"])))
    most = [
        f"{names[place]} ({kind.level(float(first[place]), kind.decimals(float(first[place])))})" for place in ranked
    ]
    return f"{label}: most in {listed(most)}"


@styled()
def by_place_figure(table: pd.DataFrame, manifest: StudyManifest) -> Figure:
    """A row a place, a dot a scenario; ``table``: rows of ``by_place`` of one outcome."""
    ranked = places_ranked(table)
    scenarios = list(dict.fromkeys(table["scenario"]))[: len(_COLORS)]
    shown, kind = ranked[:_SHOWN], amount(str(table["unit"].iloc[0]))
    places = list(dict.fromkeys(table["place"]))
    names, of_all = place_names(places), ", ".join(filter(None, (shared_by(places), kind.unit)))
    figure = canvas(
        title_of(table),
        f"{of_all}; dot: mean over runs, thick: {CONFIDENCE:.0%} interval of the mean, thin: 80% of runs",
        max(_ROW_INCHES * len(shown) + _FRAME_INCHES, 3.4),
    )
    ax = bare(figure.subplots())
    for number, scenario in enumerate(scenarios):
        rows = table[table["scenario"] == scenario].set_index("place").reindex(shown)
        _draw(ax, rows, number, len(scenarios), kind)
    ax.set_yticks(range(len(shown)), [plain_text(names[place]) for place in shown])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.grid(visible=True, axis="x")
    ax.xaxis.set_major_formatter("{x:,g}")
    if len(scenarios) > 1:
        key(figure, *ax.get_legend_handles_labels())
    hidden = len(ranked) - len(shown)
    more = f" {hidden} more places with less are in the table." if hidden else ""
    study_caption(figure, manifest, f"n = {int(table['runs'].max())} runs a scenario.{more}")
    return figure


def _draw(ax: Axes, rows: pd.DataFrame, number: int, of: int, kind: Amount) -> None:
    places = np.arange(len(rows)) + _SPREAD * ((number + 0.5) / of - 0.5)
    values = {name: kind.factor * rows[name].to_numpy(np.float64) for name in _NUMBERS}
    color = _COLORS[number]
    ax.hlines(places, values["tenth"], values["ninetieth"], color=color, linewidth=0.9)
    ax.hlines(places, values["low"], values["high"], color=color, linewidth=3.0)
    ax.plot(
        values["mean"], places, _MARKS[number], color=color, markersize=5, markeredgecolor="white",
        label=plain_text(str(rows["scenario"].dropna().iloc[0])) if rows["scenario"].notna().any() else None,
    )  # fmt: skip
