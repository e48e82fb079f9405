"""Numbers with their units as sentences write them: shares in percent, their differences in points, money with a $."""

import math
from dataclasses import dataclass

_SHOWN_DIGITS = 2  # of an effect
_MOST_DECIMALS = 3
_MOST_OF_SIGN = 6  # decimals, where but the sign matters
_SHARE = "share"


@dataclass(frozen=True)
class Amount:
    """How an outcome of a unit is written: its factor, what stands before and after a level, after a difference."""

    factor: float
    before: str
    after: str
    after_difference: str

    @property
    def unit(self) -> str:
        """The unit of a level by itself, such as $/kWh."""
        return f"{self.before}{self.after}".strip()

    def level(self, value: float, decimals: int) -> str:
        """A value of the outcome, such as 16.1%."""
        return self._written(value, decimals, self.after)

    def difference(self, value: float, decimals: int, *, sign: bool = False) -> str:
        """A difference between two values, such as 0.3 points; with ``sign`` +0.3 points."""
        return self._written(value, decimals, self.after_difference, sign=sign)

    def bare(self, value: float, decimals: int, *, sign: bool = False) -> str:
        """A value without what stands after it, such as $38; with ``sign`` +$38."""
        return self._written(value, decimals, "", sign=sign)

    def bounds(self, low: float, high: float, decimals: int) -> str:
        """An interval of a difference: both ends with their signs, the unit once, at the end."""
        return f"{self.bare(low, decimals, sign=True)} to {self.difference(high, decimals, sign=True)}"

    def decimals(self, *values: float) -> int:
        """Decimals that show two digits of the largest of some values, three at most."""
        size = max(abs(self.factor * value) for value in values)
        if not math.isfinite(size) or size == 0.0:
            return 1
        return min(max(_SHOWN_DIGITS - 1 - math.floor(math.log10(size)), 0), _MOST_DECIMALS)

    def decimals_of_sign(self, value: float) -> int:
        """Fewest decimals with which a value is not written as zero, six at most; none for what is next to nothing."""
        size = abs(self.factor * value)
        return next((each for each in range(_MOST_OF_SIGN + 1) if round(size, each) > 0.0), 0)

    def _written(self, value: float, decimals: int, after: str, *, sign: bool = False) -> str:
        if not math.isfinite(value):
            return "-"
        number = f"{abs(self.factor * value):,.{decimals}f}"
        is_zero = not number.strip("0.,")
        front = "" if is_zero else "-" if value < 0.0 else "+" if sign else ""
        return f"{front}{self.before}{number}{after}"


_KINDS = {
    "thousand 2025 $": Amount(1_000.0, "$", "", ""),
    "2025 $": Amount(1.0, "$", "", ""),
    "2025 $/kWh": Amount(1.0, "$", "/kWh", "/kWh"),
    "million 2025 $/quarter": Amount(1.0, "$", " million a quarter", " million a quarter"),
    "million 2025 $": Amount(1.0, "$", " million", " million"),
    "car": Amount(1e-6, "", " million cars", " million cars"),
    "car/year": Amount(1e-3, "", " thousand cars a year", " thousand cars a year"),
    "car/quarter": Amount(1e-3, "", " thousand cars a quarter", " thousand cars a quarter"),
    "port": Amount(1.0, "", " ports", " ports"),
}


def amount(unit: str) -> Amount:
    """How outcomes of a unit, as tables name it, are written."""
    if unit in _KINDS:
        return _KINDS[unit]
    if unit.startswith(_SHARE):
        return Amount(100.0, "", "%", " points")
    what, _, rate = unit.partition("/")
    after = f" {what} a {rate}" if rate in ("year", "quarter") else f" {unit}"
    return Amount(1.0, "", after, after)
