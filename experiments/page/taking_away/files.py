"""What can be taken away from the living market: the scenario as a file, a report, a sheet of charts, the numbers."""

import base64
import json
import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from experiments.display_names import quarter_at
from experiments.figures.formats import PDF
from experiments.figures.saving import picture
from experiments.figures.style import MUTED, bare, styled
from experiments.inputs.dated_names import nested
from experiments.inputs.parameter_list import differences
from experiments.page.charts import CHARTS, Chart, Line
from experiments.page.page_html import NUMBERS
from experiments.page.snapshot import Snapshot
from experiments.page.start import written
from experiments.reports.frame import LIMITS, again, cite, items, page, sentence, table
from experiments.shown_text import html_verbatim
from market.base import quarters
from market.scenario import Scenario

_SHEET_INCHES, _ACROSS = (14.0, 7.6), 4
_LIGHT_COLOR = re.compile("#[0-9a-f]{6}")  # the one a light page has
_EVERY_YEARS = 3  # columns of the report's table
_ONE_RUN = "One run on the page's fast graph, with few consumers: for results to quote, use `detour run`."


@dataclass(frozen=True)
class Taken:
    """A run as it stands when it is taken away; ``reference``: rows of ``national`` of the reference, may be empty.

    ``asked``: the scenario with its levers as they stand on the page, which the run may not have yet.
    """

    scenario: Scenario
    seed: int
    snapshot: Snapshot
    reference: pd.DataFrame
    asked: Scenario


def scenario_toml(scenario: Scenario) -> str:
    """A file that `detour run` takes, with all that differs from the reference and each date of a lever."""
    told = {name: value for name, (value, _) in differences(scenario).items()}
    parts = [f"question = {json.dumps(scenario.question)}\n"]
    for group, values in nested(told).items():
        lines = "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
        parts.append(f"[{group}]\n{lines}")
    return "\n".join(parts)


def _toml(value: Any) -> str:
    """A value, or the steps of a lever, as a file has it."""
    if isinstance(value, list):
        steps = ("{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in step.items()) + " }" for step in value)
        return f"[{', '.join(steps)}]"
    return json.dumps(value) if isinstance(value, str) else written(value)


def charts_pdf(taken: Taken) -> bytes:
    """All charts on one sheet."""
    return picture(_sheet(taken), PDF)


def national_csv(taken: Taken) -> str:
    """The table ``national`` so far."""
    return taken.snapshot.national.to_csv(index=False)


def report_html(taken: Taken) -> str:
    """A page that stands by itself: numbers, charts, what differs, how to make the run again."""
    snapshot, scenario = taken.snapshot, taken.scenario
    drawn = base64.b64encode(picture(_sheet(taken))).decode("ascii")
    until = quarter_at(snapshot.quarter) if snapshot.quarter >= 0 else "no quarter yet"
    made = f"{scenario.run.consumers:,} drawn consumers, seed {taken.seed}, to {until}"
    differs = [[name, str(value), str(usual)] for name, (value, usual) in differences(scenario).items()]
    command = f"detour run my-scenario.toml --seed {taken.seed}"
    saved = f"{sentence('Save this as my-scenario.toml.')}<pre>{html_verbatim(scenario_toml(scenario))}</pre>"
    sections = [
        ("Headline numbers", _numbers(snapshot.national)),
        ("Charts", f'<figure><img alt="Eight charts" src="data:image/png;base64,{drawn}"></figure>'),
        ("What differs from the reference", table(["parameter", "here", "reference"], differs, "words")),
        ("Limits", items([*LIMITS, _ONE_RUN])),
        ("How to reproduce it", saved + again(command, [])),
        ("How to cite", cite(version("battery-detour"), f"living market, {made}")),
    ]  # fmt: skip
    return page("living market", scenario.question, made, sections)


def _numbers(national: pd.DataFrame) -> str:
    """Headline numbers in the last quarters of some years and in the last one."""
    if not len(national):
        return sentence("No quarter has been run yet.")
    every = QUARTERS_PER_YEAR * _EVERY_YEARS
    shown = [*range(QUARTERS_PER_YEAR - 1, len(national) - 1, every), len(national) - 1]
    rows = [
        [words, *(pattern.format(float(national[column].iloc[place]) * scale) for place in shown)]
        for column, words, scale, pattern in NUMBERS
    ]
    return table(["", *(quarter_at(place) for place in shown)], rows)


@styled()
def _sheet(taken: Taken) -> Figure:
    figure = Figure(figsize=_SHEET_INCHES, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, _ACROSS)
    for ax, chart in zip(axes.flat, CHARTS.values(), strict=True):
        _panel(bare(ax), chart, taken)
    figure.suptitle(f"{taken.scenario.question}  (seed {taken.seed}; dashed: reference)", parse_math=False)
    return figure


def _panel(ax: Axes, chart: Chart, taken: Taken) -> None:
    shown = [(line, _values(taken.snapshot.national, line)) for line in chart.lines]
    years = quarters.FIRST_YEAR + np.arange(taken.snapshot.last_quarter + 1) / QUARTERS_PER_YEAR
    if chart.stacked:
        ax.stackplot(
            years[: len(taken.snapshot.national)], [values for _, values in shown],
            labels=[line.name for line, _ in shown], colors=[_color(line) for line, _ in shown],
        )  # fmt: skip
    for line, values in [] if chart.stacked else shown:
        ax.plot(years[: len(values)], values, "." if line.dots else "-", color=_color(line), label=line.name)
        usual = _values(taken.reference, line)
        if not line.dots and len(usual):
            ax.plot(years[: len(usual)], usual, color=MUTED, linestyle="--", linewidth=0.9)
    ax.axvline(years[taken.snapshot.origin] + 1 / QUARTERS_PER_YEAR, color=MUTED, linewidth=0.8, linestyle=":")
    ax.set_xlim(years[0], years[-1])
    ax.set_ylim(bottom=0.0)
    ax.set_title(f"{chart.title}, {chart.unit}", loc="left", size="medium", parse_math=False)
    ax.legend(loc="upper left", fontsize="small", frameon=False)


def _values(national: pd.DataFrame, line: Line) -> Floats:
    return national[line.column].to_numpy(np.float64) * line.scale


def _color(line: Line) -> str:
    found = _LIGHT_COLOR.search(line.color)
    assert found is not None  # noqa: S101 - every line of a chart has one
    return found[0]
