"""Writes docs/reliability.md from what was tried and kept: ``python -m tests.reliability.page``."""

import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from tests.market.audit.test_mutants import AFTER_2024, BEFORE_2019
from tests.reliability.corners import BOUNDS, CORNERS, alone
from tests.reliability.matrix import FOUND, STUDY
from tests.reliability.mutants import PER_SECTOR, SECTORS, every_mutant
from tests.reliability.mutation import read
from tests.reliability.small_run import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
REASONS = Path(__file__).with_name("survivors.toml")
"""Why a fault that lived does so, by its name."""
_STRICT = ("buyers", "cells", "conversion", "charging", "trust", "accounts", "power")
_LEAST = {True: 0.85, False: 0.75}
_OPENING = """# Reliability

What was tried against Detour, and how much of it held. Written by `python -m tests.reliability.page` from what the
commands below left in `tests/reliability`; do not edit it by hand.
"""
_ACCOUNTS = """## Accounts that can disagree

A payment posts both its sides, so that the sum of a ledger cannot find a wrong amount. `market/audit` reckons every
account of every quarter once more from quantities, prices, dates and law, by other code than
posted it ([section 7.18](odd.md)), and a run stops at the first difference. Each of these faults, planted into the
running code by `tests/market/audit/test_mutants.py`, dies by a run's own accounts; the breach names both sides, the
quarter and the agent.
"""
_BOUNDS = """## Bounds that hold

Each parameter at each of its ends alone, and all of them at random ends together, on the fast graph with 2,000
consumers to 2030; any warning of NumPy counts as a failure. `uv run pytest -m long tests/reliability`
runs a fixed sample, `python -m tests.reliability.corners ends` and `corners` all of them; both go on where they
stopped. A run that fails names the parameters it had changed and the likely one.
"""
_MUTATION = """## Tests that kill

Small faults in the source of `agents` and `market` (another operator or bound, a changed constant, the opposite of a
smallest or largest), drawn by a fixed seed and tried against the tests of their sector alone, without those of
runs to 2033: `python -m tests.reliability.mutation SECTOR --size N`. A larger sample begins with the smaller one.
Intervals are exact ones of 95 %. Aimed at: 85 % in buyers, cells, conversion, charging, trust, power and accounts, 75
% elsewhere.
"""


_SAME = """## The same everywhere

The same small runs (to 2026Q1, seed 1, all tables) and the same study in other surroundings, each in processes of its
own: `python -m tests.reliability.matrix`. A difference is the largest of any column, over the column's largest value.
Where only the last bit of an exponential or a sum differs, drawn runs stay within 1e-11; a mean-field run repeats until
changes are small, and so may end 1e-8 away ([why](reproducibility.md)). From 3.12 on Python adds floats with the
rest that rounding leaves, which is the last bit of some sums.
"""


def page() -> str:
    """The page."""
    parts = [_OPENING, _ACCOUNTS, _faults(), _BOUNDS, _bounds(), _MUTATION, _kill_rates(), _survivors(), _SAME, _same()]
    return "\n".join(parts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def _faults() -> str:
    planted = [*BEFORE_2019, *AFTER_2024]
    return f"{len(planted)} faults: {'; '.join(mutant.fault for mutant, _ in planted)}.\n"


def _bounds() -> str:
    outcomes = [json.loads(line) for line in BOUNDS.read_text(encoding="utf-8").splitlines()]
    ends = Counter((each["name"].startswith("corner "), each["end"]) for each in outcomes)
    rows = [
        (what, there, sum(ends[corners, end] for end in ("ran", "refused", "failed")), ends[corners, "ran"],
         ends[corners, "refused"], ends[corners, "failed"])
        for what, corners, there in (("ends", False, len(list(alone()))), ("corners", True, CORNERS))
    ]  # fmt: skip
    counts = _table(("what", "there are", "tried", "ran", "refused at the door", "failed"), rows)
    failed = [f"* {each['name']}: {each['said']}" for each in outcomes if each["end"] == "failed"]
    return "\n".join([counts, "What failed:\n", *(failed or ["nothing"]), ""])


def _kill_rates() -> str:
    tried, rows = read(), []
    for sector in SECTORS:
        ends = [each["end"] for each in tried if each["sector"] == sector]
        rows.append((sector, len(every_mutant(sector)), *_rate(ends), f"{_LEAST[sector in _STRICT]:.0%}"))
    heads = ("sector", "faults there are", "tried", "found", "kill rate", "interval", "aimed at")
    missing = f"The sample asked for is {PER_SECTOR} a sector; the command goes on from what is here.\n"
    return f"{_table(heads, rows)}\n{missing}"


def _rate(ends: Sequence[str]) -> tuple[str, ...]:
    found = sum(end != "lived" for end in ends)
    if not ends:
        return "0", "0", "not yet tried", ""
    interval = binomtest(found, len(ends)).proportion_ci()
    return str(len(ends)), str(found), f"{found / len(ends):.0%}", f"{interval.low:.0%} to {interval.high:.0%}"


def _survivors() -> str:
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    lived = [each for each in read() if each["end"] == "lived"]
    rows = [(each["sector"], f"`{each['name']}`", reasons.get(each["name"], "not yet looked at")) for each in lived]
    return "### What lived\n\n" + _table(("sector", "fault", "why"), rows)


def _same() -> str:
    found = [json.loads(line) for line in FOUND.read_text(encoding="utf-8").splitlines()]
    told = {(each["surrounding"], each["kind"]): _told(each) for each in found}
    places = dict.fromkeys(each["surrounding"] for each in found if each["kind"] in KINDS)
    runs = _table(("surrounding", *KINDS), [(place, *(told[place, kind] for kind in KINDS)) for place in places])
    engines = [(each["surrounding"], _told(each)) for each in found if each["kind"] == STUDY]
    return f"{runs}\n{_table((STUDY, 'tables'), engines)}"


def _told(each: dict[str, Any]) -> str:
    if each["said"]:
        return f"does not run: {each['said']}"
    return "same bits" if each["same"] else f"{each['difference']:.0e} apart"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
