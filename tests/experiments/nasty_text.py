"""One string that every door must show as text, what is left of it on the other side, and doors that take it."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from experiments.inputs.parameter_list import Value
from experiments.runs.streams import OF_STREAMS
from tests.experiments import toy_model
from tests.experiments.study_makers import HereEngine

NASTY = (
    "$5 to $10 a kWh, 5$? [/policy] [bold]b[/bold] :smile: <script>alert(1)</script> {{ 7*7 }} ${7*7} & \x1b[31m \x07"
    "\r\u202e e\u0301 \U0001f50b \"q\" 's' 100% %s \\ `c` _i_ *b*\n-->"
)
"""Markup of Rich, matplotlib, HTML, Vue, Markdown and C; ESC, BEL, return, right-to-left, a combining mark, emoji."""
NAME = NASTY.replace("/", "|").replace("\U0001f50b", "")
"""The same as the name of a file or a folder."""
SHOWN = (
    "$5 to $10 a kWh, 5$?", "[bold]b[/bold] :smile:", "alert(1)", "{{ 7*7 }} ${7*7} &", "\\x1b[31m \\x07", "\\u202e",
    "e\u0301", "\"q\" 's' 100% %s \\",
)  # fmt: skip
"""Parts that stand in a line of text as they were written, or with what acts unseen written out."""
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def acting(text: str) -> set[str]:
    """Characters of a text that would do something unseen; a line break may stand."""
    return {char for char in text if char != "\n" and unicodedata.category(char) in _UNSEEN}


def unfolded(text: str) -> str:
    """What a terminal folded, in one line."""
    return " ".join(text.split())


def missing(text: str) -> list[str]:
    """Parts of the nasty string that a text should show and does not."""
    return [part for part in SHOWN if part not in unfolded(text).replace("[|bold]", "[/bold]")]


def written_file(path: Path, more: str = "") -> Path:
    """A scenario or design file with the nasty question."""
    path.write_text(f"question = {json.dumps(NASTY, ensure_ascii=False)}\n{more}", encoding="utf-8")
    return path


def toy_content(_scenario: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """The toy model knows every scenario."""
    return {**{name: known.default for name, known in toy_model.PARAMETERS.items()}, **OF_STREAMS, **values}


TOY = replace(
    toy_model.TOY,
    declared={**toy_model.PARAMETERS, **{name: toy_model.declared(name, default=False) for name in OF_STREAMS}},
    content=toy_content,
)
"""The toy model with scenarios of any name, which ``detour compare`` can run too."""


@contextmanager
def engine_here(*_where: object, **_options: object) -> Iterator[HereEngine]:
    """In the place of the command's engines: runs are made in this process."""
    yield HereEngine()
