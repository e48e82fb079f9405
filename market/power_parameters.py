"""Parameters of cells, plants and storage (M11-M14, M16, M17, M19)."""

from market.parameter import Group, parameter, switch


class Cells(Group):
    """Cells, plants and what their makers decide (M11-M14)."""

    power_side: bool = switch(
        "build plants, storage buyers and data centers; without them the car market runs alone",
        default=True,
        role="fixed",
    )
    may_convert: bool = switch("lines may change their use", default=True)
    nickel_material: float = parameter(
        55, 30, 90, "$/kWh", "material of a vehicle cell at base lithium", "BNEF 2025, recalled"
    )
    iron_material: float = parameter(
        36, 20, 60, "$/kWh", "material of an iron-phosphate cell at base lithium", "BNEF 2025, recalled"
    )
    processing: float = parameter(
        22, 10, 50, "$/kWh", "other variable cost in a US plant in 2024", "BNEF 2025: North America +44 %"
    )
    base_lithium: float = parameter(
        11, 5, 40, "$/kg", "lithium carbonate price behind these costs", "end of 2024, recalled", "fixed"
    )
    learning_rate: float = parameter(
        0.18, 0.12, 0.24, "1", "fall of processing cost per doubling", "Ziegler and Trancik 2021"
    )
    output_growth: float = parameter(0.12, 0.0, 0.4, "1/year", "growth of cumulative cells, world", "BNEF, recalled")
    fixed_cost: float = parameter(15, 5, 30, "$/kWh", "fixed cost of a plant at full use", "model specification M12")
    first_yield: float = parameter(0.65, 0.3, 0.95, "share", "yield of a new line", "model specification M12")
    last_yield: float = parameter(0.93, 0.7, 1.0, "share", "yield after the ramp", "model specification M12")
    ramp_quarters: int = parameter(4, 1, 12, "quarter", "length of the ramp", "model specification M12", "fixed")
    domestic_limit: float = parameter(
        0.85, 0.3, 1.0, "share", "most of a maker's cells from US plants", "judgement: imported cars bring theirs"
    )
    scarcity_most: float = parameter(30, 0, 100, "$/kWh", "mu_max", "model specification M13")
    scarcity_centre: float = parameter(
        0.90, 0.7, 1.0, "share", "use at which half of it is asked", "model specification M13", "fixed"
    )
    scarcity_width: float = parameter(0.03, 0.01, 0.1, "share", "width of the rise", "model specification M13", "fixed")
    scarcity_gain: float = parameter(
        0.3, 0.05, 1.0, "1/quarter", "weight of the last quarter", "model specification M13", "fixed"
    )
    hurdle: float = parameter(
        1.9, 1.0, 2.5, "1", "h_c, gain over cost at which a line changes", "Dixit and Pindyck 1994"
    )
    sigma: float = parameter(
        0.3, 0.05, 0.6, "1/sqrt(year)", "uncertainty of a line's gain without a contract", "model specification M14"
    )
    contract_cover: float = parameter(
        1.0, 0.0, 1.0, "1", "how far contracts lower that uncertainty; 0: not at all", "model specification M14"
    )
    may_sell_share: bool = switch(
        "a maker that would close a line of a joint venture may sell it to the partner", default=True
    )
    maker_share: float = parameter(
        0.5, 0.1, 0.9, "share", "of a joint venture that is the maker's", "half each, most ventures of 2021-23"
    )
    discount_rate: float = parameter(0.10, 0.03, 0.2, "1/year", "makers' discount rate", "model specification M14")
    decision_noise: float = parameter(
        0.15, 0.0, 0.5, "share", "private noise of a line's gain", "model specification M14"
    )
    same_cell_musd: float = parameter(
        20, 10, 40, "M$ per GWh a year", "cost of other packs or racks for the same cell", "model specification M14"
    )
    other_chemistry_musd: float = parameter(
        45, 30, 60, "M$ per GWh a year", "cost of another chemistry in the same format", "model specification M14"
    )
    other_format_musd: float = parameter(
        90, 80, 100, "M$ per GWh a year", "cost of another cell format and containers", "model specification M14"
    )
    build_quarters: int = parameter(8, 4, 16, "quarter", "from the start of an announced line to output", "judgement")
    patience_quarters: int = parameter(
        16, 4, 40, "quarter", "wait after which an announced line is cancelled, an idle one closed", "judgement"
    )
    sourcing_spread: float = parameter(
        15, 3, 50, "$/kWh", "cost advantage that turns makers from imported to US cells", "judgement"
    )
    new_plant_musd: float = parameter(
        115, 60, 160, "M$ per GWh a year", "cost of a new cell plant", "storage_conversions: 94-140"
    )
    upkeep_usd_per_kwh: float = parameter(5, 0, 15, "$/kWh a year", "fixed cost that idling saves", "judgement")
    fixed_cost_passed_on: float = parameter(
        1.0, 0.0, 1.0, "share", "of dearer fixed cost that reaches car prices", "design: the first channel, M14"
    )
    programme_weight: float = parameter(
        0.5, 0.0, 1.0, "1", "models lost per share of a maker's cells turned away", "judgement"
    )


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
