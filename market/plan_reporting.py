"""Columns of the makers' table that come from their plans (M15, M18)."""

from typing import TYPE_CHECKING

from market.vocabulary import MAKERS

if TYPE_CHECKING:
    from market.model import Market

_YEARS_AHEAD = 3  # the lead of a programme


def maker_plans(market: "Market", place: int) -> dict[str, float]:
    """Models, programmes, write-offs and forecast of one maker; nothing for the open market of cells."""
    if place >= len(MAKERS):
        return dict.fromkeys(_NOTHING, 0.0)
    plans, products = market.planning.programmes, market.products
    own = (products.maker == place) & products.is_bev
    return {
        "bev_models": float(market.offering.offers.effective_models[own].sum()),
        "programmes_under_way": float(sum(products.maker[each.product] == place for each in plans.under_way)),
        "programme_spending_musd": float(plans.spent_musd[place]),
        "write_off_musd": float(plans.write_off_musd[place]),
        "write_down_musd": float(plans.write_down_musd[place]),
        "paid_to_suppliers_musd": float(plans.paid_off_musd[place]),
        "forecast_cars": float(market.planning.forecasts.cars_ahead(_YEARS_AHEAD, market.quarter)[-1, place]),
    }


_NOTHING = (
    "bev_models", "programmes_under_way", "programme_spending_musd", "write_off_musd", "write_down_musd",
    "paid_to_suppliers_musd", "forecast_cars",
)  # fmt: skip
