"""Parameters of what makers expect and plan: forecasts and programmes (M15, M18)."""

from market.base.parameter import Group, parameter, switch


class Plans(Group):
    """Makers' forecasts and programmes for battery cars; legacy makers, and new brands with Tesla (M15, M18)."""

    programmes: bool = switch(
        "makers launch and cancel battery-car models; without them models follow variety_growth", default=True
    )
    damped_forecasts: bool = switch(
        "makers and owners of lines expect by damped trends; without them by the last years", default=True
    )
    legacy_learning: float = parameter(
        0.25, 0.0, 1.0, "1/year", "part of that optimism legacy makers give up in a year", "model specification M18",
        "lever",
    )  # fmt: skip
    new_learning: float = parameter(
        0.4, 0.0, 1.0, "1/year", "part of that optimism new brands give up in a year", "model specification M18"
    )
    level_gain: float = parameter(0.6, 0.1, 1.0, "1/year", "Holt: weight of the last year in the level", "judgement")
    trend_gain: float = parameter(0.3, 0.0, 1.0, "1/year", "Holt: weight of the last year in the trend", "judgement")
    trend_damping: float = parameter(0.9, 0.0, 1.0, "1/year", "Holt: damping of the trend", "model specification M18")
    announced_policy_weight: float = parameter(
        1.0, 0.0, 1.0, "1", "weight of announced credits in makers' forecasts", "model specification M18"
    )
    storage_gap_closing: float = parameter(
        0.15, 0.0, 0.3, "1/year",
        "fall of utilities' orders a year that owners of lines count on at first, damped as the trend",
        "judgement: catch_up_per_year less growth of peaks",
    )  # fmt: skip
    cost_musd: float = parameter(
        1500, 500, 3000, "M$", "cost of a programme for one more battery-car model", "model specification M15"
    )
    us_share: float = parameter(
        0.3, 0.1, 1.0, "share", "of a programme's cost that sales in the United States have to earn", "judgement"
    )
    lead_quarters: int = parameter(12, 4, 24, "quarter", "from launch to sale", "model specification M15")
    years_on_sale: int = parameter(7, 3, 12, "year", "life of a model on sale", "judgement", "fixed")
    most_launches: int = parameter(
        1, 0, 5, "1/year", "most programmes a maker begins in a year", "judgement: engineers"
    )
    supplier_share: float = parameter(
        0.7, 0.0, 1.0, "share", "of a write-off that is paid to suppliers", "model specification M15"
    )
    legacy_cost_factor: float = parameter(
        1.1, 0.5, 2.0, "1", "programme cost of legacy makers, as a multiple: more fixed cost", "judgement"
    )
    legacy_capital: float = parameter(0.10, 0.03, 0.25, "1/year", "cost of capital of legacy makers", "judgement")
    new_capital: float = parameter(0.14, 0.03, 0.3, "1/year", "cost of capital of new brands: dearer", "judgement")
    dealer_share: float = parameter(
        0.2, 0.0, 0.6, "share", "of the markup on a battery car that goes to dealers of legacy makers", "judgement",
        "lever",
    )  # fmt: skip
    new_service_belief: float = parameter(
        0.9, 0.3, 1.0, "share", "of buyers won who trust the service of a maker without dealers", "judgement"
    )
