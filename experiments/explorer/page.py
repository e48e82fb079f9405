"""The page of the explorer as one HTML text that asks nothing of the network, and how it is written to a file."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from experiments.errors import InputError, RunFailedError
from experiments.explorer.indicators import CHARTS, INDICATORS, TILES
from experiments.explorer.kept import Kept, kept
from experiments.explorer.levers import ExplorerLever, dated_text
from experiments.explorer.why import GROUPS, kept_why
from experiments.findings.kept import kept as kept_findings
from experiments.inputs.scenario_files import REFERENCE, load_scenario
from experiments.runs.whole_files import reason, write_whole
from experiments.shown_text import plain_text
from experiments.studies.comparison import CONFIDENCE
from experiments.studies.stop_rule import students_quantile
from market.base import quarters

_SOURCES = Path(__file__).with_name("page")
_SCRIPTS = (
    "elements.js", "numbers.js", "emulator.js", "state.js", "panel.js", "charts.js", "tiles.js", "ranking.js", "why.js",
    "levers.js", "exports.js", "main.js",
)  # fmt: skip
OPENS = {"a": "no-detour", "b": REFERENCE, "quarter": "2030Q4"}
"""What a new page shows: the answer, the world that may not switch beside the one that may."""


def write_explorer(out: Path) -> Path:
    """Write the page to a file, which appears whole or not at all. Raises InputError for a folder, RunFailedError."""
    if out.is_dir():
        raise InputError(f"{out} is a folder; give the file to write, such as {out / 'explorer.html'}")
    try:
        write_whole(out, explorer_html().encode())
    except OSError as error:
        raise RunFailedError(f"{out} cannot be written ({reason(error)}); choose another file") from error
    return out


@cache
def explorer_html(market: str | None = None) -> str:
    """The whole page; ``market``: address of the living market where one is served beside it."""
    script = _script()
    style = _source("explorer.css")
    parts = {
        "policy": f"default-src 'none'; script-src {_hash_of(script)}; style-src {_hash_of(style)}; img-src blob:",
        "style": style,
        "data": _for_script(page_data(kept(), market)),
        "script": script,
    }
    page = _source("explorer.html")
    for name, text in parts.items():
        before, mark, after = page.partition(f"{{{{{name}}}}}")
        if not mark:
            raise ValueError(f"explorer.html has no place for {name}")
        page = f"{before}{text}{after}"
    return page


def page_data(found: Kept, market: str | None = None) -> dict[str, Any]:
    """All that the page's scripts read."""
    findings = kept_findings()
    first, _, more = findings.lead.partition(". ")
    return {
        "version": found.version, "results_version": found.results_version, "code": found.code,
        "streams": found.streams, "student": students_quantile(CONFIDENCE, found.streams - 1),
        "first_year": quarters.FIRST_YEAR, "opens": OPENS, "market": market,
        "finding": f"{first}.", "finding_more": more, "source": findings.source,
        "finding_streams": findings.note.streams,
        "how_sure": findings.note.hindcast.in_short,
        "indicators": [asdict(each) for each in INDICATORS], "charts": [asdict(each) for each in CHARTS],
        "tiles": TILES, "scenarios": [_scenario(name) for name in found.paths],
        "history": found.history, "paths": found.paths,
        "levers": [_lever(each) for each in found.emulator.levers], "dated": dated_text(),
        "emulator": found.emulator.model_dump(include={"runs", "indicators"}), "why": _why(found),
    }  # fmt: skip


def _why(found: Kept) -> dict[str, Any]:
    groups = [{"name": name, "holds": holds} for name, holds in GROUPS.items()]
    why = kept_why().checked(found)
    return {"groups": groups, "shares": why.shares, "parts": why.parts}


def _scenario(name: str) -> dict[str, str]:
    title = name.replace("-", " ").replace("45x", "45X").replace("zev", "ZEV")
    question = plain_text(load_scenario(name).scenario.question)
    return {"name": name, "title": title[:1].upper() + title[1:], "question": question}


def _lever(lever: ExplorerLever) -> dict[str, Any]:
    shown = {"title": lever.title, "unit": lever.unit, "of": lever.of, "step": lever.step, "bounds": lever.bounds}
    return {**asdict(lever), **shown}


def _source(name: str) -> str:
    return (_SOURCES / name).read_text(encoding="utf-8")


def _script() -> str:
    """All scripts in one function, whose names no other script sees."""
    data = 'JSON.parse(document.getElementById("data").textContent)'
    head = f'"use strict";\nconst DATA = {data};\nconst REFERENCE = "{REFERENCE}";\n'
    return f"(() => {{\n{head}{''.join(map(_source, _SCRIPTS))}}})();\n"


def _for_script(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _hash_of(text: str) -> str:
    """How a policy names the one inline element it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
