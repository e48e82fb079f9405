"""Parameters of cells, plants and line decisions (M11-M14)."""

from market.base.parameter import Group, parameter, switch


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
