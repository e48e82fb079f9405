"""Everything that can be looked up by name: scenarios, parameters, tables of results and their columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from experiments.inputs.parameter_list import Value, every_parameter
from experiments.inputs.scenario_files import load_scenario, shipped_names
from experiments.runs.result_tables import columns_of, result_tables

Kind = Literal["scenario", "parameter", "table", "column"]


@dataclass(frozen=True)
class Entry:
    """One thing with a name; None where a fact does not exist for its kind.

    ``value``: default of a parameter, ``bounds``: its lowest and highest value; ``meaning``: of a scenario its
    question, of a table what a row is.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str | None = None
    value: Value | None = None
    bounds: tuple[float, float] | None = None
    role: str | None = None
    source: str | None = None

    @property
    def words(self) -> str:
        """What a search looks through."""
        return _plain(f"{self.name} {self.meaning}")


def every_entry() -> list[Entry]:
    """Scenarios, parameters and tables, each table followed by its columns, in the order of their declaration."""
    found = [Entry(name, "scenario", load_scenario(name).scenario.question) for name in shipped_names()]
    for name, known in every_parameter().items():
        bounds = None if known.low is None or known.high is None else (known.low, known.high)
        found.append(
            Entry(name, "parameter", known.meaning, known.unit, known.default, bounds, known.role, known.source)
        )
    for table, rows in result_tables().items():
        columns = columns_of(table)
        found.append(Entry(table, "table", rows))
        found.extend(Entry(f"{table}.{name}", "column", series.entry, series.unit) for name, series in columns.items())
    return found


def selected(entries: Sequence[Entry], search: str | None, *, levers: bool) -> list[Entry]:
    """Those with every word of ``search`` in name or meaning, and of parameters only the levers if so asked."""
    words = [_plain(word) for word in (search or "").split()]
    return [
        each for each in entries if (not levers or each.role == "lever") and all(word in each.words for word in words)
    ]


def _plain(text: str) -> str:
    """Text in small letters with blanks for what parts the words of a name."""
    return re.sub(r"[-_.\s]+", " ", text.lower())
