"""Parameters of car buyers, charging, ownership, makers and the world (M1-M11, M20, M22)."""

from market.parameter import Group, parameter


class Buyers(Group):
    """Utility of car buyers (M1, M2, M6)."""

    alpha_keep: float = parameter(0.02, 0.01, 0.03, "1/k$", "keep or acquire", "EPA-420-R-21-019")
    alpha_market: float = parameter(0.04, 0.03, 0.06, "1/k$", "new or used", "EPA-420-R-21-019")
    alpha_segment: float = parameter(0.06, 0.045, 0.075, "1/k$", "segment of a new car", "judgement")
    alpha_powertrain: float = parameter(
        0.077,
        0.05,
        0.12,
        "1/k$",
        "powertrain of a new car; used goods",
        "Muehlegger and Rapson 2022; Allcott et al. 2024",
    )
    alpha_product: float = parameter(0.12, 0.09, 0.16, "1/k$", "product", "Grieco, Murry and Yurukoglu 2024")
    income_elasticity: float = parameter(0.4, 0.2, 0.7, "1", "fall of the weight of money with income", "BLP studies")
    taste_sd_kusd: float = parameter(
        10.4, 0.0, 18.0, "k$", "spread of the taste for battery cars", "Helveston et al. 2015"
    )
    range_value_kusd: float = parameter(12.0, 0.0, 18.0, "k$ per log range", "omega_R", "Hidrue et al. 2011")
    variety_elasticity: float = parameter(0.5, 0.0, 1.0, "1", "nu, worth of the number of models", "recalled")
    gasoline_weight: float = parameter(0.76, 0.0, 1.0, "1", "gamma_g", "Allcott and Wozny 2014")
    electricity_weight: float = parameter(0.35, 0.0, 1.0, "1", "gamma_e", "Bushnell, Muehlegger and Rapson 2022")
    miles_per_year: float = parameter(
        12_000, 5_000, 20_000, "mile", "distance driven", "FHWA Highway Statistics", "fixed"
    )
    horizon_years: float = parameter(6, 3, 12, "year", "years of running cost looked at", "model specification")
    discount_rate: float = parameter(0.07, 0.0, 0.2, "1/year", "buyers' discount rate", "model specification")
    financed_share: float = parameter(
        0.85, 0.0, 1.0, "share", "share of a price that is financed", "Experian, recalled", "fixed"
    )
    resale_weight: float = parameter(
        0.7, 0.0, 1.0, "1", "psi, weight of expected resale", "weak evidence (evidence A1)"
    )
    resale_years: float = parameter(5, 2, 10, "year", "when buyers expect to sell", "iSeeCars, recalled", "fixed")


class Charging(Group):
    """Charging access as buyers see it (M4) and the growth of recorded ports."""

    network_weight: float = parameter(2.3, 0.0, 6.0, "1", "theta_c", "Greene et al. 2020; Singh et al. 2025")
    coverage_kusd: float = parameter(6.5, 4, 9, "k$", "W_C, worth of covered trips", "Greene et al. 2020")
    local_kusd: float = parameter(1.5, 1, 3, "k$", "W_L, worth of chargers near home", "Greene et al. 2020")
    plugs_per_10k_cars: float = parameter(1.5, 0.3, 10, "plug", "plugs for 10,000 cars at which L is 0.63", "judgement")
    plug_success: float = parameter(
        0.85, 0.3, 1.0, "share", "plug success as buyers perceive it", "Rempel et al. 2022", "lever"
    )
    site_common_success: float = parameter(0.95, 0.5, 1.0, "share", "a_s, success common to a site", "judgement")
    port_growth: float = parameter(
        0.15, -0.5, 0.6, "1/year", "growth of fast ports after records", "judgement", "lever"
    )
    port_factor: float = parameter(1.0, 0.0, 10.0, "1", "fast ports after the origin, as a multiple", "lever", "lever")
    living_public_weight: float = parameter(
        1.0, 0.0, 2.0, "1", "weight of Q, life without home charging", "design", "fixed"
    )
    trip_time_weight: float = parameter(
        1.0, 0.0, 2.0, "1", "weight of T, charging time on long trips", "design", "fixed"
    )
    failed_visit_usd: float = parameter(25, 0, 40, "$", "cost of a failed visit, in H", "judgement 15-40")
    time_value_usd_per_hour: float = parameter(22, 5, 60, "$/hour", "worth of time", "US DOT 2016 guidance, recalled")
    home_share: float = parameter(
        0.85, 0.5, 1.0, "share", "energy charged at home where there is a plug", "INL, recalled", "fixed"
    )
    kwh_per_public_session: float = parameter(
        30, 10, 60, "kWh", "energy of a public session", "EVgo filings, recalled", "fixed"
    )
    hours_per_public_session: float = parameter(0.25, 0.0, 1.0, "hour", "own time of a public session", "judgement")
    long_trip_miles: float = parameter(
        1_500, 0, 6_000, "mile/year", "driven beyond the first charge", "NHTS 2001, recalled"
    )
    stop_overhead_hours: float = parameter(0.1, 0.0, 0.5, "hour", "detour and handling of a stop", "judgement")


class Ownership(Group):
    """Holding, scrappage and the used market (M1, M20)."""

    hold_new_years: float = parameter(
        8.3, 3, 12, "year", "mean time to the next look of a new-car buyer", "fitted to turnover"
    )
    hold_used_years: float = parameter(6.9, 2, 10, "year", "the same of a used-car buyer", "fitted to turnover")
    looks_per_year: float = parameter(
        0.16, 0.08, 0.3, "1/year", "seats with a car that look in a year, 2017", "model specification M20"
    )
    hold_shape: float = parameter(1.8, 1.0, 4.0, "1", "Weibull shape of holding times", "judgement", "fixed")
    lease_years: float = parameter(3.0, 2, 4, "year", "length of a lease", "Experian, recalled", "fixed")
    look_again_low: int = parameter(2, 1, 4, "quarter", "soonest a keeper looks again", "design", "fixed")
    look_again_high: int = parameter(6, 4, 12, "quarter", "latest a keeper looks again", "design", "fixed")
    keep_share: float = parameter(
        0.2, 0.05, 0.5, "share", "share of lookers who keep in 2017", "design: fitted to turnover"
    )
    look_share: float = parameter(
        0.8, 0.5, 0.95, "share", "share of seats due that look in a normal quarter", "design", "fixed"
    )
    dealer_margin: float = parameter(0.08, 0.0, 0.2, "share", "d, taken off a trade-in", "NADA, recalled")
    transaction_kusd: float = parameter(1.0, 0.0, 3.0, "k$", "T, cost of changing cars", "Gavazza et al. 2014")
    scrap_elasticity: float = parameter(
        -0.7, -1.0, 0.0, "1", "of the scrap hazard to price", "Jacobsen and van Benthem 2015"
    )
    seats_growth: float = parameter(
        0.006, -0.02, 0.03, "1/year", "growth of car-owning seats after records", "2016-24 mean less slowing"
    )
    dealer_stock_cars: float = parameter(
        2.6e6, 5e5, 6e6, "car", "used cars at dealers at the start", "Cox Automotive, recalled"
    )
    price_step: float = parameter(
        0.35, 0.05, 0.5, "1", "log price change per unit of excess", "model specification", "fixed"
    )
    price_adjustment: float = parameter(
        0.35, 0.05, 1.0, "1/quarter", "way to the clearing used price in a quarter", "as new prices, M10"
    )
    battery_loss_kusd: float = parameter(
        10, 0, 15, "k$", "loss if a battery fails out of warranty", "model specification M5"
    )
    battery_trouble_share: float = parameter(0.1, 0.0, 0.5, "share", "believed chance of it", "judgement")
    battery_fade: float = parameter(0.015, 0.0, 0.05, "1/year", "loss of battery health", "Geotab 2026")
    fast_charging_fade: float = parameter(0.015, 0.0, 0.05, "1/year", "more at full fast charging", "Geotab 2026")
    fade_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "loss of battery health after the origin, as a multiple", "lever", "lever"
    )
    entrant_sd_kusd: float = parameter(
        7.0, 0.0, 15.0, "k$", "spread of the constant of a product without a record", "design"
    )


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
