"""What ``detour list`` and ``detour show`` print: scenarios, parameters, tables and columns of results."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments.commands.entries import Entry, every_entry
from experiments.inputs.dated_names import declared_here
from experiments.inputs.parameter_list import (
    ParameterInfo,
    Value,
    differences,
    every_parameter,
    groups,
    nearest,
    nearest_parameter,
)
from experiments.inputs.scenario_files import ScenarioError, ScenarioFile, load_scenario, shipped_names
from experiments.runs.result_tables import columns_of, result_tables
from experiments.shown_text import one_line, plain_text

_NUMBERS = ("value", "reference")
_TITLES = {"scenario": "Scenarios", "table": "Tables of results", "column": "Columns of tables"}
_HEADINGS = {
    "scenario": ("name", "question"),
    "parameter": ("name", "value", "unit", "role", "meaning"),
    "table": ("name", "rows"),
    "column": ("name", "unit", "meaning"),
}


def print_entries(console: Console, entries: Sequence[Entry]) -> None:
    """Print scenarios with their questions, parameters by group, tables with what a row is, and columns."""
    by_kind: dict[str, list[Entry]] = {}
    for each in entries:
        title = f"Parameters: {each.name.partition('.')[0]}" if each.kind == "parameter" else _TITLES[each.kind]
        by_kind.setdefault(title, []).append(each)
    for title, of_kind in by_kind.items():
        table = _table(_HEADINGS[of_kind[0].kind], title)
        for each in of_kind:
            value = "" if each.value is None else _text(each.value)
            facts = {"value": value, "unit": each.unit, "role": each.role, "meaning": one_line(each.meaning)}
            table.add_row(each.name, *(facts.get(name, facts["meaning"]) for name in _HEADINGS[each.kind][1:]))
        console.print(table)


def as_json(entries: Sequence[Entry]) -> str:
    """The same as a list of objects, in ASCII so that it can be printed anywhere."""
    return json.dumps([asdict(each) for each in entries], indent=1)


def print_named(console: Console, name: str) -> None:
    """Print what has a name: a scenario, a parameter or a group of them, a table or a column; both if two have it.

    Raises ScenarioError if nothing has.
    """
    table, _, column = name.partition(".")
    is_of_tables = table in result_tables() and (not column or column in columns_of(table))
    if name in every_parameter():
        _print_parameter(console, every_parameter()[name])
    elif name in groups():
        of_group = (each for each in every_entry() if each.kind == "parameter" and each.name.startswith(f"{name}."))
        print_entries(console, list(of_group))
    elif name in shipped_names() or name.endswith(".toml"):
        print_scenario(console, load_scenario(name))
    elif not is_of_tables:
        raise ScenarioError(f"{name} is no scenario, parameter, table or column{_hint(name)}")
    if is_of_tables:
        _print_table(console, table, column)


def _hint(name: str) -> str:
    """Names near to one that nothing has."""
    table = name.partition(".")[0]
    tables = result_tables()
    known = [*shipped_names(), *groups(), *every_parameter(), *tables]
    columns = [f"{each}.{column}" for each in tables for column in columns_of(each)]
    where = f"; `detour show {table}` shows what {table} holds" if table in {*tables, *groups()} else ""
    return nearest(name, known + columns) or nearest_parameter(name) or where or "; `detour list` shows all"


def _print_table(console: Console, name: str, column: str) -> None:
    """Print what a row of a table is and its columns, or all that is known of one column."""
    columns = columns_of(name)
    if column:
        table, series = Table(show_header=False, box=None), columns[column]
        rows = result_tables()[name]
        facts = {"column": f"{name}.{column}", "meaning": series.entry, "unit": series.unit, "table": rows}
        for label, text in facts.items():
            table.add_row(label, text)
        console.print(table)
        return
    console.print(f"Table {name}: {result_tables()[name]}", highlight=False)
    table = _table(("name", "unit", "meaning"))
    for each, series in columns.items():
        table.add_row(each, series.unit, series.entry)
    console.print(table)


def print_scenario(console: Console, chosen: ScenarioFile) -> None:
    """Print the question of a scenario and what differs from the reference."""
    console.print(f"{plain_text(chosen.name)}: {one_line(chosen.scenario.question)}", highlight=False)
    changed = differences(chosen.scenario)
    if not changed:
        console.print("Nothing differs from the reference.")
        return
    table = _table(("name", "value", "reference", "unit", "meaning"))
    for name, (value, reference) in changed.items():
        known = declared_here(name)
        table.add_row(name, _text(value), _text(reference), known.unit, known.meaning)
    console.print(table)


def _print_parameter(console: Console, known: ParameterInfo) -> None:
    table = Table(show_header=False, box=None)
    facts = {
        "parameter": known.name, "meaning": known.meaning, "value": _text(known.default), "unit": known.unit,
        "allowed": known.allowed, "role": known.role, "source": known.source,
    }  # fmt: skip
    if known.role == "lever":
        facts["dates"] = f"one value; {known.one_value}" if known.one_value else "may change at dates"
    for label, text in facts.items():
        table.add_row(label, text)
    console.print(table)


def _table(headings: Sequence[str], title: str | None = None) -> Table:
    """An empty table; names are never broken, so that they can be copied."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=heading == "name", justify="right" if heading in _NUMBERS else "left")
    return table


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_text(value) if isinstance(value, str) else f"{value:.10g}"
