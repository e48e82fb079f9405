"""Where a run stands in time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """A quarter of a run: ``quarter``, ``origin``, ``recorded_until`` and ``last`` count from 0 for 2017Q1.

    ``seed`` keys the random streams. Observed outcomes are imposed up to the origin, the end of observed data.
    """

    quarter: int
    origin: int
    recorded_until: int
    last: int
    seed: int

    @property
    def is_recorded(self) -> bool:
        """Whether the quarter lies within the observed data."""
        return self.quarter <= self.origin
