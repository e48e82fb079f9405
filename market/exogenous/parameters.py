"""Parameters of fuel prices, scarce power and the size of the car market (M22)."""

from market.base.parameter import Group, parameter


class World(Group):
    """Fuel prices and the car market (M22)."""

    gasoline_usd_per_gallon: float = parameter(
        3.4, 1.5, 8.0, "$/gallon", "long-run gasoline price", "EIA AEO2023, recalled", "lever"
    )
    gasoline_half_life_years: float = parameter(
        1.5, 0.2, 10, "year", "half-life of a gasoline shock", "model specification M22"
    )
    gasoline_sigma: float = parameter(
        0.22, 0.0, 0.5, "1/sqrt(year)", "volatility of log gasoline", "model specification M22"
    )
    gasoline_factor: float = parameter(1.0, 0.3, 3.0, "1", "gasoline after the origin, as a multiple", "lever", "lever")
    electricity_growth: float = parameter(
        0.0, -0.05, 0.05, "1/year", "real growth of power prices after records", "judgement", "lever"
    )
    electricity_factor: float = parameter(
        1.0, 0.3, 3.0, "1", "electricity after the origin, as a multiple", "lever", "lever"
    )
    loan_rate: float = parameter(0.07, 0.0, 0.2, "1/year", "new-car loan rate after records", "judgement", "lever")
    lithium_usd_per_kg: float = parameter(15, 5, 80, "$/kg", "long-run lithium carbonate price", "judgement", "lever")
    lithium_half_life_years: float = parameter(
        2.0, 0.3, 10, "year", "half-life of a lithium shock", "model specification M22"
    )
    lithium_sigma: float = parameter(
        0.5, 0.0, 1.0, "1/sqrt(year)", "volatility of log lithium", "model specification M22"
    )
    lithium_factor: float = parameter(1.0, 0.2, 10.0, "1", "lithium after the origin, as a multiple", "lever", "lever")
    scarcity_share: float = parameter(
        0.2, 0.0, 1.0, "1/year", "chance of a year of scarce power in a region", "model specification M22"
    )
    scarcity_factor: float = parameter(
        1.8, 1.0, 4.0, "1", "arbitrage and merchant revenue of storage in such a year, as a multiple",
        "model specification M22; ERCOT 2023",
    )  # fmt: skip
    market_index: float = parameter(
        1.0, 0.5, 1.2, "1", "hazard of looking after the origin, as a multiple", "lever", "lever"
    )
