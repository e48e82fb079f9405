"""Parameters of new cars: makers' prices and stocks, trends of battery cars (M10, M11, M18)."""

from market.base.parameter import Group, parameter


class Makers(Group):
    """Prices after the records, towards Bertrand-Nash (M10), stocks (M11) and the trends of battery cars."""

    price_adjustment: float = parameter(
        0.35, 0.05, 1.0, "1/quarter", "way to the equilibrium price in a quarter", "model specification M10"
    )
    pack_trend_memory_years: float = parameter(
        5, 2, 10, "year", "years over which the pack-price trend is read", "design", "fixed"
    )
    pack_trend_damping: float = parameter(0.85, 0.0, 1.0, "1/year", "damping of that trend", "judgement")
    pack_floor_usd_per_kwh: float = parameter(55, 20, 120, "$/kWh", "pack price that is never undercut", "judgement")
    variety_growth: float = parameter(
        0.08, -0.2, 0.5, "1/year", "growth of battery-car models, damped", "slower than 2020-24", "lever"
    )
    variety_damping: float = parameter(0.8, 0.0, 1.0, "1/year", "damping of that growth", "judgement")
    range_growth: float = parameter(
        0.01, -0.05, 0.1, "1/year", "growth of battery-car range", "flat since 2020", "lever"
    )
    stock_days: float = parameter(
        65, 10, 120, "day", "new cars in stock, in days of sales", "model specification M11", "fixed"
    )
    incentive_days: float = parameter(
        90, 30, 365, "day", "stock above which incentives begin", "model specification M10", "fixed"
    )
    most_incentive: float = parameter(
        0.12, 0.0, 0.4, "share of price", "incentive at twice that stock", "model specification M10"
    )
    bev_price_factor: float = parameter(
        1.0, 0.5, 1.5, "1", "battery-car prices after the origin, as a multiple", "lever", "lever"
    )
    bev_range_factor: float = parameter(
        1.0, 0.5, 1.5, "1", "battery-car ranges after the origin, as a multiple", "lever", "lever"
    )
    initial_optimism: float = parameter(
        2.5, 1.0, 10.0, "1",
        "makers' forecasts of battery-car demand at the end of 2022, as a multiple of those from data; 1 is none",
        "evidence: plants announced in 2021-22, judgement", "lever",
    )  # fmt: skip
