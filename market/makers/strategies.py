"""How legacy automakers and new brands judge programs: cost, capital, dealers (M15)."""

from agents.makers.programme import MakerStrategy
from market.makers.forecasts import NEW_BRANDS
from market.makers.parameters import Plans


def maker_strategy(plans: Plans, name: str) -> MakerStrategy:
    """Strategy of an automaker by its name."""
    new = name in NEW_BRANDS
    cost = plans.cost_musd * plans.us_share
    return MakerStrategy(
        cost_musd=cost if new else cost * plans.legacy_cost_factor,
        discount_rate=plans.new_capital if new else plans.legacy_capital,
        margin_kept=1.0 if new else 1.0 - plans.dealer_share,
        cannibalizes=not new,
        belief_in_service=plans.new_service_belief if new else 1.0,
    )
