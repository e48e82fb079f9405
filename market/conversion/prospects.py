"""What owners expect each line to sell and earn in either use: cars by seller, storage as clearing would (M14, M18)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Bools, Floats, Ints
from agents.calendar import QUARTERS_PER_YEAR
from agents.cells.line_decision import Use
from market.cells.allocation import CellMarket
from market.cells.costs import HORIZON_QUARTERS
from market.cells.lines import SELLERS
from market.conversion.storage_forecast import StorageForecast
from market.makers.forecasts import MakerForecasts
from market.power.price import UsMarket
from market.power.sector import PowerSide

_GROWTH_BOUNDS = (0.8, 1.3)  # a year's growth that an owner takes from the last two years: judgment
_YEARS = HORIZON_QUARTERS // QUARTERS_PER_YEAR


@dataclass(frozen=True)
class UseProspects:
    """A use of lines: shares of capacity sold as good cells, and margins before the credit in $/kWh, (lines, quarters).

    ``credit_usd_per_kwh``: what of 45X the seller keeps, (lines, quarters).
    """

    sold_share: Floats
    margin_usd_per_kwh: Floats
    credit_usd_per_kwh: Floats

    @property
    def earned_usd_per_kwh(self) -> Floats:
        """Earned on all capacity, $ for a kWh a year."""
        return self.sold_share * (self.margin_usd_per_kwh + self.credit_usd_per_kwh)


def car_cells_wanted_gwh(expected_gwh: Floats, capacity_gwh: Floats) -> Floats:
    """A year's cells for cars wanted from each seller, the open market's last, (..., makers + 1) (M14).

    ``expected_gwh``: (..., makers) wanted from US plants; ``capacity_gwh``: (..., makers + 1) good cells. What an
    automaker's own lines cannot make is bought on the open market.
    """
    unmet = np.maximum(expected_gwh - capacity_gwh[..., :-1], 0.0).sum(axis=-1, keepdims=True)
    return np.concatenate([expected_gwh, unmet], axis=-1)


@dataclass(frozen=True)
class _Known:
    """Costs in a quarter, $/kWh, credit kept by use and coming quarter, (2, quarters), and demand for US cells."""

    quarter: int
    car_margin_usd_per_kwh: Floats
    iron_usd_per_kwh: float
    nickel_usd_per_kwh: float
    credit_usd_per_kwh: Floats
    market: UsMarket | None


class LineProspects:
    """Prospects of lines in a quarter, counting every line that will run as now decided and the line itself.

    Never lines that others may still turn: who comes later lowers what is left for himself alone (Leahy 1993).
    """

    def __init__(self, cells: CellMarket, power: PowerSide, forecasts: MakerForecasts | None) -> None:
        self._cells = cells
        self._power = power
        self._forecasts = forecasts
        self._orders = StorageForecast(power, forecasts.plans if forecasts is not None else None)
        self._known: _Known | None = None

    def expected_car_cells_gwh(self, quarter: int) -> Floats:
        """A year's cells for cars wanted from US plants by automaker, (makers,): the last year's with growth (M18).

        Growth is what automakers forecast for their BEVs, or, without forecasts, that of the last two years.
        """
        return np.asarray(self.car_cells_ahead_gwh(quarter)[0])

    def car_cells_ahead_gwh(self, quarter: int) -> Floats:
        """As ``expected_car_cells_gwh`` for each of the coming years, (years, makers); without forecasts all alike."""
        needed = self._cells.needed
        last = np.sum(needed[-QUARTERS_PER_YEAR:], axis=0)
        share = self._cells.domestic_share(quarter)
        if self._forecasts is not None:
            growth = self._forecasts.growth(quarter)
            cars = self._forecasts.cars_ahead(_YEARS, quarter)
            path = np.where(cars[0] > 0.0, cars / np.where(cars[0] > 0.0, cars[0], 1.0), 1.0)
            return np.asarray(last * growth * path * share)
        before = (
            np.sum(needed[-2 * QUARTERS_PER_YEAR : -QUARTERS_PER_YEAR], axis=0)
            if len(needed) >= 2 * QUARTERS_PER_YEAR
            else last
        )
        trend = float(np.clip(last.sum() / max(float(before.sum()), 1e-9), *_GROWTH_BOUNDS))
        return np.tile(last * trend * share, (_YEARS, 1))

    def _at(self, quarter: int) -> "_Known":
        """What does not change while owners decide in a quarter."""
        if self._known is None or self._known.quarter != quarter:
            costs, lines = self._cells.costs, self._cells.lines
            good = np.array([self._cells.parameters.last_yield])
            orders = self._orders.orders_gwh(_YEARS, quarter)
            self._known = _Known(
                quarter,
                car_margin_usd_per_kwh=costs.margins_usd_per_kwh(lines, np.full(lines.size, good[0]), 0.0, quarter)[0],
                iron_usd_per_kwh=float(costs.iron_cost_usd_per_kwh(good, quarter)[0]),
                nickel_usd_per_kwh=float(costs.nickel_cost_usd_per_kwh(good, quarter)[0]),
                credit_usd_per_kwh=costs.credit_kept[:, None] * costs.coming_credits_usd_per_kwh(quarter),
                market=self._power.us_market(orders, quarter) if orders.sum() > 0.0 else None,
            )
        return self._known

    def _credit(self, lines: Ints, use: Use, quarter: int) -> Floats:
        kept = self._at(quarter).credit_usd_per_kwh[use]
        return np.asarray(self._cells.lines.credited[lines][:, None] * kept)

    def _car_lines(self, quarter: int) -> Bools:
        """Lines that will make cells for cars at the end of each coming year, (years, lines)."""
        ends = quarter + QUARTERS_PER_YEAR * np.arange(1, _YEARS + 1)
        return self._cells.lines.meant_for_each(Use.VEHICLES, ends)

    def for_cars(
        self, lines: Ints, sellers: Ints, expected_gwh: Floats, quarter: int, size_factor: float = 1.0
    ) -> UseProspects:
        """What lines promise for cars in the hands of sellers, both (lines,), of a size that many times theirs.

        ``expected_gwh``: (makers,) or (years, makers) a year's cells wanted from US plants.
        """
        own, good = self._cells.lines, self._cells.parameters.last_yield
        there = self._car_lines(quarter)
        of_seller = own.maker[:, None] == np.arange(len(SELLERS))
        capacity = good * (there * own.gwh_per_year) @ of_seller
        expected = np.zeros((_YEARS, len(SELLERS)))
        expected[:, :-1] = expected_gwh
        size, maker = good * own.gwh_per_year[lines], own.maker[lines]
        moved, counted = maker != sellers, there[:, lines]
        with_line = capacity[:, sellers] + size * (size_factor - (counted & ~moved))
        wanted = car_cells_wanted_gwh(expected[:, :-1], capacity)[:, sellers]
        left = (expected - capacity)[:, maker]
        wanted = wanted + moved * (np.maximum(left + size * counted, 0.0) - np.maximum(left, 0.0))
        share = np.minimum(wanted / np.maximum(with_line, 1e-9), 1.0).T
        margin = self._at(quarter).car_margin_usd_per_kwh
        shape = (lines.size, HORIZON_QUARTERS)
        return UseProspects(
            np.repeat(good * share, QUARTERS_PER_YEAR, axis=1), np.broadcast_to(margin[lines][:, None], shape),
            self._credit(lines, Use.VEHICLES, quarter),
        )  # fmt: skip

    def for_storage(self, lines: Ints, quarter: int, size_factor: float = 1.0) -> UseProspects:
        """What lines promise for storage as iron cells: the price and the share sold as clearing would give them.

        A line that will be there counts among those there; one that comes anew is added to them.
        """
        own, good = self._cells.lines, self._cells.parameters.last_yield
        ahead = quarter + HORIZON_QUARTERS
        there = own.meant_for(Use.STORAGE, ahead)[lines]
        supply = self._power.compliant_supply_gwh(ahead) + good * own.gwh_per_year[lines] * (size_factor - there)
        known = self._at(quarter)
        if known.market is None:
            none = np.zeros((lines.size, HORIZON_QUARTERS))
            return UseProspects(none, none, self._credit(lines, Use.STORAGE, quarter))
        by_year = np.broadcast_to(supply, (_YEARS, lines.size))
        price, share = known.market.ask_usd_per_kwh(by_year).T, known.market.sold_share(by_year).T
        return UseProspects(
            np.repeat(good * share, QUARTERS_PER_YEAR, axis=1),
            np.repeat(price - known.iron_usd_per_kwh, QUARTERS_PER_YEAR, axis=1),
            self._credit(lines, Use.STORAGE, quarter),
        )

    def as_is(self, lines: Ints, for_storage: UseProspects, quarter: int) -> UseProspects:
        """What lines promise if they sell storage their nickel cells, at the price of iron cells and higher cost."""
        known = self._at(quarter)
        more = known.nickel_usd_per_kwh + self._cells.parameters.as_is_cost - known.iron_usd_per_kwh
        return UseProspects(
            for_storage.sold_share, for_storage.margin_usd_per_kwh - more, self._credit(lines, Use.STORAGE, quarter)
        )
