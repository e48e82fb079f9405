"""An inspection and the page's header as HTML: escaped text in fixed frames."""

import math
from collections.abc import Sequence

import pandas as pd

from agents.calendar import QUARTERS_PER_YEAR
from experiments.display_names import quarter_at
from experiments.page.inspections.inspection_text import Bar, Compared, Fact, Inspection
from experiments.page.snapshot import Snapshot
from experiments.shown_text import html_text

_FOR, _AGAINST = "var(--dt-blue, #0173b2)", "var(--dt-orange, #d55e00)"
_HALF = 50.0  # percent of a bar's track on either side of zero
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 20.0)  # of a power of ten: ends of an axis
_LONGEST_HISTORY = 40  # lines
NUMBERS: tuple[tuple[str, str, float, str], ...] = (
    ("bev_share_new", "BEV share of new sales", 100.0, "{:.1f} %"),
    ("cells_to_vehicles_gwh", "US cells for vehicles, per year", 1.0, "{:,.0f} GWh"),
    ("cells_to_storage_gwh", "US cells for storage, per year", 1.0, "{:,.0f} GWh"),
    ("converted_gwh_cumulative", "capacity converted to storage", 1.0, "{:,.0f} GWh/yr"),
    ("plant_utilisation", "utilization of running lines", 100.0, "{:.0f} %"),
    ("storage_installed_gw", "installed storage", 1.0, "{:,.0f} GW"),
    ("fast_ports", "fast charging ports", 1e-3, "{:,.0f} k"),
)
"""Headline numbers: column of ``national``, words, scale and format."""


def inspection_html(found: Inspection) -> str:
    """One agent."""
    parts = [f"<h3>{html_text(found.title)}</h3><p>{html_text(found.note)}</p>"]
    parts += [_table("Sees", found.sees), _table("Decided", found.decided), _compared(found.compared)]
    parts.append(f"<h4>Why</h4><p>{html_text(found.why)}</p>{_bars(found)}")
    if found.history:
        lines = "".join(f"<li>{html_text(line)}</li>" for line in found.history[:_LONGEST_HISTORY])
        parts.append(f"<h4>History</h4><ul>{lines}</ul>")
    return "".join(parts)


def _table(title: str, facts: Sequence[Fact]) -> str:
    rows = "".join(_row(fact.label, fact.value) for fact in facts)
    return f"<h4>{title}</h4><table>{rows}</table>" if facts else ""


def _row(label: str, *values: str) -> str:
    cells = "".join(f"<td>{html_text(value)}</td>" for value in values)
    return f'<tr><th scope="row">{html_text(label)}</th>{cells}</tr>'


def _compared(compared: Compared | None) -> str:
    if compared is None:
        return ""
    heads = "".join(f'<th scope="col">{html_text(name)}</th>' for name in compared.names)
    rows = "".join(_row(*row) for row in compared.rows)
    return f"<h4>Two cars, in dollars</h4><table><tr><td></td>{heads}</tr>{rows}</table>"


def _bars(found: Inspection) -> str:
    """Bars on an axis with its ends, zero and unit; nothing without bars."""
    if not found.bars:
        return ""
    end = _round_up(max(abs(bar.value) for bar in found.bars))
    low, high = (html_text(word) for word in found.ends)
    drawn = "".join(_bar(bar, end) for bar in found.bars)
    axis = f'<span class="dt-axis"><i>-{end:g}</i><i>0</i><i>{end:g}</i></span>'
    total = f'<p class="dt-total">{html_text(found.total)}</p>' if found.total else ""
    return (
        f'<div class="dt-ends"><span>&larr; {low}</span><span>{high} &rarr;</span></div>{drawn}'
        f'<div class="dt-bar"><small>{html_text(found.bar_unit)}</small>{axis}<b></b></div>{total}'
    )


def _bar(bar: Bar, end: float) -> str:
    width = _HALF * abs(bar.value) / end
    left, color = (_HALF, _FOR) if bar.value >= 0 else (_HALF - width, _AGAINST)
    note = f"<small>{html_text(bar.note)}</small>" if bar.note else ""
    return (
        f'<div class="dt-bar"><span>{html_text(bar.label)}{note}</span><span class="dt-track">'
        f'<i style="left:{left:.1f}%;width:{width:.1f}%;background:{color}"></i></span><b>{bar.value:+,.1f}</b></div>'
    )


def _round_up(longest: float) -> float:
    """End of an axis: a round number that no bar reaches beyond."""
    if longest == 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(longest))
    return next(nice * power for nice in _NICE if nice * power >= longest)


def numbers_html(national: pd.DataFrame) -> str:
    """Headline numbers of the last quarter of ``national``; dashes before the first."""
    cells = []
    for column, words, scale, pattern in NUMBERS:
        value = float(national[column].iloc[-1]) * scale if len(national) else float("nan")
        shown = pattern.format(value) if value == value else "–"  # noqa: PLR0124, RUF001 - not a number; an en dash
        cells.append(f'<div class="dt-number"><b>{shown}</b><small>{words}</small></div>')
    return "".join(cells)


def head_html(snapshot: Snapshot, question: str, status: str) -> str:
    """Quarter, question and what is being run."""
    shown = quarter_at(snapshot.quarter) if snapshot.quarter >= 0 else snapshot.label
    return (
        f'<div class="dt-head"><h1 data-quarter="{snapshot.quarter}">{shown}</h1>'
        f'<span class="dt-question">{html_text(question)}</span>'
        f'<span class="dt-status">{html_text(status)}</span></div>'
    )


def time_html(snapshot: Snapshot, first_year: int) -> str:
    """How far the run is, the end of observed data marked."""
    count = snapshot.last_quarter + 1
    done, origin = 100.0 * (snapshot.quarter + 1) / count, 100.0 * (snapshot.origin + 1) / count
    last_year = first_year + snapshot.last_quarter // QUARTERS_PER_YEAR
    return (
        f'<div class="dt-time"><i style="width:{done:.2f}%"></i><b style="left:{origin:.2f}%"></b>'
        f'<span style="left:2%">{first_year}</span><span style="left:{origin:.2f}%">observed | model</span>'
        f'<span style="left:98%">{last_year}</span></div>'
    )


def checked_html(snapshot: Snapshot) -> str:
    """What the accounts of the run checked so far, in words; folded. Nothing before the first step."""
    if not snapshot.checked:
        return ""
    lines = "".join(f"<li>{html_text(what)}: {count:,}</li>" for what, count in snapshot.checked.items())
    total = f"{sum(snapshot.checked.values()):,}"
    summary = f"<summary>{total} checks of the accounts held</summary>"
    return f'<details class="dt-small dt-checked">{summary}<ul>{lines}</ul></details>'
