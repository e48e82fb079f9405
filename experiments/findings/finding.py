"""A finding: what one world does to an outcome against another, paired by seed, with its interval, in a sentence."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from experiments.findings.amounts import amount
from experiments.studies.comparison import CONFIDENCE, differences

Direction = Literal["rises", "falls", "no clear change", "no change"]
Pair = tuple[str, str]
"""A world, and the one it is held against."""


@dataclass(frozen=True)
class Finding:
    """An outcome of a world against another.

    ``before``: mean of the other world; ``effect`` with ``low`` and ``high``: mean difference over pairs of equal seed
    and Student's interval of it, NaN for one pair; ``least``, ``most``: bounds that hold 80 % of the pairs; ``when``: a
    year, a quarter, or empty where the label says it.
    """

    world: str
    against: str
    outcome: str
    label: str
    unit: str
    when: str
    pairs: int
    before: float
    effect: float
    low: float
    high: float
    least: float
    most: float

    @property
    def direction(self) -> Direction:
        """What can be said of the sign: an interval that holds zero is no clear change."""
        if self.effect == 0.0 and not self.low < 0.0 < self.high:
            return "no change"
        if self.low > 0.0:
            return "rises"
        return "falls" if self.high < 0.0 else "no clear change"

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.direction in ("rises", "falls")

    @property
    def has_interval(self) -> bool:
        """Whether there are pairs enough for one."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def decimals(self) -> int:
        """Decimals with which effect and interval are written: two digits of the larger, effect or half width.

        More where an end of the interval would else be written as zero, which hides its sign.
        """
        half = 0.5 * (self.high - self.low) if self.has_interval else 0.0
        kind = amount(self.unit)
        return max(kind.decimals(self.effect, half), *(kind.decimals_of_sign(end) for end in (self.low, self.high)))

    @property
    def interval(self) -> str:
        """The interval of the effect with its name."""
        return f"{CONFIDENCE:.0%} interval {amount(self.unit).bounds(self.low, self.high, self.decimals)}"

    @property
    def clause(self) -> str:
        """When, what happens and how sure it is."""
        kind, decimals = amount(self.unit), self.decimals
        when = f"in {self.when} " if self.when else ""
        signed = kind.difference(self.effect, decimals, sign=True)
        if not self.has_interval:
            return f"{when}{signed} in one pair of runs, which has no interval"
        if self.direction == "no change":
            return f"{when}no change"
        if not self.is_clear:
            return f"{when}no clear change, {signed} ({self.interval})"
        before, after = (kind.level(value, decimals) for value in (self.before, self.before + self.effect))
        by = kind.difference(abs(self.effect), decimals)
        return f"{when}{self.direction} by {by} ({self.interval}), from {before} to {after}"

    @property
    def brief(self) -> str:
        """When, effect and interval in figures where the reader knows what the interval is, and both levels."""
        kind, decimals = amount(self.unit), self.decimals
        if self.direction == "no change":
            return f"{self.when} no change"
        signed = kind.difference(self.effect, decimals, sign=True)
        low, high = (kind.bare(end, decimals, sign=True) for end in (self.low, self.high))
        if not self.is_clear:
            return f"{self.when} no clear change, {signed} ({low} to {high})"
        before, after = kind.bare(self.before, decimals), kind.level(self.before + self.effect, decimals)
        return f"{self.when} {signed} ({low} to {high}), from {before} to {after}"

    @property
    def dated(self) -> str:
        """The outcome and when, such as BEV share of new sales, 2035Q4."""
        return f"{self.label}, {self.when}" if self.when else self.label

    @property
    def level(self) -> str:
        """The outcome of the world it is held against, such as 16.1%."""
        kind = amount(self.unit)
        return kind.level(self.before, kind.decimals(self.before) + 1)

    @property
    def signed(self) -> str:
        """The effect with its sign, and its interval where there is one, such as +0.3 points (0.1 to 0.5)."""
        kind, decimals = amount(self.unit), self.decimals
        effect = kind.difference(self.effect, decimals, sign=True)
        if not self.has_interval:
            return effect
        low, high = (kind.bare(end, decimals, sign=True) for end in (self.low, self.high))
        return f"{effect} ({low} to {high})"

    @property
    def sentence(self) -> str:
        """The finding in words, with its full stop."""
        return f"{self.label}: {self.clause}."


def findings_of(
    runs: pd.DataFrame, pairs: Sequence[Pair], columns: Sequence[str], known: Mapping[str, tuple[str, str, str]]
) -> list[Finding]:
    """Findings of each pair of worlds for each column, in this order.

    ``runs``: a row a run with ``scenario``, ``replication`` and the columns; ``known``: unit, label and when of a
    column. Raises InputError where no replication has both sides.
    """
    return [
        Finding(
            world=world, against=against, outcome=column, unit=known[column][0], label=known[column][1],
            when=known[column][2], **_effect(runs, world, against, column),
        )
        for world, against in pairs
        for column in columns
    ]  # fmt: skip


def _effect(runs: pd.DataFrame, world: str, against: str, column: str) -> dict[str, Any]:
    both = [runs[runs["scenario"] == name] for name in (against, world)]
    found = differences(pd.concat(both), [column]).iloc[0]
    other, own = (rows.set_index("replication")[column] for rows in both)
    least, most = own.sub(other).dropna().quantile([0.1, 0.9])
    numbers = {name: float(found[source]) for name, source in _NUMBERS.items()}
    return {"pairs": int(found["replications"]), "least": float(least), "most": float(most), **numbers}


_NUMBERS = {"before": "reference", "effect": "difference", "low": "low", "high": "high"}


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them. Raises IndexError if there are none."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
