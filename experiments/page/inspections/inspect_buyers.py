"""Inspection of zones and consumers: what a BEV is worth to them, term by term, and what they drive."""

from dataclasses import replace

import numpy as np

from agents.calendar import QUARTERS_PER_YEAR
from agents.population.consumers import LESSEE, NO_CAR, OLDEST_QUARTERS, SLEEPING, WAITING
from experiments.display_names import SEGMENT_NAMES, quarter_at, region_name
from experiments.page.inspections.compare_cars import Household, TwoCars
from experiments.page.inspections.inspection_text import Fact, Inspection, dollars
from experiments.page.snapshot import History
from market.base.categories import HOMES, NETWORKS, SEGMENTS, TASTES
from market.buyers.demand import taste_points
from market.model import Market

_INCOME_WORDS = ("below 35", "35 to 75", "75 to 125", "125 to 200", "above 200")
_KIND_WORDS = ("gasoline car", "hybrid", "plug-in hybrid", "short-range BEV", "long-range BEV", "Tesla BEV")
_QUARTERS = QUARTERS_PER_YEAR


def inspect_zone(market: Market, name: str, _history: History) -> Inspection:
    """A zone: chargers as its buyers see them, and what favors a BEV for a typical buyer there."""
    zone, places = market.places.names.index(name), market.places
    row = next(row for row in market.recorder.latest("zones") if row["zone"] == name)
    income = int(np.argmax(places.income_share[zone]))
    cars = TwoCars(market, Household(zone, income, home=1))
    sees = [
        Fact("Fast plugs", f"{row['fast_plugs']:,.0f}"),
        Fact("Perceived charging success", _believed_success(market, zone)),
        Fact("Actual charging success", f"{row['charging_success']:.1%}"),
        Fact("Wait at peak hour", f"{row['wait_minutes']:.1f} minutes"),
        Fact("Long trips covered", f"{row['trip_coverage']:.1%}"),
        Fact("Plugs near home vs. need", f"{row['local_adequacy']:.0%}"),
        Fact("Vehicles with home charging", f"{places.home_share[zone]:.0%}"),
    ]
    decided = [
        Fact("BEV share of new sales", f"{row['bev_share_new']:.1%}"),
        Fact("New vehicles", f"{row['new_sales']:,.0f} per quarter"),
        Fact("Vehicles on the road", f"{row['cars_stock']:,.0f}"),
        Fact("Of these, BEVs", f"{row['bev_stock']:,.0f}"),
    ]
    why = (
        f"The best BEV and the best other new car for a household here with an income of {_INCOME_WORDS[income]} "
        "thousand $ a year, home charging and no taste either way."
    )
    region = region_name(places.power_region[zone])
    note = f"Power region {region}. Vehicle counts come from the simulated population."
    return _weighed(cars, Inspection(name, note, sees, decided, why, [], "", []))


def _weighed(cars: TwoCars, found: Inspection) -> Inspection:
    """An inspection with two cars in dollars, and how they weigh in the choice added to its reasons."""
    bev, other = cars.names
    ahead = dollars(abs(cars.ahead_kusd))
    return replace(
        found,
        why=f"{found.why} {cars.weighs()}",
        compared=cars.compared(),
        bars=cars.bars(),
        bar_unit="thousand $ of this household",
        ends=(other, bev),
        total=f"All together, {bev if cars.ahead_kusd >= 0.0 else other} is ahead by {ahead}.",
    )


def _believed_success(market: Market, zone: int) -> str:
    """Perceived charging success of the networks in a zone."""
    by_network = zip(NETWORKS, market.trust.charging_success()[zone], strict=True)
    return ", ".join(f"{name} {success:.1%}" for name, success in by_network)


def inspect_consumer(market: Market, name: str, history: History) -> Inspection:
    """One consumer: who it is, what it drives and has driven, and what favors a BEV for it."""
    row = int(name)
    who = market.drawn_fleet.consumers[row]
    income, rest = divmod(who.buyer_class, HOMES * TASTES)
    home, taste = divmod(rest, TASTES)
    taste_kusd = float(taste_points(market.parameters.buyers.taste_sd_kusd)[0][taste])
    zone = who.zone
    cars = TwoCars(market, Household(zone, income, home, taste_kusd))
    sees = [
        Fact("Lives in", market.places.names[zone]),
        Fact("Household income", f"{_INCOME_WORDS[income]} thousand $ a year"),
        Fact("Home charging", "yes" if home else "no"),
        Fact("Taste for BEVs", dollars(taste_kusd / cars.weight)),
        Fact("Perceived charging success", _believed_success(market, zone)),
    ]
    car = car_words(who.car, who.age_quarters)
    if who.flags & SLEEPING:
        decided = [Fact("Enters the market", quarter_at(who.next_decision))]
    else:
        leased = ", leased" if who.flags & LESSEE else ""
        decided = [
            Fact("Drives", f"{car}{leased}"),
            Fact("Next decision", quarter_at(max(who.next_decision, market.quarter + 1))),
            Fact("Waiting for a better BEV", "yes" if who.flags & WAITING else "no"),
        ]
    why = (
        "The best BEV and the best other new car for this household now. Its choice adds a random term and also "
        "considers keeping its car or buying used."
    )
    weight = f"{market.fleet.weight:,.0f}"
    note = f"One household vehicle; it represents {weight} real ones."
    return _weighed(cars, Inspection(f"Consumer {row}", note, sees, decided, why, [], "", biography(history, row)))


def car_words(car: int, age_quarters: int) -> str:
    """A car's kind, segment and age in words."""
    if car == NO_CAR:
        return "no car"
    kind, segment = divmod(car, len(SEGMENTS))
    return f"{_KIND_WORDS[kind]} ({SEGMENT_NAMES[SEGMENTS[segment]]}), {age_quarters / _QUARTERS:.0f} years old"


def biography(history: History, row: int) -> list[str]:
    """Every change of a consumer's car since the first quarter, the latest first."""
    changes: list[str] = []
    before: tuple[int, int] | None = None
    for quarter, (cars, ages) in enumerate(zip(history.car, history.age_quarters, strict=True)):
        car, age = int(cars[row]), int(ages[row])
        if before is None or car != before[0] or (car != NO_CAR and age != min(before[1] + 1, OLDEST_QUARTERS)):
            changes.append(f"{quarter_at(quarter)}: {_change(before, car, age)}")
        before = (car, age)
    return changes[::-1]


def _change(before: tuple[int, int] | None, car: int, age: int) -> str:
    if before is None:
        return f"begins with {car_words(car, age)}"
    if car == NO_CAR:
        return f"scraps its {car_words(*before)}"
    bought = "a new " + car_words(car, age).split(",")[0] if age <= 1 else f"a used {car_words(car, age)}"
    return f"buys {bought}"
