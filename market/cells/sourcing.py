"""Where automakers buy their cells: US plants or imports, by the gap in cost since the origin (R5)."""

import numpy as np

from agents.arrays import Bools, Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_decision import Use
from agents.cells.pack_cost import CostChanges, mean_us_share, us_share
from agents.cells.plant import Lines
from market.base import quarters, tables
from market.base.categories import MAKERS
from market.cells.costs import CellCosts
from market.cells.parameters import Cells

_MATURE_QUARTERS = QUARTERS_PER_YEAR  # a line that has run for a year at the origin shows in the recorded shares


def has_plants(lines: Lines) -> Bools:
    """Whether an automaker has a line for cars that runs or is under way, shape (makers,)."""
    return np.isin(np.arange(len(MAKERS)), lines.maker[lines.stands_for(Use.VEHICLES)])


class Sourcing:
    """US share of automakers' cells: recorded up to the origin, then a logistic in the cost gap.

    An automaker whose first lines for cars begin about the origin or later could not yet show what share it wants; as
    soon as such lines are under construction it is at least the mean of those whose lines ran, weighted by capacity.
    """

    def __init__(self, parameters: Cells, costs: CellCosts, lines: Lines, origin: int) -> None:
        self._parameters = parameters
        self._costs = costs
        self._origin = origin
        table = tables.load("cell_sourcing").pivot(index="year", columns="maker", values="domestic_share")
        self._recorded = table.reindex(columns=list(MAKERS)).fillna(0.0)
        ran = lines.for_cars & (lines.ready <= origin - _MATURE_QUARTERS)
        gwh = np.array([float(lines.gwh_per_year[ran & (lines.maker == each)].sum()) for each in range(len(MAKERS))])
        self._ran = gwh > 0
        at_origin = self._recorded.loc[quarters.year(origin)].to_numpy(np.float64)
        self._at_origin: Floats = at_origin
        self._usual = float((gwh * at_origin).sum() / gwh.sum()) if gwh.sum() > 0 else 0.0

    def wanted_at_origin_costs(self, lines: Lines) -> Floats:
        """US share each automaker wants at the costs of the origin, shape (makers,); ``lines``: as they are now."""
        return np.where(has_plants(lines) & ~self._ran, np.maximum(self._at_origin, self._usual), self._at_origin)

    def asked_share(self, wanted: Floats, quarter: int) -> Floats:
        """US share of its cells each automaker takes that wants so much at the costs of the origin, (makers,)."""
        return us_share(wanted, self._rise(self.changes(quarter)), self._spread)

    def share(self, lines: Lines, quarter: int) -> Floats:
        """US share of its cells each automaker takes if US plants can make them, shape (makers,)."""
        if quarter <= self._origin:
            return self._recorded.loc[quarters.year(quarter)].to_numpy(np.float64)
        return self.asked_share(self.wanted_at_origin_costs(lines), quarter)

    def mean_share(self, wanted: Floats, quarter: int) -> Floats:
        """Mean of these shares over the change of costs since the origin; ``wanted``: at its costs; (makers,)."""
        return mean_us_share(wanted, self._rise(self.changes(quarter)), self._spread)

    def changes(self, quarter: int) -> CostChanges:
        """Costs of nickel cells for cars since the origin; exactly nothing up to it."""
        if quarter <= self._origin:
            return CostChanges(0.0, 0.0, 0.0, 0.0)
        costs, mature, base = self._costs, np.array([self._parameters.last_yield]), self._origin
        own = costs.nickel_cost_usd_per_kwh(mature, quarter) - costs.nickel_cost_usd_per_kwh(mature, base)
        world = costs.vehicle_world_price_usd_per_kwh(quarter)
        rate = costs.tariff(quarter, Use.VEHICLES) - costs.tariff(base, Use.VEHICLES)
        return CostChanges(
            own=float(own[0]),
            world=world - costs.vehicle_world_price_usd_per_kwh(base),
            credit=costs.credit_usd_per_kwh(quarter) - costs.credit_usd_per_kwh(base),
            duty=world * rate,
        )

    @property
    def _spread(self) -> float:
        return self._parameters.sourcing_spread

    def _rise(self, change: CostChanges) -> float:
        if not self._parameters.us_share_moves:
            return 0.0
        return change.own_rise_usd_per_kwh(self._parameters.credit_pass_through)
