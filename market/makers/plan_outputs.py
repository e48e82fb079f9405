"""Columns of the automakers' table that come from their plans (M15, M18)."""

from agents.arrays import Floats
from market.base.categories import MAKERS
from market.makers.planning import Planning
from market.vehicles.products import Products

_YEARS_AHEAD = 3  # the lead of a program


def maker_plans(
    planning: Planning, products: Products, effective_models: Floats, quarter: int, place: int
) -> dict[str, float]:
    """Models, programs, write-offs and forecast of one automaker; nothing for the open market of cells.

    ``effective_models``: on offer, (products,).
    """
    if place >= len(MAKERS):
        return dict.fromkeys(_NOTHING, 0.0)
    plans = planning.programmes
    own = (products.maker == place) & products.is_bev
    return {
        "bev_models": float(effective_models[own].sum()),
        "programmes_under_way": float(sum(products.maker[each.product] == place for each in plans.under_way)),
        "programme_spending_musd": float(plans.spent_musd[place]),
        "write_off_musd": float(plans.write_off_musd[place]),
        "write_down_musd": float(plans.write_down_musd[place]),
        "paid_to_suppliers_musd": float(plans.paid_off_musd[place]),
        "forecast_cars": float(planning.forecasts.cars_ahead(_YEARS_AHEAD, quarter)[-1, place]),
    }


_NOTHING = (
    "bev_models", "programmes_under_way", "programme_spending_musd", "write_off_musd", "write_down_musd",
    "paid_to_suppliers_musd", "forecast_cars",
)  # fmt: skip
