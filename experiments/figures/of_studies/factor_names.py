"""Factors of studies in words: what a parameter means, with its unit, in place of ``group.key``."""

import re
import textwrap

from experiments.inputs.parameter_list import every_parameter
from experiments.shown_text import plain_text

_SYMBOL = re.compile(r"^(?:(?:[A-Za-z]\d?|[A-Za-z]+_\w+|rho|psi|phi|nu|theta), |g of )")
_ASIDE = re.compile(r" \([^)]*\)|;.*$|(?<=, multiplier) .*|, (?:at most .*|as .*|for .*|by which .*)$")
_UNITLESS = ("1", "share", "yes or no", "name", "quarter", "log")
_LINE, _LINES = 40, 2  # characters of a line of a label, and its lines


def factor_name(factor: str) -> str:
    """A factor in words and its unit; a step of a lever with its date, a group or a factor of another model as it is.

    ``"storage.other_capex"`` is "Project cost excluding cells in 2025, $/kWh".
    """
    parameter, _, date = factor.partition("@")
    known = every_parameter().get(parameter)
    if known is None:
        return str(plain_text(factor))
    words = _ASIDE.sub("", _SYMBOL.sub("", known.meaning))
    name = words[:1].upper() + words[1:]
    if date.endswith(".known"):
        return f"{name}: quarter in which {date.removesuffix('.known')} is known"
    dated = f"{name} from {date} on" if date else name
    return dated if known.unit in _UNITLESS else f"{dated}, {known.unit}"


def factor_label(factor: str) -> str:
    """The same in at most two short lines, for an axis."""
    return "\n".join(textwrap.wrap(factor_name(factor), _LINE, max_lines=_LINES, placeholder=" ..."))
