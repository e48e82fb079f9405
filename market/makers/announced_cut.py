"""A fall of BEVs' prices that automakers announce ahead (M3)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AnnouncedCut:
    """``kusd``: the fall, k$; ``comes``, ``known``: quarters in which it comes and in which it is announced."""

    kusd: float
    comes: int
    known: int

    def coming_kusd(self, quarter: int, ahead: int) -> float:
        """Fall within so many quarters that is known in a quarter, k$."""
        return self.kusd if self.known <= quarter < self.comes <= quarter + ahead else 0.0
