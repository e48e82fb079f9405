"""Parameters of charging: access as buyers perceive it, queues, operators (M4, M8, M9)."""

from pydantic import model_validator

from market.base.parameter import MODEL_SWITCH, Group, parameter, switch


class Charging(Group):
    """Charging access as buyers see it (M4) and the growth of recorded ports."""

    network_weight: float = parameter(
        2.3, 0.0, 6.0, "1", "theta_c, weight of charging access in utility", "Greene et al. 2020; Singh et al. 2025"
    )
    coverage_kusd: float = parameter(6.5, 4, 9, "thousand $", "W_C, value of full trip coverage", "Greene et al. 2020")
    local_kusd: float = parameter(1.5, 1, 3, "thousand $", "W_L, value of charging near home", "Greene et al. 2020")
    plugs_per_10k_cars: float = parameter(
        1.5, 0.3, 10, "plug", "chargers per 10,000 cars at which adequacy near home is 0.63", "judgment"
    )
    plug_success: float = parameter(
        0.85,
        0.3,
        1.0,
        "share",
        "charging success rate of other networks as buyers perceive it at the start",
        "Rempel et al. 2022",
        "lever",
        one_value="it is what buyers believe at the start",
    )
    captive_plug_success: float = parameter(
        0.97, 0.3, 1.0, "share", "success rate of the captive network's chargers as buyers perceive it at the start",
        "plug_reliability", "lever", one_value="it is what buyers believe at the start",
    )  # fmt: skip
    captive_cover_share: float = parameter(
        1.0, 0.0, 1.0, "share", "g of the captive network: share of its sites placed to cover trips, to full cover",
        "design (M4)",
    )  # fmt: skip
    other_cover_share: float = parameter(
        0.3, 0.0, 1.0, "share", "g of other networks: share of their sites placed to cover trips, to full cover",
        "design (M4)",
    )  # fmt: skip
    chademo_site_share: float = parameter(
        0.6, 0.0, 1.0, "share", "share of other networks' sites that have a CHAdeMO plug",
        "AFDC station records of four states 2023-25: 0.41 to 0.64",
    )  # fmt: skip
    open_networks: bool = switch(
        "all networks open to all cars after the observed data; off: as built and announced by the end of 2024",
        default=False, role="lever",
    )  # fmt: skip
    site_common_success: float = parameter(
        0.95, 0.5, 1.0, "share", "a_s, probability that a site as a whole works", "judgment"
    )
    port_growth: float = parameter(
        0.15, -0.5, 0.6, "1/year", "growth of fast-charging ports after the observed data", "judgment", "lever"
    )
    port_factor: float = parameter(
        1.0, 0.0, 10.0, "1", "fast-charging ports after the observed data, multiplier", "lever", "lever"
    )
    living_public_weight: float = parameter(
        1.0, 0.0, 2.0, "1", "weight of Q, cost of living without home charging", "design", "fixed"
    )
    trip_time_weight: float = parameter(
        1.0, 0.0, 2.0, "1", "weight of T, charging time on long trips", "design", "fixed"
    )
    failed_visit_usd: float = parameter(25, 0, 40, "$", "cost of a failed charging visit", "judgment: 15-40")
    time_value_usd_per_hour: float = parameter(22, 5, 60, "$/hour", "value of time", "US DOT 2016 guidance, recalled")
    home_share: float = parameter(
        0.85, 0.5, 1.0, "share", "share of energy charged at home by owners who can", "INL, recalled", "fixed"
    )
    kwh_per_public_session: float = parameter(
        30, 10, 60, "kWh", "energy per public session", "EVgo filings, recalled", "fixed"
    )
    hours_per_public_session: float = parameter(0.25, 0.0, 1.0, "hour", "time spent per public session", "judgment")
    long_trip_miles: float = parameter(
        1_500, 0, 6_000, "mile/year", "miles on trips beyond the first charge", "NHTS 2001, recalled"
    )
    stop_overhead_hours: float = parameter(0.1, 0.0, 0.5, "hour", "time for detour and handling per stop", "judgment")


class Operators(Group):
    """Queues at fast chargers and charging operators (M8, M9)."""

    queues: bool = switch(
        "queues at fast chargers; off: nobody waits and no session is lost", default=True, one_value=MODEL_SWITCH
    )
    decide: bool = switch(
        "operators decide on chargers after the observed data; off: ports grow by charging.port_growth", default=True,
        one_value=MODEL_SWITCH,
    )  # fmt: skip
    from_start: bool = switch(
        "operators decide from 2017 on instead of following recorded ports", default=False, role="fixed"
    )
    peak_hour_share: float = parameter(
        0.09, 0.05, 0.2, "share", "share of a day's sessions in its peak hour", "design (M8)"
    )
    holiday_factor: float = parameter(
        1.6, 1.0, 4.0, "1", "sessions on a holiday relative to the mean day", "design (M8)"
    )
    holiday_share: float = parameter(
        0.06, 0.0, 0.25, "share", "share of days that are holidays", "judgment: about 22 a year"
    )
    most_utilisation: float = parameter(
        0.95, 0.5, 0.99, "share", "utilization above which sessions are lost", "design (M8)", "fixed"
    )
    handling_hours: float = parameter(
        4 / 60,
        0.0,
        0.5,
        "hour",
        "time a charger is occupied before and after charging",
        "design (M8): 4 minutes",
        "fixed",
    )
    most_wait_hours: float = parameter(1.0, 0.1, 6.0, "hour", "wait beyond which drivers leave", "judgment")
    session_kw: float = parameter(60, 20, 200, "kW", "mean power per session", "network reports, recalled")
    stock_kwh_per_mile: float = parameter(
        0.30, 0.2, 0.5, "kWh/mile", "energy use of BEVs on the road", "FuelEconomy.gov, recalled", "fixed"
    )
    fast_share: float = parameter(
        0.3,
        0.05,
        1.0,
        "share",
        "share of public energy near home from fast chargers",
        "fitted to 16 % utilization in 2024",
    )
    corridor_share: float = parameter(
        0.6, 0.0, 1.0, "share", "share of long-trip energy charged on corridors, the rest in zones", "judgment"
    )
    captive_success: float = parameter(
        0.97,
        0.5,
        1.0,
        "share",
        "actual success rate of the captive network up to the end of observed data",
        "plug_reliability",
    )
    other_success: float = parameter(
        0.85,
        0.5,
        1.0,
        "share",
        "actual success rate of other networks up to the end of observed data",
        "plug_reliability",
    )
    upkeep_cost_usd: float = parameter(800, 400, 1500, "$/year", "c1, cost of charger maintenance", "design (M9)")
    success_floor: float = parameter(
        0.5, 0.1, 0.9, "share", "lowest success rate to which a charger is maintained", "design (M9)", "fixed"
    )
    success_ceiling: float = parameter(
        0.99, 0.9, 0.999, "share", "highest success rate of a charger", "design (M9)", "fixed"
    )
    funded_floor: float = parameter(
        0.97, 0.5, 0.99, "share", "success rate that grants require", "23 CFR 680 (NEVI), recalled", "fixed"
    )
    upkeep_floor_all: float = parameter(
        0.0,
        0.0,
        0.99,
        "share",
        "success rate required of all operators after the observed data, 0: none",
        "lever",
        "lever",
    )
    upkeep_adjustment: float = parameter(
        0.1, 0.01, 1.0, "1/quarter", "share of the gap to the target success rate closed in a quarter", "judgment"
    )
    capex_kusd: float = parameter(
        132,
        75,
        160,
        "thousand $",
        "capital cost of a charger before grants",
        "design (M9): 110 net of the tax credit of 2024",
    )
    grant_kusd: float = parameter(40, 0, 110, "thousand $", "grant per funded corridor charger", "judgment", "lever")
    grant_share: float = parameter(
        0.25, 0.0, 1.0, "share", "share of new corridor chargers that are funded", "judgment", "lever"
    )
    discount_rate: float = parameter(0.13, 0.04, 0.25, "1/year", "h_o, operators' hurdle rate", "design")
    horizon_years: int = parameter(10, 5, 20, "year", "life of a charger", "design (M9)", "fixed")
    shortest_lag: int = parameter(3, 1, 12, "quarter", "shortest time from decision to opening", "design (M9)", "fixed")
    longest_lag: int = parameter(6, 1, 12, "quarter", "longest time from decision to opening", "design (M9)", "fixed")
    least_plugs: int = parameter(
        4, 1, 20, "plug", "chargers of a new site of an independent operator, which may add one a year at any place",
        "design (M9); NEVI asks for four (23 CFR 680)", "fixed",
    )  # fmt: skip
    captive_site_plugs: int = parameter(
        10, 1, 40, "plug", "chargers of a new site of the captive network, which may add one a year at any place",
        "AFDC station records of three states 2025: 9.6 to 11.1", "fixed",
    )  # fmt: skip
    most_growth: float = parameter(
        0.6, 0.1, 2.0, "1/year", "maximum growth of an operator's chargers at a place", "design (M9)", "fixed"
    )
    variable_cost_share: float = parameter(
        0.55, 0.3, 0.9, "share of price", "variable cost: energy, fees and taxes per kWh sold", "EVgo filings"
    )
    demand_charge_usd: float = parameter(
        4_000, 0, 20_000, "$/year", "demand charge per charger", "judgment: with maintenance about 6,000"
    )
    budget_musd: float = parameter(
        850,
        0,
        5_000,
        "million $/year",
        "annual capital budget of all independent operators",
        "judgment: the build-out of 2024",
    )
    captive_budget_musd: float = parameter(
        650,
        0,
        5_000,
        "million $/year",
        "annual capital budget of the captive network",
        "judgment: the build-out of 2024",
    )
    budget_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "capital budgets of all operators, multiplier", "lever", "lever"
    )
    captive_margin_kusd: float = parameter(
        5.0, 0.0, 15.0, "thousand $", "margin of the captive network's automaker per car gained", "judgment"
    )
    captive_cars_per_plug: float = parameter(
        1.0, 0.0, 10.0, "car/year", "cars gained per charger of the captive network", "judgment"
    )
    rival_response: float = parameter(
        0.5,
        0.0,
        1.5,
        "1",
        "elasticity of all chargers to BEVs that operators expect",
        "Li et al. 2017: about 0.6, recalled",
    )
    growth_damping: float = parameter(
        0.8, 0.0, 1.0, "1/year", "damping of the BEV growth that operators expect", "judgment"
    )
    patience: int = parameter(
        8, 2, 40, "quarter", "consecutive loss-making quarters after which a site closes", "judgment"
    )

    @model_validator(mode="after")
    def _lags_in_order(self) -> "Operators":
        if self.shortest_lag > self.longest_lag:
            raise ValueError(f"shortest_lag is {self.shortest_lag}, above longest_lag {self.longest_lag}")
        return self
