"""Parameters of fuel prices, scarce power and the size of the car market (M22)."""

from market.base.parameter import Group, parameter, switch


class World(Group):
    """Prices of fuel and materials, and the car market (M22)."""

    shocks: bool = switch(
        "draw what the world brings by the seed: prices of gasoline and lithium, years of scarce power, battery "
        "recalls, the appeal of cars, how many look for one; off: the expected path, without recalls",
        default=False, role="fixed",
    )  # fmt: skip
    gasoline_usd_per_gallon: float = parameter(
        3.4, 1.5, 8.0, "$/gallon", "long-run mean gasoline price", "EIA AEO2023, recalled", "lever"
    )
    gasoline_half_life_years: float = parameter(
        1.5, 0.2, 10, "year", "half-life of a gasoline price shock", "design (M22)"
    )
    gasoline_sigma: float = parameter(
        0.22, 0.0, 0.5, "1/sqrt(year)", "volatility of the log gasoline price", "design (M22)"
    )
    gasoline_factor: float = parameter(
        1.0, 0.3, 3.0, "1", "gasoline price after the observed data, multiplier", "lever", "lever"
    )
    electricity_growth: float = parameter(
        0.0, -0.05, 0.05, "1/year", "real growth of electricity prices after the observed data", "judgment", "lever"
    )
    electricity_factor: float = parameter(
        1.0, 0.3, 3.0, "1", "electricity price after the observed data, multiplier", "lever", "lever"
    )
    loan_rate: float = parameter(
        0.07, 0.0, 0.2, "1/year", "new-car loan rate after the observed data", "judgment", "lever"
    )
    lithium_usd_per_kg: float = parameter(
        15, 5, 80, "$/kg", "long-run mean lithium carbonate price", "judgment", "lever"
    )
    lithium_half_life_years: float = parameter(
        2.0, 0.3, 10, "year", "half-life of a lithium price shock", "design (M22)"
    )
    lithium_sigma: float = parameter(
        0.5, 0.0, 1.0, "1/sqrt(year)", "volatility of the log lithium price", "design (M22)"
    )
    lithium_factor: float = parameter(
        1.0, 0.2, 5.0, "1", "lithium price after the observed data, multiplier", "lever", "lever"
    )
    nickel_factor: float = parameter(
        1.0, 0.2, 10.0, "1", "nickel price after the observed data, multiplier", "lever", "lever"
    )
    graphite_factor: float = parameter(
        1.0, 0.2, 10.0, "1", "price of battery graphite after the observed data, multiplier", "lever", "lever"
    )
    scarcity_share: float = parameter(
        0.2, 0.0, 1.0, "1/year", "annual probability of a scarcity year in a power region", "design (M22)"
    )
    scarcity_factor: float = parameter(
        1.8, 1.0, 4.0, "1", "arbitrage and merchant revenue of storage in a scarcity year, multiplier",
        "design (M22); ERCOT 2023",
    )  # fmt: skip
    market_index: float = parameter(
        1.0,
        0.5,
        1.2,
        "1",
        "rate at which owners enter the market after the observed data, multiplier",
        "lever",
        "lever",
    )
