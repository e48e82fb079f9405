"""What automakers observe when they plan models: demand, offers, margins, credits, own cells (M15, M18)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats
from market.cells.own_cells import OwnCells
from market.vehicles.products import Offers


@dataclass(frozen=True)
class MakersQuarter:
    """A quarter as it is shown to automakers; arrays have shape (products,).

    ``demand_cars``: cars wanted; ``credit_kusd``: mean credits on BEVs now and ``coming_credit_kusd`` a year on, as
    the law has them; ``margin_kusd``: markup of each product over its cost, with what rules make a sale worth;
    ``models_added``: by programs, among those on offer; ``cells``: None in a run without a power side.
    """

    quarter: int
    demand_cars: Floats
    offers: Offers
    models_added: Floats
    margin_kusd: Floats
    credit_kusd: Floats
    coming_credit_kusd: Floats
    cells: OwnCells | None

    def lost_kusd(self, gasoline: Bools) -> float:
        """Markup lost on a maker's own ``gasoline`` cars, (products,), by a buyer won: their share at their markup."""
        own = float(self.demand_cars[gasoline].sum())
        if own <= 0.0:
            return 0.0
        earned = float((self.demand_cars[gasoline] * self.margin_kusd[gasoline]).sum())
        return own / float(self.demand_cars.sum()) * earned / own

    def imported_pack_kusd(self, maker: int, product: int) -> float:
        """What a pack of a product costs its automaker more with imported cells than with its own, k$."""
        if self.cells is None:
            return 0.0
        return float(self.cells.import_premium_usd_per_kwh[maker]) * float(self.offers.pack_kwh[product]) / 1e3


def missing_share(cells: OwnCells, maker: int, expected_cars: float, sold_cars: float, new_gwh: float) -> float:
    """Share of a new model's cells, 0 to 1, that an automaker lacks because its lines converted to storage (M15).

    ``expected_cars``: BEVs a year it expects, ``sold_cars``: BEVs of the last year, above 0; ``new_gwh``: cells of the
    new model from US plants, GWh a year, above 0.
    """
    before = float(cells.needed[maker]) * expected_cars / sold_cars * float(cells.domestic_share[maker])
    need = before + new_gwh
    capacity, converted = float(cells.capacity[maker]), float(cells.converted[maker])
    short = max(0.0, need - capacity) - max(0.0, need - capacity - converted)
    return min(1.0, short / new_gwh)


def mean_credit_kusd(credit_kusd: Floats, is_bev: Bools) -> Floats:
    """Mean of credits, (zones or 1, incomes, products), over places and incomes; 0 but for BEVs, (products,)."""
    return np.asarray(credit_kusd.mean(axis=(0, 1)) * is_bev)
