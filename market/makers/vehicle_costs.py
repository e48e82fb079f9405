"""How the cost of cars without their pack changes after the observed data: BEVs learn, engines cost more (M12)."""

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.makers.vehicle_cost import learned_cost_kusd, trending_cost_kusd
from market.vehicles.parameters import Makers


class VehicleCosts:
    """Cost without pack since the end of the records, up to which it is inferred from prices.

    ``bevs_sold``: all BEVs sold in the US so far, those before the first quarter among them.
    """

    def __init__(self, makers: Makers, is_bev: Bools, recorded_until: int) -> None:
        self._makers = makers
        self._is_bev = is_bev
        self._until = recorded_until
        self.bevs_sold = makers.bevs_sold_before
        self._sold_at_end_of_records = makers.bevs_sold_before

    def see(self, delivered_cars: Floats, quarter: int) -> None:
        """Count the BEVs delivered in a quarter; ``delivered_cars``: (products,)."""
        self.bevs_sold += float(delivered_cars[self._is_bev].sum())
        if quarter <= self._until:
            self._sold_at_end_of_records = self.bevs_sold

    def change_kusd(self, cost_kusd: Floats, products: Ints, quarter: int) -> Floats:
        """What has come on top of a cost without pack, ``cost_kusd`` of ``products``, k$, same shape."""
        given, years = self._makers, max(0, quarter - self._until) / QUARTERS_PER_YEAR
        engine = trending_cost_kusd(cost_kusd, given.engine_cost_rise, years)
        if given.bev_learning:
            before = self._sold_at_end_of_records
            ratio = self.bevs_sold / before if before > 0.0 else 1.0  # nothing learned before the first BEV
            bev = learned_cost_kusd(cost_kusd, given.bev_learning_part_kusd, ratio, given.bev_learning_rate)
        else:
            bev = trending_cost_kusd(cost_kusd, -given.bev_cost_fall, years)
        return np.where(self._is_bev[products], bev, engine) - cost_kusd
