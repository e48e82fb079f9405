"""An inspection and the page's head as HTML: escaped text in fixed frames."""

from collections.abc import Sequence

import pandas as pd

from experiments.page.inspection_text import Bar, Fact, Inspection
from experiments.page.snapshot import Snapshot
from experiments.shown_text import html_text

_FOR, _AGAINST = "#0173b2", "#d55e00"
_HALF = 50.0  # per cent of a bar's track on either side of nought
_LONGEST_STORY = 40  # lines
NUMBERS: tuple[tuple[str, str, float, str], ...] = (
    ("bev_share_new", "battery cars among new ones", 100.0, "{:.1f} %"),
    ("cells_to_vehicles_gwh", "US cells to cars a year", 1.0, "{:,.0f} GWh"),
    ("cells_to_storage_gwh", "US cells to storage a year", 1.0, "{:,.0f} GWh"),
    ("converted_gwh_cumulative", "lines turned to storage", 1.0, "{:,.0f} GWh/y"),
    ("plant_utilisation", "use of running lines", 100.0, "{:.0f} %"),
    ("storage_installed_gw", "storage on the grid", 1.0, "{:,.0f} GW"),
    ("fast_ports", "fast charging ports", 1e-3, "{:,.0f} k"),
)
"""Headline numbers: column of ``national``, words, scale and how it is written."""


def inspection_html(told: Inspection) -> str:
    """One agent."""
    parts = [f"<h3>{html_text(told.title)}</h3><p>{html_text(told.note)}</p>"]
    parts += [_table("Sees", told.sees), _table("Decided", told.decided)]
    unit = f" <small>({html_text(told.bar_unit)})</small>" if told.bars else ""
    parts.append(f"<h4>Why{unit}</h4><p>{html_text(told.why)}</p>{_bars(told.bars)}")
    if told.story:
        lines = "".join(f"<li>{html_text(line)}</li>" for line in told.story[:_LONGEST_STORY])
        parts.append(f"<h4>So far</h4><ul>{lines}</ul>")
    return "".join(parts)


def _table(title: str, facts: Sequence[Fact]) -> str:
    rows = "".join(f"<tr><td>{html_text(fact.label)}</td><td>{html_text(fact.value)}</td></tr>" for fact in facts)
    return f"<h4>{title}</h4><table>{rows}</table>" if facts else ""


def _bars(bars: Sequence[Bar]) -> str:
    longest = max((abs(bar.value) for bar in bars), default=0.0) or 1.0
    drawn = []
    for bar in bars:
        width = _HALF * abs(bar.value) / longest
        left, color = (_HALF, _FOR) if bar.value >= 0 else (_HALF - width, _AGAINST)
        track = f'<i style="left:{left:.1f}%;width:{width:.1f}%;background:{color}"></i>'
        drawn.append(
            f'<div class="dt-bar"><span>{html_text(bar.label)}</span><span class="dt-track">{track}</span>'
            f"<b>{bar.value:+,.1f}</b></div>"
        )
    return "".join(drawn)


def numbers_html(national: pd.DataFrame) -> str:
    """Headline numbers of the last quarter of ``national``; dashes before the first."""
    cells = []
    for column, words, scale, written in NUMBERS:
        value = float(national[column].iloc[-1]) * scale if len(national) else float("nan")
        shown = written.format(value) if value == value else "–"  # noqa: PLR0124, RUF001 - not a number; an en dash
        cells.append(f'<div class="dt-number"><b>{shown}</b><small>{words}</small></div>')
    return "".join(cells)


def head_html(snapshot: Snapshot, question: str, told: str) -> str:
    """Quarter, question and what is being run."""
    return (
        f'<div class="dt-head"><h1 data-quarter="{snapshot.quarter}">{snapshot.label}</h1>'
        f'<span class="dt-question">{html_text(question)}</span><span class="dt-told">{html_text(told)}</span></div>'
    )


def time_html(snapshot: Snapshot, first_year: int) -> str:
    """How far the run is, the end of the record marked."""
    count = snapshot.last_quarter + 1
    done, origin = 100.0 * (snapshot.quarter + 1) / count, 100.0 * (snapshot.origin + 1) / count
    last_year = first_year + snapshot.last_quarter // 4
    return (
        f'<div class="dt-time"><i style="width:{done:.2f}%"></i><b style="left:{origin:.2f}%"></b>'
        f'<span style="left:2%">{first_year}</span><span style="left:{origin:.2f}%">record | model</span>'
        f'<span style="left:98%">{last_year}</span></div>'
    )
