"""What reports of runs and of studies share: the page, sections, tables, pictures, limits and how to cite."""

import base64
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from experiments.errors import RunFailedError
from experiments.figures.drawing import FigureFaultError, Figures, finished
from experiments.figures.saving import picture
from experiments.figures.style import FigureError
from experiments.runs.whole_files import reason, write_whole
from experiments.shown_text import html_text, html_verbatim

_LONG = 12  # rows of a table that may be broken between pages
_STYLE = Path(__file__).with_name("report.css")
LIMITS = (
    "Automakers, plants, utilities and charging operators are calibrated archetypes, not forecasts of any company.",
    "Outcomes after 2024 are held out for validation; shares are fitted through the end of observed data only.",
    "Parameters are from literature: docs/calibration.md says which of them data to 2022 identify.",
    "docs/hindcast.md says how far forecasts of past years were off, and where simple rules were nearer.",
)
"""Limits that every report states."""


def page(name: str, question: str, made: str, sections: Sequence[tuple[str, str]]) -> str:
    """The whole page: ``made`` says what it is made from; sections are titles with HTML."""
    above = f"<p>Detour report: {html_text(name)}</p>"
    head = f"<header>{above}<h1>{html_text(question)}</h1><p>{html_text(made)}</p></header>"
    body = "".join(f"<section><h2>{html_text(title)}</h2>{content}</section>" for title, content in sections)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>Detour: {html_text(name)}</title>'
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>{head}{body}</body></html>\n"
    )


def write_page(html: str, path: Path) -> Path:
    """Write a page that appears whole or not at all. Raises RunFailedError."""
    try:
        write_whole(path, html.encode())
    except OSError as error:
        raise RunFailedError(f"{path} cannot be written ({reason(error)}); choose another --out") from error
    return path


def sentence(text: str) -> str:
    """A paragraph of plain text."""
    return f"<p>{html_text(text)}</p>"


def items(lines: Sequence[str]) -> str:
    """A list of sentences."""
    return "<ul>" + "".join(f"<li>{html_text(line)}</li>" for line in lines) + "</ul>"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "numbers") -> str:
    """A table of text; the first column is a heading, the others stand right if they are ``numbers``.

    A heading that begins with a blank belongs to the row above and stands a little to the right.
    """
    top = "".join(f"<th>{html_text(word)}</th>" for word in head)
    body = "".join(f"<tr>{_row_heading(first)}{''.join(map(_cell, cells))}</tr>" for first, *cells in rows)
    div = "wide long" if len(rows) > _LONG else "wide"
    return f'<div class="{div}"><table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _row_heading(text: str) -> str:
    kind = ' class="under"' if text.startswith(" ") else ""
    return f"<th{kind}>{html_text(text)}</th>"


def _cell(text: str) -> str:
    return f"<td>{html_text(text)}</td>"


def pictures(figures: Figures) -> str:
    """Figures inside the page; a sentence in the place of each that cannot be drawn."""
    drawn = []
    for name, make in figures.items():
        try:
            drawn.append(finished(name, make, partial(_picture, name)))
        except (FigureError, FigureFaultError) as error:
            drawn.append(sentence(str(error)))
    return "".join(drawn)


def _picture(name: str, figure: Figure) -> str:
    title = " ".join(figure.texts[0].get_text().split()) if figure.texts else name
    data = base64.b64encode(picture(figure)).decode("ascii")
    return f'<figure id="{html_text(name)}"><img alt="{html_text(title)}" src="data:image/png;base64,{data}"></figure>'


def number(value: float, decimals: int, sign: str = "") -> str:
    """A number as the page writes it: a dash for none, no sign on zero."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:{sign},.{decimals}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0.0 else text


def again(command: str, facts: Sequence[Sequence[str]]) -> str:
    """The command that reproduces a result, and what it was made with."""
    return f"<pre>{html_verbatim(command)}</pre>" + table(["made with", ""], facts, "words")


def cite(version: str, what: str) -> str:
    """How to cite a result of Detour."""
    return (
        "<p>The Detour contributors, <i>Detour: an agent-based market model of the US electric-vehicle and battery "
        f"business</i>, version {html_text(version)}; {html_text(what)}.</p>"
    )
