"""What ``detour list`` and ``detour show`` print: scenarios and parameters."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments.inputs.dated_names import declared_here
from experiments.inputs.parameter_list import ParameterInfo, Value, differences, every_parameter, groups, nearest
from experiments.inputs.scenario_files import ScenarioError, ScenarioFile, load_scenario, shipped_names
from experiments.shown_text import one_line, plain_text

_NUMBERS = ("value", "reference")


def print_everything(console: Console) -> None:
    """Print all shipped scenarios with their questions and all parameters by group."""
    scenarios = _table(("name", "question"), "Scenarios")
    for name in shipped_names():
        scenarios.add_row(name, one_line(load_scenario(name).scenario.question))
    console.print(scenarios)
    for group in groups():
        print_group(console, group)


def print_group(console: Console, group: str) -> None:
    """Print the parameters of one group."""
    table = _table(("name", "value", "unit", "role", "meaning"), f"Parameters: {group}")
    for known in _of_group(group):
        table.add_row(known.name, _text(known.default), known.unit, known.role, known.meaning)
    console.print(table)


def print_named(console: Console, name: str) -> None:
    """Print a scenario, a parameter or a group of parameters. Raises ScenarioError for anything else."""
    if name in every_parameter():
        _print_parameter(console, every_parameter()[name])
    elif name in groups():
        print_group(console, name)
    elif name in shipped_names() or name.endswith(".toml"):
        print_scenario(console, load_scenario(name))
    else:
        hint = nearest(name, [*shipped_names(), *groups(), *every_parameter()]) or "; `detour list` shows all"
        raise ScenarioError(f"{name} is neither a scenario nor a parameter{hint}")


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


def _of_group(group: str) -> list[ParameterInfo]:
    return [known for name, known in every_parameter().items() if name.startswith(f"{group}.")]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_text(value) if isinstance(value, str) else f"{value:.10g}"
