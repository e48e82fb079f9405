"""Line decisions: what each owner observes, and decisions one at a time, cheapest conversion first (M14)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_conversion import (
    LAG_AND_OFFLINE_QUARTERS,
    ChangeKind,
    LineKind,
    discount_factors,
    hurdle_with_contract,
)
from agents.cells.line_decision import LineAction, LineSensing, LineStatus, Prospect, Use, change_gain_musd_per_gwh_year
from agents.cells.plant import CellPlant
from agents.random.streams import Purpose, stream_key, uniforms
from market.cells.allocation import SLACK_USE, CellMarket
from market.cells.costs import HORIZON_QUARTERS
from market.cells.lines import JOINT, OPEN_MARKET, SELLERS
from market.conversion.storage_forecast import StorageForecast
from market.makers.forecasts import MakerForecasts
from market.power.sector import PowerSide

DECISION_QUARTERS = (1, 3)
"""Second and fourth quarter of a year, counted from 0."""
_GROWTH_BOUNDS = (0.8, 1.3)  # a year's growth that an owner takes from the last two years: judgment
_CHANGES = (LineAction.START_STORAGE, LineAction.CONVERT, LineAction.CONVERT_BACK)


@dataclass(frozen=True)
class LineChange:
    """A decision that changed a line; cost and the owner's gain from the other use in M$.

    ``sold_by``: place of the seller that left a joint venture; the cost is then the price its partner pays.
    """

    line: int
    action: LineAction
    cost_musd: float
    gain_musd: float
    sold_by: int | None = None


def car_use(expected_gwh: Floats, capacity_gwh: Floats) -> Floats:
    """Share of car capacity sold by seller, the open market's last; a year's cells in GWh (M14).

    ``expected_gwh``: (makers,) wanted from US plants; ``capacity_gwh``: (makers + 1,) good cells. What an automaker's
    own lines cannot make is bought on the open market.
    """
    own, open_market = capacity_gwh[:-1], capacity_gwh[-1]
    left = float(np.maximum(expected_gwh - own, 0.0).sum())
    use = np.where(own > 0, np.minimum(expected_gwh / np.where(own > 0, own, 1.0), 1.0), 0.0)
    return np.append(use, min(left / open_market, 1.0) if open_market > 0 else 0.0)


class LineDecisions:
    """Half-yearly decisions about all lines; what was decided this quarter stands in ``changes``."""

    def __init__(
        self, cells: CellMarket, power: PowerSide, plants: list[CellPlant], seed: int,
        forecasts: MakerForecasts | None = None,
    ) -> None:  # fmt: skip
        self._cells = cells
        self._power = power
        self._plants = plants
        self._seed = seed
        self._forecasts = forecasts
        self._storage_forecast = StorageForecast(power, forecasts.plans) if forecasts is not None else None
        p = cells.parameters
        cost = {
            LineKind.SAME_CELL: p.same_cell_musd,
            LineKind.OTHER_CHEMISTRY: p.other_chemistry_musd,
            LineKind.OTHER_FORMAT: p.other_format_musd,
        }
        self._kinds = [ChangeKind(*LAG_AND_OFFLINE_QUARTERS[kind], cost[kind]) for kind in LineKind]
        self._build = ChangeKind(p.build_quarters, 0, p.new_plant_musd)
        self.changes: list[LineChange] = []
        self._owed_at = (-1, 0)
        self._owed_gwh: Floats = np.zeros(len(SELLERS))

    def decide(self, quarter: int) -> None:
        """Let every line's owner decide in turn; each sees what those before it did (M14)."""
        self.changes = []
        if quarter <= self._cells.origin or quarter % QUARTERS_PER_YEAR not in DECISION_QUARTERS:
            return
        lines = self._cells.lines
        expected = self.expected_car_cells_gwh(quarter)
        draws = ndtri(uniforms(stream_key(self._seed, Purpose.LINE_GAIN, quarter), np.arange(lines.size)))
        cost = np.array([self._kinds[kind].cost_musd_per_gwh_year for kind in lines.kind])
        for line in map(int, np.lexsort((draws, cost))):
            self._decide_line(line, expected, float(draws[line]), quarter)

    def _decide_line(self, line: int, expected: Floats, draw: float, quarter: int) -> None:
        lines = self._cells.lines
        seen = self.sensing(line, expected, draw, quarter)
        action = self._plants[lines.plant[line]].decide(seen)
        if action == LineAction.WAIT:
            return
        if action == LineAction.SELL:
            price = self._partner_price_musd(line, expected, quarter)
            self.changes.append(LineChange(line, action, price, price, int(lines.maker[line])))
            lines.sell(line, OPEN_MARKET, quarter)
            return
        change = self._build if action == LineAction.START else seen.change
        if seen.status == LineStatus.ANNOUNCED and action == LineAction.START_STORAGE:
            change = self._build
        spent = change.cost_musd_per_gwh_year if action in (LineAction.START, *_CHANGES) else 0.0
        lines.change(line, action, quarter, change.lag_quarters, change.offline_quarters)
        size = float(lines.gwh_per_year[line])
        gain = change_gain_musd_per_gwh_year(seen) * seen.noise_factor
        self.changes.append(LineChange(line, action, spent * size, gain * size))

    # What owners expect

    def expected_car_cells_gwh(self, quarter: int) -> Floats:
        """A year's cells for cars wanted from US plants by automaker, (makers,): the last year's with growth (M18).

        Growth is what automakers forecast for their BEVs, or, without forecasts, that of the last two years.
        """
        needed = self._cells.needed
        last = np.sum(needed[-QUARTERS_PER_YEAR:], axis=0)
        if self._forecasts is not None:
            return np.asarray(last * self._forecasts.growth(quarter) * self._cells.domestic_share(quarter))
        before = (
            np.sum(needed[-2 * QUARTERS_PER_YEAR : -QUARTERS_PER_YEAR], axis=0)
            if len(needed) >= 2 * QUARTERS_PER_YEAR
            else last
        )
        growth = float(np.clip(last.sum() / max(float(before.sum()), 1e-9), *_GROWTH_BOUNDS))
        return np.asarray(last * growth * self._cells.domestic_share(quarter))

    def _car_capacity_gwh(self, quarter: int) -> Floats:
        """A year's good cells for cars of lines that will run a year ahead, by seller."""
        lines = self._cells.lines
        there = lines.meant_for(Use.VEHICLES, quarter + QUARTERS_PER_YEAR)
        nameplate = group_sum(lines.gwh_per_year * there, lines.maker, len(SELLERS))
        return np.asarray(nameplate * self._cells.parameters.last_yield)

    def _vehicle_prospect(self, line: int, expected: Floats, quarter: int, seller: int) -> Prospect:
        """What a line promises for cars in the hands of a seller."""
        lines, mature = self._cells.lines, np.full(self._cells.lines.size, self._cells.parameters.last_yield)
        capacity = self._car_capacity_gwh(quarter)
        if not lines.meant_for(Use.VEHICLES, quarter + QUARTERS_PER_YEAR)[line]:
            capacity[seller] += lines.gwh_per_year[line] * self._cells.parameters.last_yield
        use = float(car_use(expected, capacity)[seller])
        margin, _ = self._cells.costs.margins_usd_per_kwh(lines, mature, 0.0, quarter)
        return Prospect(use * self._cells.parameters.last_yield, margin[line] + self._credit(line, quarter))

    def _storage_prospect(self, line: int, lag: int, quarter: int) -> Prospect:
        """A line that comes anew sells what those already there leave of demand; one that is there, its share.

        Owners count on no higher price than that of a balanced market: others will come too.
        """
        cells, lines = self._cells, self._cells.lines
        own = lines.gwh_per_year[line] * cells.parameters.last_yield
        supply = self._power.compliant_supply_gwh(quarter + HORIZON_QUARTERS)
        there = bool(lines.meant_for(Use.STORAGE, quarter + HORIZON_QUARTERS)[line])
        if self._storage_forecast is None:
            coming = np.array([self._power.compliant_demand_gwh(quarter + max(lag, QUARTERS_PER_YEAR), quarter)])
        else:
            coming = self._storage_forecast.compliant_demand_gwh(HORIZON_QUARTERS, quarter)
        use = np.minimum(1.0, coming / supply) if there else np.clip((coming - supply) / own, 0.0, 1.0)
        supply += 0.0 if there else own
        price = self._power.compliant_price_usd_per_kwh(np.minimum(coming, supply), supply, quarter)
        mature = np.array([cells.parameters.last_yield])
        margin = price - float(cells.costs.iron_cost_usd_per_kwh(mature, quarter)[0]) + self._credit(line, quarter)
        if use.size == 1:
            return Prospect(float(use[0]) * cells.parameters.last_yield, margin)
        return Prospect(cells.parameters.last_yield, use * margin)

    def _credit(self, line: int, quarter: int) -> Floats:
        return np.asarray(self._cells.costs.coming_credits_usd_per_kwh(quarter) * self._cells.lines.credited[line])

    def sensing(self, line: int, expected: Floats, draw: float, quarter: int) -> LineSensing:
        """What the owner of a line sees; ``expected``: (makers,) cells for cars; ``draw``: a standard normal."""
        lines, p = self._cells.lines, self._cells.parameters
        change = self._kinds[lines.kind[line]]
        vehicle = self._vehicle_prospect(line, expected, quarter, int(lines.maker[line]))
        storage = self._storage_prospect(line, change.lag_quarters, quarter)
        for_storage = lines.use[line] == Use.STORAGE
        status = LineStatus(lines.status[line])
        waiting = status in (LineStatus.ANNOUNCED, LineStatus.IDLE)
        since = max(int(lines.waiting_since[line]), self._cells.origin)
        return LineSensing(
            status=status,
            use=Use(lines.use[line]),
            own=storage if for_storage else vehicle,
            other=vehicle if for_storage else storage,
            change=change,
            build=self._build,
            quarters_to_start=max(0, int(lines.ready[line]) - quarter) if status == LineStatus.BUILDING else 0,
            quarters_waited=quarter - since if waiting else 0,
            patience_quarters=p.patience_quarters,
            upkeep_usd_per_kwh=p.upkeep_usd_per_kwh,
            hurdle=p.hurdle if for_storage else self._hurdle(quarter),
            discount_rate=p.discount_rate,
            noise_factor=1.0 + p.decision_noise * draw,
            may_change=p.at(quarter).may_convert and not (for_storage and self._is_owed(line, quarter)),
            partner_offers=status == LineStatus.IDLE and self._partner_price_musd(line, expected, quarter) > 0.0,
            may_idle=not self._is_owed(line, quarter) if for_storage else self._stays_slack(line, expected, quarter),
        )

    def _hurdle(self, quarter: int) -> float:
        """Hurdle of a conversion to storage: lower where US storage lines are sold ahead under take-or-pay."""
        p = self._cells.parameters
        certain = (
            p.contract_cover
            * self._power.take_or_pay_share
            * self._power.contracted_share(float(self._owed(quarter).sum()), quarter)
        )
        return hurdle_with_contract(p.hurdle, certain, p.discount_rate, p.sigma) if certain > 0.0 else p.hurdle

    def _partner_price_musd(self, line: int, expected: Floats, quarter: int) -> float:
        """What the partner in a joint venture pays for the automaker's share of a line, M$; nothing if it would not.

        The share of what the line is worth on the open market less its fixed cost: for cars from now on, or for
        storage after the change. Who has idle lines already takes none.
        """
        lines, p = self._cells.lines, self._cells.parameters
        owner = self._plants[lines.plant[line]].owner
        if not p.at(quarter).may_sell_share or lines.maker[line] == OPEN_MARKET or JOINT not in owner:
            return 0.0
        if ((lines.maker == OPEN_MARKET) & (lines.status == LineStatus.IDLE)).any():
            return 0.0
        change = self._kinds[lines.kind[line]]
        cars = self._vehicle_prospect(line, expected, quarter, OPEN_MARKET).worth_musd_per_gwh_year(0, p.discount_rate)
        storage = self._storage_prospect(line, change.lag_quarters, quarter)
        later = storage.worth_musd_per_gwh_year(change.lag_quarters, p.discount_rate)
        best = max(cars, later - p.hurdle * change.cost_musd_per_gwh_year)
        held = p.fixed_cost * float(discount_factors(p.discount_rate, HORIZON_QUARTERS).sum()) / QUARTERS_PER_YEAR
        return float(p.maker_share * max(0.0, best - held) * lines.gwh_per_year[line])

    def _owed(self, quarter: int) -> Floats:
        """Most that each seller owes in a quarter of the coming year, GWh, (sellers,); nothing is signed meanwhile."""
        if self._owed_at != (quarter, self._power.book.signed_count):
            self._owed_at = (quarter, self._power.book.signed_count)
            self._owed_gwh = self._power.book.committed_by_seller(quarter, quarter + QUARTERS_PER_YEAR)
        return self._owed_gwh

    def _is_owed(self, line: int, quarter: int) -> bool:
        """Whether the seller's other storage lines could not make what it has under contract for the coming year."""
        lines = self._cells.lines
        seller = lines.maker[line]
        there = lines.meant_for(Use.STORAGE, quarter + QUARTERS_PER_YEAR) & (lines.maker == seller)
        there[line] = False
        others = float(lines.gwh_per_year[there].sum()) * self._cells.parameters.last_yield / QUARTERS_PER_YEAR
        return bool(self._owed(quarter)[seller] > others)

    def _stays_slack(self, line: int, expected: Floats, quarter: int) -> bool:
        """Whether cars' cells stay slack, for all automakers together, without this line: idle, or closed if it is."""
        lines, good = self._cells.lines, self._cells.parameters.last_yield
        there = lines.meant_for(Use.VEHICLES, quarter + QUARTERS_PER_YEAR)
        if lines.status[line] == LineStatus.IDLE:
            there |= (lines.status == LineStatus.IDLE) & (lines.use == Use.VEHICLES)
        there[line] = False
        return bool(expected.sum() <= SLACK_USE * good * float(lines.gwh_per_year[there].sum()))
