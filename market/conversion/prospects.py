"""What owners expect each line to sell and earn in either use: cars by seller, storage as clearing would (M14, M18)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, Ints, group_sum
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


class LineProspects:
    """Prospects of lines in a quarter, counting every line that will run as now decided and the line itself.

    Never lines that others may still turn: who comes later lowers what is left for himself alone (Leahy 1993).
    """

    def __init__(self, cells: CellMarket, power: PowerSide, forecasts: MakerForecasts | None) -> None:
        self._cells = cells
        self._power = power
        self._forecasts = forecasts
        self._orders = StorageForecast(power, forecasts.plans if forecasts is not None else None)
        self._market_at: tuple[int, UsMarket | None] = (-1, None)

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
        growth = float(np.clip(last.sum() / max(float(before.sum()), 1e-9), *_GROWTH_BOUNDS))
        return np.tile(last * growth * share, (_YEARS, 1))

    def _credit(self, lines: Ints, use: Use, quarter: int) -> Floats:
        costs = self._cells.costs
        kept = costs.coming_credits_usd_per_kwh(quarter) * costs.credit_kept[use]
        return np.asarray(kept * self._cells.lines.credited[lines][:, None])

    def for_cars(
        self, lines: Ints, sellers: Ints, expected_gwh: Floats, quarter: int, size_factor: float = 1.0
    ) -> UseProspects:
        """What lines promise for cars in the hands of sellers, both (lines,), of a size that many times theirs.

        ``expected_gwh``: (makers,) or (years, makers) a year's cells wanted from US plants.
        """
        own, good = self._cells.lines, self._cells.parameters.last_yield
        ends = quarter + QUARTERS_PER_YEAR * np.arange(1, _YEARS + 1)
        there = np.stack([own.meant_for(Use.VEHICLES, int(end)) for end in ends])
        capacity = good * np.stack([group_sum(own.gwh_per_year * hit, own.maker, len(SELLERS)) for hit in there])
        expected = np.broadcast_to(expected_gwh, (_YEARS, len(SELLERS) - 1))
        size, maker = good * own.gwh_per_year[lines], own.maker[lines]
        moved, counted = maker != sellers, there[:, lines]
        with_line = capacity[:, sellers] + size * (size_factor - (counted & ~moved))
        wanted = car_cells_wanted_gwh(expected, capacity)[:, sellers]
        left = np.pad(expected, ((0, 0), (0, 1)))[:, maker] - capacity[:, maker]
        wanted = wanted + moved * (np.maximum(left + size * counted, 0.0) - np.maximum(left, 0.0))
        share = np.minimum(wanted / np.maximum(with_line, 1e-9), 1.0).T
        margin, _ = self._cells.costs.margins_usd_per_kwh(own, np.full(own.size, good), 0.0, quarter)
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
        market = self._us_market(quarter)
        if market is None:
            none = np.zeros((lines.size, HORIZON_QUARTERS))
            return UseProspects(none, none, self._credit(lines, Use.STORAGE, quarter))
        by_year = np.broadcast_to(supply, (_YEARS, lines.size))
        price, share = market.ask_usd_per_kwh(by_year).T, market.sold_share(by_year).T
        cost = float(self._cells.costs.iron_cost_usd_per_kwh(np.array([good]), quarter)[0])
        return UseProspects(
            np.repeat(good * share, QUARTERS_PER_YEAR, axis=1),
            np.repeat(price - cost, QUARTERS_PER_YEAR, axis=1),
            self._credit(lines, Use.STORAGE, quarter),
        )

    def as_is(self, lines: Ints, for_storage: UseProspects, quarter: int) -> UseProspects:
        """What lines promise if they sell storage their nickel cells, at the price of iron cells and higher cost."""
        costs, good = self._cells.costs, np.array([self._cells.parameters.last_yield])
        nickel = float(costs.nickel_cost_usd_per_kwh(good, quarter)[0]) + self._cells.parameters.as_is_cost
        more = nickel - float(costs.iron_cost_usd_per_kwh(good, quarter)[0])
        return UseProspects(
            for_storage.sold_share, for_storage.margin_usd_per_kwh - more, self._credit(lines, Use.STORAGE, quarter)
        )

    def _us_market(self, quarter: int) -> UsMarket | None:
        """Demand for US cells by coming year; None without any orders."""
        if self._market_at[0] != quarter:
            orders = self._orders.orders_gwh(_YEARS, quarter)
            self._market_at = (quarter, self._power.us_market(orders, quarter) if orders.sum() > 0.0 else None)
        return self._market_at[1]
