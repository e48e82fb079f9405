"""Parameters of cells, plants and line decisions (M11-M14)."""

from market.base.parameter import Group, parameter, switch


class Cells(Group):
    """Cells, plants and decisions about cell lines (M11-M14)."""

    power_side: bool = switch(
        "simulate plants, storage buyers and data centers; off: the car market alone",
        default=True,
        role="fixed",
    )
    may_convert: bool = switch("cell lines may convert to another use", default=True)
    nickel_material: float = parameter(
        55, 30, 90, "$/kWh", "material cost of a vehicle cell at the base lithium price", "BNEF 2025, recalled"
    )
    iron_material: float = parameter(
        36, 20, 60, "$/kWh", "material cost of an LFP cell at the base lithium price", "BNEF 2025, recalled"
    )
    processing: float = parameter(
        22, 10, 50, "$/kWh", "other variable cost of a US plant in 2024", "BNEF 2025: North America +44 %"
    )
    base_lithium: float = parameter(
        11, 5, 40, "$/kg", "lithium carbonate price behind these material costs", "end of 2024, recalled", "fixed"
    )
    learning_rate: float = parameter(
        0.18,
        0.12,
        0.24,
        "1",
        "learning rate: fall in processing cost per doubling of output",
        "Ziegler and Trancik 2021",
    )
    output_growth: float = parameter(
        0.12, 0.0, 0.4, "1/year", "growth of cumulative world cell output", "BNEF, recalled"
    )
    fixed_cost: float = parameter(15, 5, 30, "$/kWh", "fixed cost of a plant at full utilization", "design (M12)")
    first_yield: float = parameter(0.65, 0.3, 0.95, "share", "yield of a new line", "design (M12)")
    last_yield: float = parameter(0.93, 0.7, 1.0, "share", "yield after the ramp-up", "design (M12)")
    ramp_quarters: int = parameter(4, 1, 12, "quarter", "length of the ramp-up", "design (M12)", "fixed")
    shadow_price_gain: float = parameter(
        0.3, 0.05, 1.0, "1/quarter", "weight of the last quarter in the worth of capacity that enters pack costs",
        "design (M13)", "fixed",
    )  # fmt: skip
    hurdle: float = parameter(
        1.0, 1.0, 2.5, "1", "h_c, factor on the cost of converting; the value of waiting is counted apart",
        "1: Dixit and Pindyck 1994 count waiting once",
    )  # fmt: skip
    margin_volatility: float = parameter(
        3.0, 0.0, 8.0, "$/kWh/sqrt(year)",
        "volatility of a line's margin in each use; at 0 waiting is worth nothing",
        "design (M14): 0.3 a year of the gain at which a line converts",
    )  # fmt: skip
    contract_cover: float = parameter(
        1.0, 0.0, 1.0, "1", "how far contracts take away the value of waiting; 0: not at all", "design (M14)"
    )
    may_sell_share: bool = switch(
        "an automaker may sell its share of a joint-venture line to the partner", default=True
    )
    partners_stay: bool = switch(
        "cell makers stay in joint ventures; off: lines of ventures cannot make another chemistry", default=True
    )
    sale_cost_musd: float = parameter(
        10, 0, 40, "million $ per GWh/year", "cost of transferring a share of a line to the partner", "judgment"
    )
    sold_as_is: bool = switch(
        "lines that may convert may also sell storage the nickel cells they make for cars", default=True
    )
    as_is_cost: float = parameter(
        15, 0, 40, "$/kWh", "further cost of nickel cells in storage: cooling, safety, warranty",
        "judgment from nickel and iron racks sold in 2019-23",
    )  # fmt: skip
    maker_share: float = parameter(
        0.5, 0.1, 0.9, "share", "automaker's share of a joint venture", "50/50 in most ventures of 2021-23"
    )
    discount_rate: float = parameter(0.10, 0.03, 0.2, "1/year", "discount rate of automakers", "design (M14)")
    decision_noise: float = parameter(
        0.15, 0.0, 0.5, "share", "standard deviation of the owner's error about a line's gain", "design (M14)"
    )
    cost_spread: float = parameter(
        0.21, 0.0, 0.6, "1", "standard deviation of the logarithm of conversion costs among lines of a kind",
        "design (M14): announced conversions differ by 30 to 60 M$ per GWh/year",
    )  # fmt: skip
    same_cell_musd: float = parameter(
        20, 10, 40, "million $ per GWh/year", "conversion cost: other packs or racks for the same cell", "design (M14)"
    )
    other_chemistry_musd: float = parameter(
        45, 30, 60, "million $ per GWh/year", "conversion cost: another chemistry in the same format", "design (M14)"
    )
    other_format_musd: float = parameter(
        90, 80, 100, "million $ per GWh/year", "conversion cost: another cell format, and containers", "design (M14)"
    )
    build_quarters: int = parameter(
        8, 4, 16, "quarter", "time from the start of an announced line to output", "judgment"
    )
    credit_pass_through: float = parameter(
        0.7, 0.3, 1.0, "share", "theta, share of 45X on cells for cars that car buyers receive in prices",
        "design (R5): automakers' statements of 2023-24 on sharing 45X with cell makers, 0.5-0.85, recalled",
    )  # fmt: skip
    capital_budget: bool = switch(
        "programs, conversions and new plants of an automaker compete for a limited annual capital budget",
        default=True, role="fixed",
    )  # fmt: skip
    capital_factor: float = parameter(
        1.0, 0.0, 3.0, "1", "annual capital budgets after the observed data, multiplier", "lever", "lever"
    )
    capital_cash_share: float = parameter(
        0.15, 0.02, 0.5, "share",
        "share of a year's earnings from cars and cells that an automaker or cell maker may invest in BEVs and cells",
        "judgment: GM and Ford planned 6-10 bn$ a year of 20-26 bn$ earned here before fixed cost, recalled",
    )  # fmt: skip
    us_share_moves: bool = switch(
        "US share of automakers' cells follows the gap in cost; off: stays as at the costs of the origin",
        default=True, role="fixed",
    )  # fmt: skip
    sourcing_spread: float = parameter(
        15, 3, 50, "$/kWh", "scale of the cost advantage at which automakers switch to US cells", "judgment"
    )
    new_plant_musd: float = parameter(
        115, 60, 160, "million $ per GWh/year", "capital cost of a new cell plant", "storage_conversions: 94-140"
    )
    upkeep_usd_per_kwh: float = parameter(5, 0, 15, "$/kWh-year", "fixed cost saved while a line is idle", "judgment")
    restart_musd: float = parameter(2, 0, 10, "million $ per GWh/year", "cost of restarting an idle line", "judgment")
    holding_usd_per_kwh: float = parameter(
        1.5,
        0,
        10,
        "$/kWh-year",
        "cost of holding an idle line, an announced plant or a site where building rests",
        "judgment",
    )
