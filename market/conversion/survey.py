"""What the owners of all lines see in a quarter and what every action is worth to them (M14)."""

from dataclasses import dataclass, replace

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.cells.line_conversion import ChangeKind, LineKind
from agents.cells.line_decision import LineAction, LineSensing, LineStatus, Prospect, Use
from agents.cells.line_values import LineFacts, Way, line_values
from agents.cells.plant import SHRUNK
from agents.cells.waiting_value import WaitingTable, WaitingTerms, waiting_table
from market.cells.allocation import CellMarket
from market.cells.costs import HORIZON_QUARTERS
from market.cells.lines import OPEN_MARKET
from market.cells.parameters import Cells
from market.conversion.change_costs import cost_factors, median_kinds
from market.conversion.prospects import LineProspects, UseProspects


@dataclass(frozen=True)
class Bounds:
    """What holds lines back in a quarter, (lines,): what each may do, and the part of waiting that contracts calm.

    ``may_sell_as_is``, ``may_sell``: as they are to storage, to the partner.
    """

    may_change: Bools
    may_idle: Bools
    may_sell_as_is: Bools
    may_sell: Bools
    calm: Floats


@dataclass(frozen=True)
class Survey:
    """All lines as their owners see them; ``values``: (lines, actions), M$ per GWh/year.

    ``price``: of a line that a partner takes over, (lines,), M$ per GWh/year, as ``values``.
    """

    values: Floats
    own: UseProspects
    other: UseProspects
    cost: Floats
    bounds: Bounds

    @property
    def best_gain(self) -> Floats:
        """What the best action is worth more than leaving a line as it is, (lines,)."""
        return np.asarray(self.values.max(axis=1) - self.values[:, LineAction.WAIT])


class LineSurveys:
    """Makes surveys: costs of change by line, the table of waiting, and values from prospects."""

    def __init__(self, cells: CellMarket, prospects: LineProspects, seed: int) -> None:
        p = cells.parameters
        self._cells = cells
        self._prospects = prospects
        self._kinds = median_kinds(p)
        self._build = ChangeKind(p.build_quarters, 0, p.new_plant_musd)
        of_kind = np.array([kind.cost_musd_per_gwh_year for kind in self._kinds])
        factors = cost_factors(cells.lines, p.cost_spread, seed)
        self.cost_musd_per_gwh_year: Floats = of_kind[cells.lines.kind] * factors
        self.as_is_musd_per_gwh_year: Floats = of_kind[LineKind.SAME_CELL] * factors
        self._terms = waiting_terms(p)
        self._table: tuple[int, WaitingTable | None] = (0, None)

    def build_kind(self) -> ChangeKind:
        """Time and cost of building a line."""
        return self._build

    def change_kind(self, line: int, action: LineAction = LineAction.CONVERT) -> ChangeKind:
        """Time and cost of converting a line."""
        if action == LineAction.SELL_AS_IS:
            kind, cost = LineKind.SAME_CELL, self.as_is_musd_per_gwh_year[line]
        else:
            kind, cost = LineKind(self._cells.lines.kind[line]), self.cost_musd_per_gwh_year[line]
        return replace(self._kinds[kind], cost_musd_per_gwh_year=float(cost))

    def survey(self, expected_gwh: Floats, noise: Floats, bounds: Bounds, quarter: int) -> Survey:
        """All lines in a quarter; ``expected_gwh``: car cells, (makers,) or (years, makers); ``noise``: (lines,)."""
        lines = self._cells.lines
        every = np.arange(lines.size)
        iron = self._prospects.for_storage(every, quarter)
        facts, own, other = self._facts(every, lines.maker, expected_gwh, iron, noise, bounds, quarter)
        values = self._values(facts, quarter)
        self._add_sales(values, expected_gwh, iron, noise, bounds, quarter)
        return Survey(values, own, other, self.cost_musd_per_gwh_year, bounds)

    def _add_sales(
        self, values: Floats, expected: Floats, iron: UseProspects, noise: Floats, bounds: Bounds, quarter: int
    ) -> None:
        """Value of selling to the partner: half of what both gain, where a sale costs less than that."""
        offered = np.flatnonzero(bounds.may_sell)
        if offered.size == 0:
            return
        sellers = np.full(offered.size, OPEN_MARKET)
        facts, _, _ = self._facts(offered, sellers, expected, _of_lines(iron, offered), noise, bounds, quarter)
        partner = self._values(facts, quarter).max(axis=1) - self._cells.parameters.sale_cost_musd
        own = values[offered].max(axis=1)
        values[offered, LineAction.SELL] = np.where(partner > own, 0.5 * (partner + own), -np.inf)

    def _values(self, facts: LineFacts, quarter: int) -> Floats:
        first, table = self._waiting_table(quarter)
        return line_values(facts, self._terms, table, quarter - first)

    def _waiting_table(self, quarter: int) -> tuple[int, WaitingTable | None]:
        """The table of waiting and its first quarter; made anew only where another credit is expected than it holds."""
        if self._terms.volatility == 0.0:
            return quarter, None
        coming = self._cells.costs.coming_credits_usd_per_kwh(quarter)
        first, table = self._table
        if table is not None:
            held = table.credit_usd_per_kwh
            at = np.minimum(quarter - first + np.arange(coming.size), held.size - 1)
            if np.array_equal(held[at], coming):
                return self._table[0], table
        self._table = (quarter, waiting_table(self._terms, tuple(coming.tolist())))
        return self._table

    def _facts(
        self, which: Ints, sellers: Ints, expected: Floats, iron: UseProspects, noise: Floats, bounds: Bounds,
        quarter: int,
    ) -> tuple[LineFacts, UseProspects, UseProspects]:  # fmt: skip
        """Facts of some lines in the hands of sellers, and what both uses promise; ``iron``: for storage."""
        lines, p = self._cells.lines, self._cells.parameters
        cars = self._prospects.for_cars(which, sellers, expected, quarter)
        nickel = self._prospects.as_is(which, iron, quarter)
        turned = lines.use[which] == Use.STORAGE
        storage = _either(lines.as_is[which], nickel, iron)
        own, other = _either(turned, storage, cars), _either(turned, cars, iron)
        whole = float(self._cells.costs.coming_credits_usd_per_kwh(quarter)[0])
        half = own.earned_usd_per_kwh.copy()
        built = lines.status[which] == LineStatus.BUILDING
        half[built] = self._halves(which[built], sellers[built], expected, turned[built], quarter)
        return LineFacts(
            status=lines.status[which], use=lines.use[which],
            own_usd_per_kwh=own.earned_usd_per_kwh,
            half_usd_per_kwh=half,
            change=Way(
                other.earned_usd_per_kwh, *self._lags(lines.kind[which]), p.hurdle * self.cost_musd_per_gwh_year[which]
            ),
            as_is=Way(
                nickel.earned_usd_per_kwh, *self._lags(np.full(which.size, LineKind.SAME_CELL)),
                p.hurdle * self.as_is_musd_per_gwh_year[which],
            ),
            to_start=np.where(
                lines.status[which] == LineStatus.BUILDING, np.maximum(lines.ready[which] - quarter, 0), 0
            ),
            build_lag=self._build.lag_quarters, build_musd=self._build.cost_musd_per_gwh_year,
            own_credit=_credit_part(own, whole), other_credit=_credit_part(other, whole), noise=noise[which],
            calm=np.where(turned, 0.0, bounds.calm[which]), may_change=bounds.may_change[which],
            may_idle=bounds.may_idle[which], may_sell_as_is=bounds.may_sell_as_is[which],
        ), own, other  # fmt: skip

    def _halves(self, which: Ints, sellers: Ints, expected: Floats, turned: Bools, quarter: int) -> Floats:
        """Earned in the present use if half of each line were built, $ for a kWh a year, (lines, quarters)."""
        cars = self._prospects.for_cars(which, sellers, expected, quarter, SHRUNK)
        return _either(turned, self._prospects.for_storage(which, quarter, SHRUNK), cars).earned_usd_per_kwh

    def _lags(self, kinds: Ints) -> tuple[Ints, Ints]:
        lag = np.array([kind.lag_quarters for kind in self._kinds])
        offline = np.array([kind.offline_quarters for kind in self._kinds])
        return lag[kinds], offline[kinds]

    def sensing(self, survey: Survey, line: int, quarter: int) -> LineSensing:
        """One line of a survey, as its owner's rule is shown it."""
        lines = self._cells.lines
        status = LineStatus(lines.status[line])
        return LineSensing(
            status=status,
            use=Use(lines.use[line]),
            own=_of_line(survey.own, line),
            other=_of_line(survey.other, line),
            change=self.change_kind(line),
            build=self._build,
            quarters_to_start=max(0, int(lines.ready[line]) - quarter) if status == LineStatus.BUILDING else 0,
            values_musd_per_gwh_year=survey.values[line],
            may_change=bool(survey.bounds.may_change[line]),
            may_idle=bool(survey.bounds.may_idle[line]),
            partner_offers=bool(np.isfinite(survey.values[line, LineAction.SELL])),
        )


def waiting_terms(cells: Cells) -> WaitingTerms:
    """What values rest on: of the fixed cost a closed line saves upkeep and what holding a site costs, no capital."""
    return WaitingTerms(
        discount_rate=cells.discount_rate, horizon_quarters=HORIZON_QUARTERS, volatility=cells.margin_volatility,
        fixed=cells.upkeep_usd_per_kwh + cells.holding_usd_per_kwh, upkeep=cells.upkeep_usd_per_kwh,
        holding=cells.holding_usd_per_kwh,
        restart=cells.restart_musd,
    )  # fmt: skip


def _either(first: Bools, one: UseProspects, other: UseProspects) -> UseProspects:
    hit = first[:, None]
    return UseProspects(
        np.where(hit, one.sold_share, other.sold_share),
        np.where(hit, one.margin_usd_per_kwh, other.margin_usd_per_kwh),
        np.where(hit, one.credit_usd_per_kwh, other.credit_usd_per_kwh),
    )


def _credit_part(use: UseProspects, whole_usd_per_kwh: float) -> Floats:
    """Part of the whole credit of the quarter that a kWh a year of capacity earns in a use, (lines,)."""
    if whole_usd_per_kwh <= 0.0:
        return np.zeros(use.sold_share.shape[0])
    return np.asarray((use.sold_share * use.credit_usd_per_kwh)[:, 0] / whole_usd_per_kwh)


def _of_lines(use: UseProspects, which: Ints) -> UseProspects:
    return UseProspects(use.sold_share[which], use.margin_usd_per_kwh[which], use.credit_usd_per_kwh[which])


def _of_line(use: UseProspects, line: int) -> Prospect:
    return Prospect(use.sold_share[line], use.margin_usd_per_kwh[line] + use.credit_usd_per_kwh[line])
