"""Parameters of storage: demand, prices, contracts (M16, M17, M19)."""

from market.base.parameter import MODEL_SWITCH, Group, parameter, switch


class Storage(Group):
    """Storage demand, prices and contracts (M16, M17, M19)."""

    demand_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "storage orders after the observed data, multiplier", "lever", "lever"
    )
    data_center_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "data-center arrivals after the observed data, multiplier", "lever", "lever"
    )
    price_premium: float = parameter(0.0, -0.5, 1.0, "share", "storage-cell price premium", "lever", "lever")
    catch_up_per_year: float = parameter(
        0.27, 0.05, 0.8, "1/year", "lambda_s, share of the gap to target storage ordered in a year", "design (M16)"
    )
    accreditation: float = parameter(
        0.92, 0.6, 1.0, "share", "E0, capacity credit of the first 4-hour storage", "CPUC, E3; recalled"
    )
    accreditation_scale: float = parameter(
        0.16, 0.1, 0.2, "share of peak", "k_E, share of peak at which capacity credit halves", "design (M16)"
    )
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
        "planners learn from realized storage revenue; off: they foresee its decline", default=True,
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
