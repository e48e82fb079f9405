"""Parameters of automakers' forecasts and programs (M15, M18)."""

from market.base.parameter import MODEL_SWITCH, Group, parameter, switch


class Plans(Group):
    """Automakers' forecasts and BEV programs; legacy automakers, and new brands including Tesla (M15, M18)."""

    programmes: bool = switch(
        "automakers launch and cancel BEV models; off: models follow variety_growth", default=True,
        one_value=MODEL_SWITCH,
    )  # fmt: skip
    damped_forecasts: bool = switch(
        "automakers and line owners forecast with damped trends; off: with the last years", default=True,
        one_value=MODEL_SWITCH,
    )  # fmt: skip
    legacy_learning: float = parameter(
        0.25, 0.0, 1.0, "1/year", "share of initial optimism legacy automakers give up in a year", "design (M18)",
        "lever",
    )  # fmt: skip
    new_learning: float = parameter(
        0.4, 0.0, 1.0, "1/year", "share of initial optimism new brands give up in a year", "design (M18)"
    )
    level_gain: float = parameter(
        0.6, 0.1, 1.0, "1/year", "Holt smoothing: weight of the last year in the level", "judgment"
    )
    trend_gain: float = parameter(
        0.3, 0.0, 1.0, "1/year", "Holt smoothing: weight of the last year in the trend", "judgment"
    )
    trend_damping: float = parameter(0.9, 0.0, 1.0, "1/year", "Holt smoothing: damping of the trend", "design (M18)")
    announced_policy_weight: float = parameter(
        1.0, 0.0, 1.0, "1", "weight of announced credits in automakers' forecasts", "design (M18)"
    )
    storage_gap_closing: float = parameter(
        0.15, 0.0, 0.3, "1/year",
        "annual fall in utilities' orders that line owners expect at first, damped as the trend",
        "judgment: catch_up_per_year less peak growth",
    )  # fmt: skip
    cost_musd: float = parameter(
        1500, 500, 3000, "million $", "cost of a program for one more BEV model", "design (M15)"
    )
    us_share: float = parameter(
        0.3, 0.1, 1.0, "share", "share of a program's cost that US sales must recover", "judgment"
    )
    lead_quarters: int = parameter(12, 4, 24, "quarter", "time from launch of a program to sale", "design (M15)")
    years_on_sale: int = parameter(7, 3, 12, "year", "life of a model on sale", "judgment", "fixed")
    most_launches: int = parameter(
        1, 0, 5, "1/year", "maximum programs an automaker starts in a year", "judgment: engineering capacity"
    )
    supplier_share: float = parameter(
        0.7, 0.0, 1.0, "share", "share of a write-off that is paid to suppliers", "design (M15)"
    )
    legacy_cost_factor: float = parameter(
        1.1, 0.5, 2.0, "1", "program cost of legacy automakers, multiplier (higher fixed cost)", "judgment"
    )
    legacy_capital: float = parameter(0.10, 0.03, 0.25, "1/year", "cost of capital of legacy automakers", "judgment")
    new_capital: float = parameter(0.14, 0.03, 0.3, "1/year", "cost of capital of new brands", "judgment")
    dealer_share: float = parameter(
        0.2, 0.0, 0.6, "share", "dealers' share of legacy automakers' markup on a BEV", "judgment",
        "lever",
    )  # fmt: skip
    new_service_belief: float = parameter(
        0.9, 0.3, 1.0, "share", "share of buyers won who trust the service of an automaker without dealers", "judgment"
    )
