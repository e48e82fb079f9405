"""Automakers' own cells, for planning models: needs and the lines that meet them (M13, M15)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats
from agents.cells.line_decision import Use
from agents.cells.plant import Lines
from market.base.categories import MAKERS


@dataclass(frozen=True)
class OwnCells:
    """Cells of every automaker, GWh a year, shape (makers,).

    ``needed``: built into its cars in the last year; ``domestic_share``: of its cells that US plants would make;
    ``capacity``: good cells of its lines for cars; ``converted``: of its lines that converted to storage;
    ``import_premium_usd_per_kwh``: what an imported cell costs it more than one of its own.
    """

    needed: Floats
    domestic_share: Floats
    capacity: Floats
    converted: Floats
    import_premium_usd_per_kwh: Floats

    @classmethod
    def of(
        cls, lines: Lines, needed: Floats, domestic_share: Floats, good_share: float, import_premium: Floats
    ) -> "OwnCells":
        """From the lines; ``good_share``: of what a mature line begins; all others (makers,)."""

        def good_cells(hit: Bools) -> Floats:
            own = [hit & (lines.maker == maker) for maker in range(len(MAKERS))]
            return np.array([float(lines.gwh_per_year[mine].sum()) * good_share for mine in own])

        stand, converted = good_cells(lines.stands_for(Use.VEHICLES)), good_cells(lines.converted)
        return cls(needed, domestic_share, stand, converted, import_premium)
