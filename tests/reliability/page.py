"""Writes docs/reliability.md from what was tried and kept: ``python -m tests.reliability.page``."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from tests.market.audit.test_mutants import AFTER_2024, BEFORE_2019
from tests.reliability.corners import BOUNDS, CORNERS, alone
from tests.reliability.faults import read as read_faults
from tests.reliability.matrix import FOUND, STUDY
from tests.reliability.mutants import PER_SECTOR, SECTORS, every_mutant
from tests.reliability.mutation import OUTCOMES, read, reasons
from tests.reliability.small_run import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_STRICT = ("buyers", "cells", "conversion", "charging", "trust", "accounts", "power")
_NOT_LOOKED_AT = "no test of the sector tells it"
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
smallest or largest), drawn by a fixed seed and tried against the tests of their sector alone, quick ones first and
without those of runs to 2033: `python -m tests.reliability.mutation SECTOR --size N`. A fault counts as found if a test
of its sector that reaches its line fails or takes four times as long. What came of each stands in `{outcomes}`. Kill
rates are of those that are not equivalent; intervals are Wilson's of 95 %. Aimed at: 85 % in buyers, cells, conversion,
charging, trust, power and accounts, 75 % elsewhere.
"""
_LONG_FAULTS = """## Long faults

Real runs and studies of 500 consumers on the fast graph to 2025, disturbed: `python -m tests.reliability.faults`. A
case holds if the command ends with the exit code it should, says so in one sentence without a traceback, leaves nothing
half-written, and if a study that goes on afterwards ends with the tables of one that nothing disturbed, to the byte.
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
    parts = [
        _OPENING, _ACCOUNTS, _faults(), _BOUNDS, _bounds(), _LONG_FAULTS, _long_faults(),
        _MUTATION.format(outcomes=OUTCOMES.relative_to(PAGE.parents[1])), _kill_rates(), _survivors(), _SAME, _same(),
    ]  # fmt: skip
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


def _long_faults() -> str:
    tried = read_faults()
    rows = [
        (fault, len(cases), sum(each.held for each in cases))
        for fault in dict.fromkeys(each.fault for each in tried)
        for cases in [[each for each in tried if each.fault == fault]]
    ]
    failed = [f"* {each.fault}, {each.case}: {each.said}" for each in tried if not each.held]
    return "\n".join([_table(("fault", "tried", "held"), rows), "What failed:\n", *(failed or ["nothing"]), ""])


def _kill_rates() -> str:
    tried, equivalent, rows = read(), _equivalent(), []
    for sector in SECTORS:
        of_sector = [each for each in tried if each["sector"] == sector]
        found = sum(each["end"] != "lived" for each in of_sector)
        same = sum(each["end"] == "lived" and each["name"] in equivalent for each in of_sector)
        rate = _rate(found, len(of_sector) - same)
        faults = len(every_mutant(sector))
        rows.append((sector, faults, len(of_sector), found, same, *rate, f"{_LEAST[sector in _STRICT]:.0%}"))
    heads = ("sector", "faults there are", "tried", "found", "equivalent", "kill rate", "interval", "aimed at")
    missing = f"The sample asked for is {PER_SECTOR} a sector; the command goes on from what is here.\n"
    return f"{_table(heads, rows)}\n{missing}"


def _equivalent() -> set[str]:
    return {name for name, why in reasons().items() if why.startswith("equivalent")}


def _rate(found: int, tried: int) -> tuple[str, str]:
    if not tried:
        return "not yet tried", ""
    interval = binomtest(found, tried).proportion_ci(method="wilson")
    return f"{found / tried:.0%}", f"{interval.low:.0%} to {interval.high:.0%}"


def _survivors() -> str:
    why = reasons()
    lived = [each for each in read() if each["end"] == "lived"]
    rows = [(each["sector"], f"`{each['name']}`", why.get(each["name"], _NOT_LOOKED_AT)) for each in lived]
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
