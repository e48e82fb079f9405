"""Parameters of charging: access as buyers see it, queues, those who build and keep chargers (M4, M8, M9)."""

from pydantic import model_validator

from market.base.parameter import Group, parameter, switch


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


class Operators(Group):
    """Queues at fast chargers and charging operators (M8, M9)."""

    queues: bool = switch("chargers have queues; without them nobody waits and no session is lost", default=True)
    decide: bool = switch(
        "operators decide after the records; without it ports grow by charging.port_growth", default=True
    )
    from_start: bool = switch(
        "operators decide from 2017 on, instead of the recorded ports", default=False, role="fixed"
    )
    peak_hour_share: float = parameter(
        0.09, 0.05, 0.2, "share", "sessions of a day in its peak hour", "model specification M8"
    )
    holiday_factor: float = parameter(
        1.6, 1.0, 4.0, "1", "sessions of a holiday over the mean day", "model specification M8"
    )
    holiday_share: float = parameter(0.06, 0.0, 0.25, "share", "days that are holidays", "judgement: about 22 a year")
    most_utilisation: float = parameter(
        0.95, 0.5, 0.99, "share", "use of plugs beyond which sessions are lost", "model specification M8", "fixed"
    )
    handling_hours: float = parameter(
        4 / 60, 0.0, 0.5, "hour", "a plug held before and after charging", "model specification M8: 4 minutes", "fixed"
    )
    most_wait_hours: float = parameter(1.0, 0.1, 6.0, "hour", "wait beyond which drivers go elsewhere", "judgement")
    session_kw: float = parameter(60, 20, 200, "kW", "mean power of a session", "network reports, recalled")
    stock_kwh_per_mile: float = parameter(
        0.30, 0.2, 0.5, "kWh/mile", "use of the battery cars on the road", "FuelEconomy.gov, recalled", "fixed"
    )
    fast_share: float = parameter(
        0.3, 0.05, 1.0, "share", "public energy near home from fast plugs", "set to 16 % use in 2024"
    )
    corridor_share: float = parameter(
        0.6, 0.0, 1.0, "share", "energy of long trips taken on corridors, the rest in zones", "judgement"
    )
    captive_success: float = parameter(
        0.97, 0.5, 1.0, "share", "true plug success of the captive network to the records' end", "plug_reliability"
    )
    other_success: float = parameter(
        0.85, 0.5, 1.0, "share", "true plug success of the others to the records' end", "plug_reliability"
    )
    upkeep_cost_usd: float = parameter(800, 400, 1500, "$/year", "c1, cost of upkeep", "model specification M9")
    success_floor: float = parameter(
        0.5, 0.1, 0.9, "share", "least success of a plug that is kept", "model specification M9", "fixed"
    )
    success_ceiling: float = parameter(
        0.99, 0.9, 0.999, "share", "most success of a plug", "model specification M9", "fixed"
    )
    funded_floor: float = parameter(
        0.97, 0.5, 0.99, "share", "success that a grant asks for", "23 CFR 680 (NEVI), recalled", "fixed"
    )
    upkeep_floor_all: float = parameter(
        0.0,
        0.0,
        0.99,
        "share",
        "success that a rule asks of all operators after the origin, 0 for none",
        "lever",
        "lever",
    )
    upkeep_adjustment: float = parameter(
        0.1, 0.01, 1.0, "1/quarter", "way to the wanted success in a quarter, as plugs are renewed", "judgement"
    )
    capex_kusd: float = parameter(
        132, 75, 160, "k$", "cost of a plug before grants", "model specification M9: 110 net of the tax credit of 2024"
    )
    grant_kusd: float = parameter(40, 0, 110, "k$", "corridor grant for a funded plug", "judgement", "lever")
    grant_share: float = parameter(
        0.25, 0.0, 1.0, "share", "new plugs on corridors that are funded", "judgement", "lever"
    )
    discount_rate: float = parameter(
        0.13, 0.04, 0.25, "1/year", "h_o, operators' hurdle rate", "model specification B4"
    )
    horizon_years: int = parameter(10, 5, 20, "year", "life of a plug", "model specification M9", "fixed")
    shortest_lag: int = parameter(
        3, 1, 12, "quarter", "soonest opening after a decision", "model specification M9", "fixed"
    )
    longest_lag: int = parameter(
        6, 1, 12, "quarter", "latest opening after a decision", "model specification M9", "fixed"
    )
    least_plugs: int = parameter(
        4, 1, 20, "plug", "plugs an operator may always add to a place in a year", "model specification M9", "fixed"
    )
    most_growth: float = parameter(
        0.6, 0.1, 2.0, "1/year", "most an operator's plugs in a place may grow", "model specification M9", "fixed"
    )
    variable_cost_share: float = parameter(
        0.55, 0.3, 0.9, "share of price", "energy, fees and taxes of a kWh sold", "EVgo filings; evidence A5"
    )
    demand_charge_usd: float = parameter(
        4_000, 0, 20_000, "$/year", "demand charge of a plug", "judgement: with upkeep about 6,000 (evidence A5)"
    )
    budget_musd: float = parameter(
        850, 0, 5_000, "M$/year", "capital of all operators without cars to sell", "judgement: the build-out of 2024"
    )
    captive_budget_musd: float = parameter(
        650, 0, 5_000, "M$/year", "capital of the captive network", "judgement: the build-out of 2024"
    )
    budget_factor: float = parameter(1.0, 0.0, 5.0, "1", "all budgets, as a multiple", "lever", "lever")
    captive_margin_kusd: float = parameter(
        5.0, 0.0, 15.0, "k$", "what the maker behind the captive network earns on a car gained", "judgement"
    )
    captive_cars_per_plug: float = parameter(
        1.0, 0.0, 10.0, "car/year", "cars a plug of the captive network gains its maker", "judgement"
    )
    rival_response: float = parameter(
        0.5,
        0.0,
        1.5,
        "1",
        "elasticity of all plugs to cars that operators expect",
        "Li et al. 2017: about 0.6, recalled",
    )
    growth_damping: float = parameter(
        0.8, 0.0, 1.0, "1/year", "damping of the growth of battery cars that operators expect", "judgement"
    )
    patience: int = parameter(
        8, 2, 40, "quarter", "quarters of loss in a row after which an operator closes a site", "judgement"
    )

    @model_validator(mode="after")
    def _lags_in_order(self) -> "Operators":
        if self.shortest_lag > self.longest_lag:
            raise ValueError(f"shortest_lag is {self.shortest_lag}, above longest_lag {self.longest_lag}")
        return self
