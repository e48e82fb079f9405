"""Parameters of storage: demand, prices, contracts (M16, M17, M19)."""

from market.base.parameter import MODEL_SWITCH, Group, parameter, switch


class Storage(Group):
    """Storage demand, prices and contracts (M16, M17, M19)."""

    demand_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "storage orders of utilities after the observed data, multiplier", "lever", "lever"
    )
    data_center_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "data-center arrivals after the observed data, multiplier", "lever", "lever"
    )
    price_premium: float = parameter(0.0, -0.5, 1.0, "share", "storage-cell price premium", "lever", "lever")
    catch_up_per_year: float = parameter(
        0.27, 0.05, 0.8, "1/year", "lambda_s, share of the gap to target storage ordered in a year", "design (M16)"
    )
    accreditation_factor: float = parameter(
        1.0, 0.7, 1.2, "1", "capacity credit of the first storage, multiplier on the published one (at most 1)",
        "published studies, to about 10 points",
    )  # fmt: skip
    accreditation_scale_factor: float = parameter(
        1.0, 0.5, 2.0, "1", "share of peak at which capacity credit halves, multiplier on the published one",
        "published studies, recalled",
    )  # fmt: skip
    capacity_price_cap: float = parameter(
        1.6, 1.1, 2.5, "net CONE", "c, price of capacity where it is short, over net CONE",
        "PJM and ISO-NE demand curves: 1.5 to 1.75",
    )  # fmt: skip
    capacity_price_spread: float = parameter(
        0.03, 0.01, 0.1, "share of peak", "s, reserve margin over which the price of capacity falls",
        "PJM 2014-24 auctions: cleared margins and prices; recalled",
    )  # fmt: skip
    reserve_margin_target: float = parameter(
        0.15, 0.05, 0.25, "share of peak", "m*, reserve margin at which capacity costs net CONE",
        "PJM targets 2021-26: 0.147-0.178", "fixed",
    )  # fmt: skip
    retirement_per_year: float = parameter(
        0.01, 0.0, 0.04, "1/year", "firm capacity besides storage that retires in a year",
        "EIA-860 of 2024: about 12 of 1,200 GW planned for 2025",
    )  # fmt: skip
    gas_lag_years: int = parameter(5, 3, 8, "year", "time from decision to operation of a gas plant", "design (M16)")
    gas_entry_share: float = parameter(
        0.5, 0.0, 1.0, "1/year", "share of the capacity expected to be missing that gas plants decided in a year fill",
        "judgment: turbine makers are sold out for years",
    )  # fmt: skip
    residual_bound_usd_per_kw_year: float = parameter(
        60.0, 0.0, 150.0, "$/kW-year", "most that the residual value of a region may be, up or down", "design (M16)"
    )
    residual_kept_share: float = parameter(
        0.5, 0.0, 1.0, "share", "part of the residual value that stays", "judgment: resource-adequacy rules"
    )
    residual_half_life_years: float = parameter(
        8.0, 1.0, 30.0, "year", "half-life of the rest of the residual value", "judgment"
    )
    saturation: float = parameter(
        1.0, 0.0, 2.0, "1",
        "speed at which value falls with storage beyond that of the end of the observed data, multiplier", "lever",
        "lever",
    )  # fmt: skip
    duration_spread_usd_per_kw_year: float = parameter(
        15.0, 1.0, 60.0, "$/kW-year", "spread of the choice of 2, 4 or 8 hours of storage across sites", "judgment"
    )
    short_arbitrage_share: float = parameter(
        0.62, 0.4, 0.8, "share", "arbitrage value of 2-hour storage over 4-hour",
        "Sioshansi et al. 2009, PJM; recalled",
    )  # fmt: skip
    long_arbitrage_share: float = parameter(
        1.3, 1.0, 1.8, "share", "arbitrage value of 8-hour storage over 4-hour",
        "Sioshansi et al. 2009, PJM; recalled",
    )  # fmt: skip
    power_capex_share: float = parameter(
        0.35, 0.0, 0.6, "share", "share of a 4-hour project's cost besides cells that goes with power, not energy",
        "NREL, Cole and Karmakar 2023: 28 % of the whole; recalled",
    )  # fmt: skip
    arbitrage_scale: float = parameter(
        0.20, 0.1, 0.4, "share of peak", "k_A, decline of arbitrage value with storage share", "design (M16)"
    )
    merchant_scale: float = parameter(
        0.065,
        0.04,
        0.1,
        "share of peak",
        "k_S, decline of merchant revenue with storage share",
        "fitted to ERCOT, prior only",
    )
    adaptive_revenue: bool = switch(
        "planners learn from realized storage revenue; off: they know how it falls", default=False,
        one_value=MODEL_SWITCH,
    )  # fmt: skip
    revenue_gain: float = parameter(
        0.3, 0.05, 1.0, "1/year", "weight of the last year in the revenue planners expect",
        "as automakers' forecasts (M18): 0.25-0.4",
    )  # fmt: skip
    wacc: float = parameter(0.07, 0.03, 0.12, "1/year", "cost of capital of storage", "PJM reference, recalled")
    life_years: float = parameter(20, 10, 30, "year", "life of storage", "NREL ATB 2024", "fixed")
    upkeep_share: float = parameter(
        0.025, 0.0, 0.05, "share of capex", "annual operation and maintenance", "NREL ATB 2024", "fixed"
    )
    other_capex: float = parameter(
        190, 100, 350, "$/kWh", "project cost excluding cells in 2025", "BNEF 2025: 235 in total"
    )
    third_country: float = parameter(75, 50, 140, "$/kWh", "LFP cells from third countries", "judgment")
    third_country_tariff: float = parameter(
        0.134, 0.0, 1.0, "share", "duties on third-country cells", "judgment", "lever"
    )
    foreign_price_growth: float = parameter(
        -0.01, -0.15, 0.05, "1/year", "real growth of imported-cell prices after the observed data",
        "judgment: learning on the non-material third of cost",
    )  # fmt: skip
    foreign_content: float = parameter(
        1.0,
        0.0,
        2.0,
        "1",
        "strength of the foreign-content rule: share of the credit lost; above 1 projects begun before lose it too",
        "lever",
        "lever",
    )
    us_choice_spread: float = parameter(
        15, 5, 30, "$/kWh", "gap in price over which buyers of storage turn from foreign to US cells", "design (M19)"
    )
    contract_years: int = parameter(2, 1, 5, "year", "length of a storage contract", "design (M19)")
    lead_quarters: int = parameter(3, 1, 12, "quarter", "time from order to first delivery", "judgment")
    damages_share: float = parameter(
        0.2, 0.0, 1.0, "share of price", "damages a seller pays for shortfalls", "judgment"
    )
    take_or_pay_share: float = parameter(
        0.5, 0.0, 1.0, "share of price",
        "take-or-pay: paid by a buyer for US cells it refuses; at 1 none are refused", "judgment: supplier contracts",
    )  # fmt: skip
    build_years: float = parameter(
        1.5,
        0.5,
        4,
        "year",
        "time to build a data center; a longer grid wait is delay",
        "trade press on data centers: 12-24 months",
    )
    pipeline_completion: float = parameter(
        0.6, 0.0, 1.0, "share", "share of the 2024 proposed pipeline that is built", "EIA-860 history, judgment"
    )
    value_musd_per_mw_year: float = parameter(
        1.5, 0.5, 4, "million $/MW-year", "v_dc, value of avoiding a year of delay", "judgment"
    )
    value_spread_musd: float = parameter(
        1.5, 0.5, 4, "million $/MW", "spread of that value across developers", "design (M17)", "fixed"
    )
    flexible_share: float = parameter(
        0.14, 0.0, 0.35, "share", "share of a data center's load covered by storage it buys", "Wood Mackenzie"
    )
    data_center_capacity_share: float = parameter(
        0.5,
        0.0,
        1.0,
        "share",
        "share of data-center storage that counts toward regional capacity",
        "design (M17)",
        "fixed",
    )
