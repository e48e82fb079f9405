"""Inspection of utilities and charging operators: what storage and plugs are worth to them (M9, M16, M17)."""

import numpy as np

from agents.calendar import QUARTERS_PER_YEAR
from experiments.display_names import quarter_at, region_name
from experiments.page.inspections.inspection_text import ARCHETYPE, Bar, Fact, Inspection, musd
from experiments.page.snapshot import History
from market.model import Market

_PLACES_SHOWN = 6
_CONTRACTS_SHOWN = 8


def inspect_utility(market: Market, name: str, _history: History) -> Inspection:
    """The storage buyers of a power region: value against cost, what is requested, what is contracted."""
    power = market.power
    place = power.regions.names.index(name)
    utility = power.utilities[place]
    row = next(row for row in market.recorder.latest("regions") if row["region"] == name)
    order = power.order_of(utility, market.quarter)
    price = power.price_usd_per_kwh
    sees = [
        Fact("Expected peak load", f"{order.peak_gw:.1f} GW"),
        Fact("Storage installed and under construction", f"{order.standing_gw:.1f} GW"),
        Fact("Price of US storage cells", f"{price:.0f} $/kWh"),
        Fact("Data-center storage", f"{row['data_center_gw']:.2f} GW"),
    ]
    decided = [
        Fact("Long-run storage target at this price", f"{order.target_gw(price):.1f} GW"),
        Fact("Requested per year", f"{order.wanted_gwh(price):.1f} GWh"),
        Fact("Contracted this quarter", f"{row['ordered_gwh']:.2f} GWh"),
        Fact("Of this, by data centers", f"{row['ordered_data_center_gwh']:.2f} GWh"),
        Fact("Added this quarter", f"{row['added_gw']:.2f} GW"),
    ]
    bars = [
        Bar("Value of one more kW", float(row["value_usd_per_kw_year"])),
        Bar("Its cost", -float(row["cost_usd_per_kw_year"])),
    ]
    why = (
        f"Storage is ordered as long as one more kW is worth its cost; each year {utility.catch_up_per_year:.0%} of "
        f"the gap is requested. It issues its requests in Q{place % QUARTERS_PER_YEAR + 1}."
    )
    if market.is_recorded:
        why += f" Through {quarter_at(market.origin)}, additions are as recorded."
    history = [
        f"Contract {each.number}, {each.buyer.removesuffix(f' {name}')}: {each.gwh:.1f} GWh from {each.seller} at "
        f"{each.price_usd_per_kwh:.0f} $/kWh, {quarter_at(each.start)} to {quarter_at(each.end)}"
        for each in power.book.open
        if each.region == place
    ]
    title, note = f"Utilities of {region_name(name)}", "One agent for all grid-storage buyers in the power region."
    return Inspection(
        title, note, sees, decided, why,
        bars, "$ per kW-year", history[-_CONTRACTS_SHOWN:], ("cost", "value"),
    )  # fmt: skip


def _place_name(market: Market, place: int) -> str:
    zones = market.places.size
    if place < zones:
        return market.places.names[place]
    return " - ".join(end.split(",")[0] for end in list(market.charging_graph.graph.edges)[place - zones])


def inspect_operator(market: Market, name: str, _history: History) -> Inspection:
    """A charging operator: plug utilization, where one more would pay, how well it maintains them."""
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
        Fact("Demand per plug at its sites", f"{mean:,.0f} sessions/year"),
        Fact("Margin", f"{margin:.2f} $/kWh"),
        Fact("Expected EV growth", f"{seen.car_growth_per_year:+.0%} per year"),
        Fact("Capacity of a plug", f"{seen.most_sessions_per_year:,.0f} sessions/year"),
    ]
    decided = [
        Fact(
            "Plugs; started; closed this quarter", f"{row['plugs']:,.0f}; {row['started']:,.0f}; {row['closed']:,.0f}"
        ),
        Fact("Charging success; its target", f"{row['success']:.1%}; {keeps:.1%}"),
        Fact("Revenue; profit before capital", f"{musd(row['revenue_musd'])}; {musd(row['profit_musd'])}"),
        Fact("Plug utilization", f"{row['utilisation']:.1%} of hours"),
    ]
    why = (
        "Value of one more plug less its cost, at the most profitable locations. The operator builds from the top of "
        "this list until its annual budget is spent, and closes a site after sustained losses."
    )
    if not network.decides(market.quarter):
        why += f" Through {quarter_at(market.recorded_until)}, plugs are as recorded."
    bars = [Bar(_place_name(market, int(place)), float(worth[place]) / 1e3) for place in best]
    return Inspection(
        name, ARCHETYPE, sees, decided, why, bars, "thousand $ per plug", [], ("would lose", "would earn")
    )
