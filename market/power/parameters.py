"""Parameters of storage: demand, prices, contracts (M16, M17, M19)."""

from market.base.parameter import Group, parameter, switch


class Storage(Group):
    """Storage demand, prices and contracts (M16, M17, M19)."""

    demand_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "storage orders after the origin, as a multiple", "lever", "lever"
    )
    data_center_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "data-center arrivals after the origin, as a multiple", "lever", "lever"
    )
    price_premium: float = parameter(0.0, -0.5, 1.0, "share", "added to the price of storage cells", "lever", "lever")
    catch_up_per_year: float = parameter(
        0.27, 0.05, 0.8, "1/year", "lambda_s, part of the gap ordered in a year", "model specification M16"
    )
    accreditation: float = parameter(
        0.92, 0.6, 1.0, "share", "E0, capacity credit of the first 4-hour storage", "CPUC, E3; recalled"
    )
    accreditation_scale: float = parameter(0.16, 0.1, 0.2, "share of peak", "k_E", "model specification M16")
    arbitrage_scale: float = parameter(0.20, 0.1, 0.4, "share of peak", "k_A", "model specification M16")
    merchant_scale: float = parameter(0.065, 0.04, 0.1, "share of peak", "k_S", "fitted to ERCOT, prior only")
    adaptive_revenue: bool = switch(
        "planners learn from what storage earned; without it they foresee how its value falls", default=True
    )
    revenue_gain: float = parameter(
        0.3, 0.05, 1.0, "1/year", "weight of the last year in the revenue planners expect",
        "as makers' forecasts, M18: 0.25-0.4",
    )  # fmt: skip
    wacc: float = parameter(0.07, 0.03, 0.12, "1/year", "cost of capital of storage", "PJM reference, recalled")
    life_years: float = parameter(20, 10, 30, "year", "life of storage", "NREL ATB 2024", "fixed")
    upkeep_share: float = parameter(0.025, 0.0, 0.05, "share of capex", "yearly upkeep", "NREL ATB 2024", "fixed")
    other_capex: float = parameter(
        190, 100, 350, "$/kWh", "a project's cost besides cells in 2025", "BNEF 2025: 235 in all, evidence A7"
    )
    third_country: float = parameter(75, 50, 140, "$/kWh", "iron-phosphate cells from third countries", "judgement")
    third_country_tariff: float = parameter(0.134, 0.0, 1.0, "share", "duties on them", "judgement", "lever")
    foreign_price_growth: float = parameter(
        -0.01, -0.15, 0.05, "1/year", "real price of imported cells after records",
        "learning on the third of cost that is not material, judgement",
    )  # fmt: skip
    foreign_content: float = parameter(1.0, 0.0, 2.0, "1", "strength of the foreign-content rule", "lever", "lever")
    contract_years: int = parameter(2, 1, 5, "year", "length of a storage contract", "model specification M19")
    lead_quarters: int = parameter(3, 1, 12, "quarter", "from order to first delivery", "judgement")
    damages_share: float = parameter(
        0.2, 0.0, 1.0, "share of price", "paid by a seller for what it does not deliver", "judgement"
    )
    take_or_pay_share: float = parameter(
        0.5, 0.0, 1.0, "share of price",
        "paid by a buyer for US cells it does not take; at 1 all are taken", "judgement: contracts of suppliers",
    )  # fmt: skip
    build_years: float = parameter(
        1.5, 0.5, 4, "year", "time to build a data center: a wait beyond it is delay", "evidence A7"
    )
    pipeline_completion: float = parameter(
        0.6, 0.0, 1.0, "share", "of the proposed pipeline of 2024 that is built", "EIA-860 history, judgement"
    )
    value_musd_per_mw_year: float = parameter(
        1.5, 0.5, 4, "M$/MW-year", "v_dc, worth of a year's delay avoided", "judgement (evidence A7)"
    )
    value_spread_musd: float = parameter(
        1.5, 0.5, 4, "M$/MW", "spread of that worth", "model specification M17", "fixed"
    )
    flexible_share: float = parameter(
        0.14, 0.0, 0.35, "share", "of an arrival covered by storage where it is bought", "Wood Mackenzie, evidence A7"
    )
    data_center_capacity_share: float = parameter(
        0.5, 0.0, 1.0, "share", "of their storage that counts for the region", "model specification M17", "fixed"
    )
