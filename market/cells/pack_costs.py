"""Cost of every automaker's packs over the world price: own cells, 45X, duties, worth of capacity (R5)."""

from dataclasses import replace

import numpy as np

from agents.arrays import Bools, Floats
from agents.cells.line_decision import LineStatus, Use
from agents.cells.pack_cost import PackCost, no_us_cells_usd_per_kwh, pack_cost
from agents.cells.plant import Lines
from market.base.categories import MAKERS
from market.cells.channel_parameters import Channels
from market.cells.parameters import Cells
from market.cells.sourcing import Sourcing


class PackCosts:
    """Pack costs since the origin; ``shadow_price_usd_per_kwh``: (makers,), averaged worth of their car lines."""

    def __init__(self, parameters: Cells, channels: Channels, sourcing: Sourcing, origin: int) -> None:
        self._parameters = parameters
        self._channels = channels
        self._sourcing = sourcing
        self._origin = origin
        self.shadow_price_usd_per_kwh: Floats = np.zeros(len(MAKERS))
        self._shadow_at_origin: Floats = np.zeros(len(MAKERS))
        self._wanted: Floats = np.zeros(len(MAKERS))
        self._met: Floats = np.zeros(len(MAKERS))
        self._met_at_origin: Floats = np.zeros(len(MAKERS))

    def see(self, capacity_dual: Floats, lines: Lines, capacity_gwh: Floats, car_lines: Bools, quarter: int) -> None:
        """Average the worth of capacity; ``capacity_dual``: (lines,) $/kWh, of lines with so much capacity, (lines,).

        Nothing for an automaker with an idle car line, which could restart at once, or without car lines.
        """
        now = np.zeros(len(MAKERS))
        idle = lines.maker[(lines.status == LineStatus.IDLE) & (lines.use == Use.VEHICLES)]
        for maker in range(len(MAKERS)):
            own = car_lines & (lines.maker == maker)
            could = float(capacity_gwh[own].sum())
            if could > 0.0 and maker not in idle:
                now[maker] = float((capacity_dual * capacity_gwh)[own].sum()) / could
        gain = self._parameters.shadow_price_gain
        self.shadow_price_usd_per_kwh = self.shadow_price_usd_per_kwh + gain * (now - self.shadow_price_usd_per_kwh)
        if quarter <= self._origin:
            self._shadow_at_origin = self.shadow_price_usd_per_kwh

    def want(self, lines: Lines) -> Floats:
        """US share of its cells each automaker wants at the costs of the origin, (makers,).

        One that once had US plants for its cars keeps wanting the share it then wanted.
        """
        self._wanted = np.maximum(self._wanted, self._sourcing.wanted_at_origin_costs(lines))
        return self._wanted

    def supply(self, met: Floats, quarter: int) -> None:
        """Share of the cells automakers want of US plants that these made in the last year, (makers,)."""
        self._met = met
        if quarter <= self._origin:
            self._met_at_origin = met

    def at(self, quarter: int) -> PackCost:
        """What comes on top of the world price of packs in a quarter; exactly nothing up to the origin."""
        shadow = self.shadow_price_usd_per_kwh - self._shadow_at_origin
        share = self._sourcing.mean_share(self._wanted, quarter) * self._met
        without = no_us_cells_usd_per_kwh(self._wanted, self._parameters.sourcing_spread)
        loss = (self._met_at_origin - self._met) * without
        none, use = np.zeros(len(MAKERS)), self._channels
        theta = self._parameters.credit_pass_through
        parts = pack_cost(self._sourcing.changes(quarter), share, theta, shadow, loss)
        if quarter <= self._origin:
            parts = replace(parts, shadow_price=none)
        return replace(
            parts,
            own_cells=parts.own_cells if use.own_cells else none,
            credit=parts.credit if use.production_credit else none,
            duty=parts.duty if use.duties else none,
            shadow_price=parts.shadow_price if use.shadow_price else none,
        )
