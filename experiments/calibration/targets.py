"""What statistics are held against: one table of values, what is uncertain about them, and where they are from."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

_TABLE = "calibration/targets.csv"


@dataclass(frozen=True)
class Target:
    """A statistic's target.

    ``target_sd``: of the figure itself; ``discrepancy_sd``: how far a good model may miss it, a judgment; ``to``: the
    last time the figure tells of. The weight of a target is 1 / (target_sd^2 + discrepancy_sd^2).
    """

    statistic: str
    target: float
    target_sd: float
    discrepancy_sd: float
    to: str
    source: str

    @property
    def variance(self) -> float:
        """Of the difference between record and a good model."""
        return self.target_sd**2 + self.discrepancy_sd**2


@cache
def targets() -> tuple[Target, ...]:
    """All targets, in the order of the table."""
    with (files("experiments") / _TABLE).open(encoding="utf-8") as source:
        rows = pd.read_csv(source).to_dict("records")
    return tuple(Target(**{str(name): value for name, value in row.items()}) for row in rows)
