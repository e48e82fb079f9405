"""What the explorer hands to the living market in the query of its address: a scenario and moved levers."""

import math
from dataclasses import replace
from urllib.parse import parse_qsl

from experiments.errors import InputError
from experiments.explorer.kept import kept
from experiments.explorer.levers import settings_of
from experiments.inputs.parameter_list import Value
from experiments.page.draft import Draft
from experiments.page.start import Start, shown

SCENARIO = "scenario"
_MOST_PAIRS = 20


def handed_over(start: Start, query: str | None) -> Draft:
    """The draft a query asks for; that of ``start`` without one. Raises InputError for what no explorer hands over."""
    try:
        pairs = dict(parse_qsl(query or "", strict_parsing=bool(query), max_num_fields=_MOST_PAIRS))
    except ValueError as error:
        raise InputError("The address asks for nothing the page knows; go back to the explorer") from error
    scenario, changed = pairs.pop(SCENARIO, start.scenario), dict[str, Value]()
    if scenario not in {start.scenario, *kept().paths}:
        raise InputError(f"The address asks for the scenario {shown(scenario)}, which the explorer does not have")
    for name, text in pairs.items():
        changed |= settings_of(name, _number(name, text))
    draft = Draft(replace(start, scenario=scenario), changed)
    draft.scenario()
    return draft


def _number(name: str, text: str) -> float:
    """The value of a lever of the explorer. Raises InputError."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if name not in kept().emulator.names or not math.isfinite(value):
        raise InputError(f"The address asks for {shown(name)} at {shown(text)}, which is no lever of the explorer")
    return value
