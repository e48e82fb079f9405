"""Utilities and charging operators told of: what storage and plugs are worth to them (M9, M16, M17)."""

import numpy as np

from agents.calendar import QUARTERS_PER_YEAR
from experiments.page.inspection_text import ARCHETYPE, Bar, Fact, Inspection, musd
from experiments.page.snapshot import History
from market.base import quarters
from market.base.categories import REGIONS
from market.model import Market

_PLACES_SHOWN = 6
_CONTRACTS_SHOWN = 8


def inspect_utility(market: Market, name: str, _history: History) -> Inspection:
    """The buyers of storage of a power region: value against cost, what is asked for, what is signed."""
    place, power = REGIONS.index(name), market.power
    utility = power.utilities[place]
    row = next(row for row in market.recorder.latest("regions") if row["region"] == name)
    order = power.order_of(utility, market.quarter)
    price = power.price_usd_per_kwh
    sees = [
        Fact("Peak load expected", f"{order.peak_gw:.1f} GW"),
        Fact("Storage standing and on the way", f"{order.standing_gw:.1f} GW"),
        Fact("Price of US storage cells", f"{price:.0f} $/kWh"),
        Fact("Data centers' storage", f"{row['data_center_gw']:.2f} GW"),
    ]
    decided = [
        Fact("Storage wanted in the end at this price", f"{order.target_gw(price):.1f} GW"),
        Fact("Asked for in a year's request", f"{order.wanted_gwh(price):.1f} GWh"),
        Fact("Contracted this quarter", f"{row['ordered_gwh']:.2f} GWh"),
        Fact("Of it by data centers", f"{row['ordered_data_center_gwh']:.2f} GWh"),
        Fact("Put up this quarter", f"{row['added_gw']:.2f} GW"),
    ]
    bars = [
        Bar("Value of one more kW", float(row["value_usd_per_kw_year"])),
        Bar("Its cost", -float(row["cost_usd_per_kw_year"])),
    ]
    why = (
        f"Storage is ordered as long as one more kW is worth its cost; each year {utility.catch_up_per_year:.0%} of "
        f"the gap is asked for. Requests of {name} go out in Q{place % QUARTERS_PER_YEAR + 1}."
    )
    if market.is_recorded:
        why += f" To {quarters.label(market.origin)} what is put up is the record."
    story = [
        f"Contract {each.number}, {each.buyer}: {each.gwh:.1f} GWh from {each.seller} at "
        f"{each.price_usd_per_kwh:.0f} $/kWh, {quarters.label(each.start)} to {quarters.label(each.end)}"
        for each in power.book.open
        if each.region == place
    ]
    return Inspection(
        f"Utilities of {name}", "One agent for all buyers of grid storage of the power region.", sees, decided, why,
        bars, "$ a kW-year", story[-_CONTRACTS_SHOWN:],
    )  # fmt: skip


def _place_name(market: Market, place: int) -> str:
    zones = market.places.size
    if place < zones:
        return market.places.names[place]
    return " - ".join(end.split(",")[0] for end in list(market.charging_graph.graph.edges)[place - zones])


def inspect_operator(market: Market, name: str, _history: History) -> Inspection:
    """A charging operator: use of plugs, where one more would pay, how well it keeps them."""
    network = market.charging_side.network
    operator = next(each for each in network.operators if each.name == name)
    row = next(row for row in market.recorder.latest("charging") if row["operator"] == name)
    margin = market.prices.public_usd_per_kwh * (1.0 - network.parameters.variable_cost_share)
    seen = network.sensing(operator.place, market.charging_side.service, margin, market.quarter)
    worth = operator.plug_value_usd(seen) - operator.costs.capex_usd
    best = np.argsort(-worth, kind="stable")[:_PLACES_SHOWN]
    own = seen.plugs > 0
    mean = float(np.average(seen.sessions_per_year[own], weights=seen.plugs[own])) if own.any() else float("nan")
    wanted = operator.wanted_success(seen, funded=False)
    keeps = float(np.average(wanted[own], weights=seen.plugs[own])) if own.any() else float("nan")
    sees = [
        Fact("Sessions wanted a plug where it stands", f"{mean:,.0f} a year"),
        Fact("Margin", f"{margin:.2f} $/kWh"),
        Fact("Growth of battery cars expected", f"{seen.car_growth_per_year:+.0%} a year"),
        Fact("Most sessions a plug can serve", f"{seen.most_sessions_per_year:,.0f} a year"),
    ]
    decided = [
        Fact(
            "Plugs, started, closed this quarter", f"{row['plugs']:,.0f}, {row['started']:,.0f}, {row['closed']:,.0f}"
        ),
        Fact("Charges that succeed; it would keep", f"{row['success']:.1%}; {keeps:.1%}"),
        Fact("Revenue, profit before capital", f"{musd(row['revenue_musd'])}, {musd(row['profit_musd'])}"),
        Fact("Use of its plugs", f"{row['utilisation']:.1%} of hours"),
    ]
    why = (
        "Worth of one more plug less its price, in the places where it would earn most; it starts plugs from the top "
        "until its budget of the year is spent, and closes a site after lasting losses."
    )
    if not network.decides(market.quarter):
        why += f" To {quarters.label(market.recorded_until)} plugs are the recorded ones."
    bars = [Bar(_place_name(market, int(place)), float(worth[place]) / 1e3) for place in best]
    return Inspection(name, ARCHETYPE, sees, decided, why, bars, "k$ a plug", [])
