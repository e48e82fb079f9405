"""Sentences on studies of factors: which move an outcome most, and between which ends a grid of two takes it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.figures.of_studies.factor_names import factor_name
from experiments.findings.amounts import Amount, amount
from experiments.shown_text import plain_text
from experiments.studies.comparison import CONFIDENCE

_NAMED = 3


def strongest(table: pd.DataFrame, unit: str, label: str) -> str:
    """Which factors move an outcome most.

    ``table``: rows of one outcome as ``experiments.studies.sensitivity.sensitivity`` gives them, the strongest first.
    """
    kind, factors = amount(unit), list(dict.fromkeys(table["factor"]))
    by_factor = dict(iter(table.groupby("factor", sort=False)))
    tell = _one_at_a_time if "difference" in table else _elementary if "mu_star" in table else _variance
    named = "; then ".join(
        f"{_in_a_sentence(factor_name(each))} ({tell(by_factor[each], kind)})" for each in factors[:_NAMED]
    )
    count = "" if len(factors) <= _NAMED else f"of {len(factors)} factors, "
    clear = _clear(table) if "difference" in table and len(factors) > 1 else ""
    return f"{label}: {count}most is moved by {named}.{clear}"


def _one_at_a_time(rows: pd.DataFrame, kind: Amount) -> str:
    places = kind.decimals(*rows["difference"])
    ends = rows.iloc[[0, -1]] if len(rows) > 1 else rows
    told = (f"at {_value(row['value'])} {_apart(row['difference'], kind, places)}" for _, row in ends.iterrows())
    return ", ".join(told)


def _elementary(rows: pd.DataFrame, kind: Amount) -> str:
    """Mean absolute effect over a factor's range, Morris' mu*, with its interval."""
    middle, half = (float(rows[name].iloc[0]) for name in ("mu_star", "half_width"))
    places = kind.decimals(middle)
    return f"{_apart(middle, kind, places).lstrip('+')} over its range, ± {kind.bare(half, places)}"


def _variance(rows: pd.DataFrame, _kind: Amount) -> str:
    """Sobol's total index: the share of variance with interactions."""
    middle, half = (100.0 * float(rows[name].iloc[0]) for name in ("total", "total_half_width"))
    return f"{middle:.0f}% of its variance, ± {half:.0f}"


def _clear(table: pd.DataFrame) -> str:
    """How many factors have an effect whose interval leaves zero out; nothing without intervals."""
    known = table[np.isfinite(table["low"]) & np.isfinite(table["high"])]
    if known.empty:
        return ""
    clear = known.loc[(known["low"] > 0.0) | (known["high"] < 0.0), "factor"].nunique()
    return f" {clear} of {table['factor'].nunique()} move it clearly ({CONFIDENCE:.0%} intervals that leave out zero)."


def over_grid(means: pd.DataFrame, factors: Sequence[str], outcome: str, unit: str, label: str) -> str:
    """Between which ends a grid takes an outcome, and where they are.

    ``means``: a row a cell, with the columns ``factors`` and ``outcome``.
    """
    kind, values = amount(unit), means[outcome].to_numpy(np.float64)
    span = float(values.max() - values.min())
    places = max(kind.decimals(*values), kind.decimals(span) if span > 0.0 else 0)
    if span == 0.0:
        return f"{label}: {kind.level(float(values.max()), places)} in every cell."
    told = [
        f"{kind.level(float(values[place]), places)} where {_where(means.iloc[place], factors)}"
        for place in (int(values.argmin()), int(values.argmax()))
    ]
    return f"{label}: from {told[0]}, to {told[1]}."


def _where(row: pd.Series, factors: Sequence[str]) -> str:
    return " and ".join(f"{_in_a_sentence(factor_name(each))} is {_value(row[each])}" for each in factors)


def _in_a_sentence(name: str) -> str:
    """A name with a small first letter, unless a second capital or a figure follows."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _apart(value: float, kind: Amount, places: int) -> str:
    return kind.difference(float(value), places, sign=True)


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(plain_text(str(value))).lower()
