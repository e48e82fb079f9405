"""Parameters of new cars: prices, inventories and BEV trends (M10, M11, M18)."""

from market.base.parameter import Group, parameter, switch


class Makers(Group):
    """Prices after the observed data, toward Bertrand-Nash (M10), inventories (M11) and BEV trends."""

    price_adjustment: float = parameter(
        0.35, 0.05, 1.0, "1/quarter", "share of the gap to the equilibrium price closed in a quarter", "design (M10)"
    )
    pack_trend_memory_years: float = parameter(
        5, 2, 10, "year", "years over which the pack-price trend is estimated", "design", "fixed"
    )
    pack_trend_damping: float = parameter(0.85, 0.0, 1.0, "1/year", "damping of the pack-price trend", "judgment")
    pack_floor_usd_per_kwh: float = parameter(55, 20, 120, "$/kWh", "floor of the pack price", "judgment")
    nickel_pack_share: float = parameter(
        0.92, 0.5, 1.0, "share", "BEV packs sold in the US whose cells have nickel",
        "IEA Global EV Outlook 2024: below 10 % iron phosphate, recalled",
    )  # fmt: skip
    bev_learning: bool = switch(
        "cost of BEVs without the pack falls by learning; off: by bev_cost_fall a year", default=True, role="fixed"
    )
    bev_learning_rate: float = parameter(
        0.156, 0.0, 0.3, "1", "learning rate: fall in the cost of the electric drive per doubling of US BEVs sold",
        "EPA OMEGA, rule of 2024: exponent -0.245 on parts other than the battery",
    )  # fmt: skip
    bev_learning_part_kusd: float = parameter(
        4.9, 0.0, 60.0, "thousand $", "cost of a BEV to which learning applies: electric drive, charger, heating",
        "EPA OMEGA, rule of 2024: 3.6 to 5.4 thousand $ of 2022 in cars and SUVs",
    )  # fmt: skip
    bevs_sold_before: float = parameter(
        290_000,
        0,
        2_000_000,
        "car",
        "BEVs sold in the US before 2017",
        "Argonne National Laboratory, recalled",
        "fixed",
    )
    bev_cost_fall: float = parameter(
        0.01, 0.0, 0.025, "1/year", "fall in the cost of BEVs without the pack where it does not learn", "judgment"
    )
    engine_cost_rise: float = parameter(
        0.003, 0.0, 0.01, "1/year", "rise in the cost of cars with an engine: emission rules", "judgment"
    )
    variety_growth: float = parameter(
        0.08, -0.2, 0.5, "1/year", "growth in the number of BEV models, damped", "slower than 2020-24", "lever"
    )
    variety_damping: float = parameter(0.8, 0.0, 1.0, "1/year", "damping of the growth in BEV models", "judgment")
    range_growth: float = parameter(0.01, -0.05, 0.1, "1/year", "growth of BEV range", "flat since 2020", "lever")
    stock_days: float = parameter(
        65, 10, 120, "day", "target new-car inventory, days of sales", "design (M11)", "fixed"
    )
    incentive_days: float = parameter(
        90, 30, 365, "day", "inventory above which incentives begin", "design (M10)", "fixed"
    )
    most_incentive: float = parameter(
        0.12, 0.0, 0.4, "share of price", "incentive at twice that inventory", "design (M10)"
    )
    bev_price_factor: float = parameter(
        1.0, 0.5, 1.5, "1", "BEV prices after the observed data, multiplier", "lever", "lever"
    )
    bev_range_factor: float = parameter(
        1.0, 0.5, 1.5, "1", "BEV ranges after the observed data, multiplier", "lever", "lever"
    )
    most_charging_minutes: float = parameter(
        600.0, 5.0, 600.0, "minute", "most time from 10 to 80 % of charge of new BEVs after the observed data",
        "lever; 600: no limit", "lever",
    )  # fmt: skip
    initial_optimism: float = parameter(
        2.5, 1.0, 10.0, "1",
        "automakers' BEV demand forecasts at the end of 2022 relative to data-based ones; 1: no optimism",
        "judgment: plants announced in 2021-22", "lever", one_value="it is how the plans of 2021-22 began",
    )  # fmt: skip
