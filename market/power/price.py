"""Price of storage: what cells from the United States and from elsewhere cost a project, and who buys which (M19)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from agents.arrays import Floats

_PRICES = 200  # points at which US sales are worked out to find the price
_DEAREST_SPREADS = 1.0  # no ask is further above what orders pay abroad: buyers then take few US cells


def price_without_credit_usd_per_kwh(
    import_usd_per_kwh: float, credit_share: float, lost_share: float, other_capex_usd_per_kwh: float
) -> float:
    """Price of a cell with the credit at which a project costs as much as with an imported cell that loses it (M19).

    ``credit_share`` of a project's cost, ``lost_share`` of it lost; nothing lost leaves the import price.
    """
    left = 1.0 - credit_share * (1.0 - lost_share)
    whole = import_usd_per_kwh + other_capex_usd_per_kwh
    return whole * left / (1.0 - credit_share) - other_capex_usd_per_kwh


@dataclass(frozen=True)
class ForeignOffers:
    """What a project pays for cells from abroad, $/kWh, duty paid, and how far buyers differ (``spread``).

    ``without_credit_usd_per_kwh``: imports from China of a project that thereby loses the credit, as a price with it.
    """

    import_usd_per_kwh: float
    third_country_usd_per_kwh: float
    without_credit_usd_per_kwh: float
    spread_usd_per_kwh: float

    @property
    def best_usd_per_kwh(self) -> Floats:
        """Cheapest for a project that needs no compliant cells, and for one that does, (2,)."""
        third = self.third_country_usd_per_kwh
        return np.minimum([self.import_usd_per_kwh, self.without_credit_usd_per_kwh], third)

    def us_share(self, ask_usd_per_kwh: Floats) -> Floats:
        """Share of orders that buy US cells at an ask: a logistic in the gap, half at equal prices (M19).

        Of projects that need no compliant cells, and of those that do, (..., 2).
        """
        gap = self.best_usd_per_kwh - np.asarray(ask_usd_per_kwh)[..., None]
        return np.asarray(expit(gap / self.spread_usd_per_kwh))

    @property
    def third_country_share(self) -> Floats:
        """Share of third countries in what comes from abroad for either project, (2,).

        Who needs no compliant cells takes the cheapest; the others weigh the credit by the same logistic.
        """
        third = self.third_country_usd_per_kwh
        weighed = expit((self.without_credit_usd_per_kwh - third) / self.spread_usd_per_kwh)
        return np.array([float(third < self.import_usd_per_kwh), float(weighed)])

    def abroad_usd_per_kwh(self) -> Floats:
        """Mean price abroad for either project, with the credit lost counted, (2,)."""
        third = self.third_country_share
        others = np.array([self.import_usd_per_kwh, self.without_credit_usd_per_kwh])
        return np.asarray(third * self.third_country_usd_per_kwh + (1.0 - third) * others)


class UsMarket:
    """Demand for US storage cells by year: at what ask it meets a supply, and how much of the supply is sold (M19).

    ``begun_gwh``, ``new_gwh``: a year's orders that need no compliant cells and that do, (years,);
    ``least_usd_per_kwh``: lowest ask, the variable cost less 45X.
    """

    def __init__(self, begun_gwh: Floats, new_gwh: Floats, offers: ForeignOffers, least_usd_per_kwh: float) -> None:
        orders = np.stack([begun_gwh, new_gwh], axis=-1)
        total = orders.sum(axis=-1)
        best = offers.best_usd_per_kwh
        mean = np.where(total > 0.0, orders @ best / np.where(total > 0.0, total, 1.0), best[0])
        dearest = np.maximum(mean + _DEAREST_SPREADS * offers.spread_usd_per_kwh, least_usd_per_kwh)
        self._ask = np.linspace(dearest, np.full(dearest.shape, least_usd_per_kwh), _PRICES, axis=-1)
        self._sold = (offers.us_share(self._ask) * orders[..., None, :]).sum(axis=-1)

    def ask_usd_per_kwh(self, supply_gwh: Floats) -> Floats:
        """Price at which a year's supply is sold, within the lowest and the dearest ask; (years, ...) as the supply."""
        years = range(self._ask.shape[0])
        return np.array([np.interp(supply_gwh[year], self._sold[year], self._ask[year]) for year in years])

    def sold_share(self, supply_gwh: Floats) -> Floats:
        """Share of a year's supply that is sold at that price; (years, ...) as the supply."""
        most = self._sold[:, -1].reshape(-1, *[1] * (supply_gwh.ndim - 1))
        return np.asarray(np.minimum(1.0, most / np.maximum(supply_gwh, 1e-9)))
