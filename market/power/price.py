"""Price of storage: compliant and imported cells, and uniform-price clearing of a region's orders (M19)."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from agents.arrays import Floats

_BAND = 0.25  # of demand: over this width of surplus the premium falls from its cap to nothing (M19)


def compliant_premium_cap_usd_per_kwh(
    credit_share: float, other_capex_usd_per_kwh: float, third_country_usd_per_kwh: float, import_usd_per_kwh: float
) -> float:
    """w: what a compliant cell may cost more: the credit lost on a project, or the way over a third country (M19).

    ``credit_share`` / (1 - it) times the rest of the project's cost; prices with their tariffs.
    """
    by_credit = credit_share / (1.0 - credit_share) * other_capex_usd_per_kwh
    return max(0.0, min(by_credit, third_country_usd_per_kwh - import_usd_per_kwh))


def compliant_price_usd_per_kwh(
    import_usd_per_kwh: float, premium_cap_usd_per_kwh: float, demand_gwh: Floats, supply_gwh: float
) -> Floats:
    """p_d = import + w clip((D - S) / (0.25 D) + 0.5, 0, 1): between the import floor and the cap (M19).

    Shape of ``demand_gwh``; without demand for compliant cells the premium is nothing.
    """
    asked = demand_gwh > 0.0
    tightness = (demand_gwh - supply_gwh) / (_BAND * np.where(asked, demand_gwh, 1.0)) + 0.5
    premium = np.where(asked, premium_cap_usd_per_kwh * np.clip(tightness, 0.0, 1.0), 0.0)
    return np.asarray(import_usd_per_kwh + premium)


def clear_uniform_price(
    offered: Floats, price: Floats, demand_price: Callable[[float], float]
) -> tuple[float, float, Floats]:
    """Uniform-price clearing: quantity, price and what each offer sells, shape (offers,).

    ``demand_price`` gives the price buyers pay for the last unit of a quantity and may not rise. Offers are
    taken cheapest first, equal ones in their order. The price is that of the marginal offer, or of demand
    where demand ends between two offers.
    """
    order = np.argsort(price, kind="stable")
    sold = np.zeros(offered.size)
    quantity = 0.0
    clearing = demand_price(0.0)
    for place in order:
        if demand_price(quantity) <= price[place]:
            clearing = demand_price(quantity)
            break
        end = quantity + float(offered[place])
        if demand_price(end) < price[place]:
            end = float(brentq(lambda q, p=price[place]: demand_price(q) - p, quantity, end))
            sold[place] = end - quantity
            return end, float(price[place]), sold
        sold[place] = offered[place]
        quantity = end
        clearing = demand_price(quantity)
    return quantity, float(clearing), sold
