"""Result columns of beliefs and peer effects, and the rows that fill them."""

from collections.abc import Iterator

import numpy as np

from agents.arrays import Floats
from market.base import quarters
from market.base.categories import NETWORKS
from market.base.clock import Clock
from market.base.column import Row, Series
from market.trust.beliefs import TrustState
from market.trust.disclosure import disclosure
from market.trust.parameters import BRAND_GROUPS

CHARGERS = "chargers"

NATIONAL_TRUST: dict[str, Series] = {
    "charging_success_believed": Series(
        "share", "Perceived charging success", "Share of charges that buyers think succeed; mean over households."
    ),
    "battery_trouble_believed": Series(
        "share",
        "Perceived share of BEVs with serious battery trouble",
        "Mean over households, brands weighted by cars sold.",
    ),
    "battery_trouble_true": Series(
        "share", "Actual share of BEVs with serious battery trouble", "Brands weighted by cars sold."
    ),
    "neighbour_value_kusd": Series("thousand 2025 $", "Value of neighbors' BEVs to a BEV buyer"),
}

TRUST: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "subject": Series(
        "name",
        "Chargers, all or of a network, or a group of brands (calibrated archetypes, not forecasts of companies)",
        "Key, with quarter: chargers; chargers, Tesla; chargers, other; or the group of brands by its name.",
    ),
    "believed": Series(
        "share", "Perceived share of failed charges, or of serious battery trouble", "Mean over households."
    ),
    "true": Series("share", "Actual share of trouble", "The same share as it is."),
    "own_news": Series("observation/quarter", "News from personal contacts, weighted (batteries: all brands together)"),
    "neighbour_news": Series("observation/quarter", "News from neighboring zones, weighted"),
    "media_news": Series("observation/quarter", "News from media, weighted"),
    "credibility": Series(
        "share", "Credibility of claims", "Weight that buyers give to what sellers claim about themselves, 0 to 1."
    ),
    "event_observations": Series(
        "observation",
        "Observations left of battery recalls and scandals",
        "Weight of past events in beliefs, in observations; fades with a half-life.",
    ),
    "verified": Series(
        "share", "Share of vehicles or plugs with verified disclosure", "0 until the end of observed data."
    ),
    "claimed": Series(
        "share", "Share of vehicles or plugs claimed to be flawless", "0 until the end of observed data."
    ),
    "longer_warranty": Series("share", "Share of vehicles sold with a longer battery warranty", "0 for chargers."),
}


def national_trust(trust: TrustState, neighbors_kusd: Floats, clock: Clock) -> Row:
    """The national columns: means over seats and, for batteries, over brands as sold.

    ``neighbors_kusd``: (zones,) worth of neighbors' BEVs to a buyer of one.
    """
    seats, sold = trust.seat_share, trust.brand_share()
    return {
        "charging_success_believed": 1.0 - trust.mean_believed_failure(),
        "battery_trouble_believed": trust.mean_believed_trouble(),
        "battery_trouble_true": float(trust.true_trouble(after_origin=not clock.is_recorded) @ sold),
        "neighbour_value_kusd": float(neighbors_kusd @ seats),
    }


def trust_rows(trust: TrustState, charging_success: Floats, clock: Clock) -> Iterator[Row]:
    """Belief against truth of every brand group, of chargers, and of each network of them.

    ``charging_success``: (zones, networks), the true one.
    """
    after, groups = not clock.is_recorded, len(BRAND_GROUPS)
    battery = disclosure(trust.makers(after_origin=after), trust.mean_believed_trouble())
    brands = {
        "believed": trust.seat_share @ trust.brand_trouble(), "true": trust.true_trouble(after_origin=after),
        "credibility": trust.credibility[:groups], "event_observations": trust.events.remembered,
        "verified": battery.verified * after, "claimed": battery.claimed * after,
        "longer_warranty": trust.longer_warranty_share(after_origin=after),
    }  # fmt: skip
    for place, subject in enumerate(BRAND_GROUPS):
        yield _row(trust, clock, subject, "battery", {name: values[place] for name, values in brands.items()})
    failed = trust.seat_share @ (1.0 - charging_success)
    uptime, nothing = disclosure(trust.networks(failed), trust.mean_believed_failure()), np.zeros(len(NETWORKS))
    networks = {
        "believed": trust.seat_share @ (1.0 - trust.charging_success()), "true": failed,
        "credibility": trust.credibility[groups:], "event_observations": nothing, "verified": uptime.verified * after,
        "claimed": uptime.claimed * after, "longer_warranty": nothing,
    }  # fmt: skip
    use = trust.network_use
    yield _row(trust, clock, CHARGERS, "charging", {name: float(values @ use) for name, values in networks.items()})
    for place, name in enumerate(NETWORKS):
        yield _row(
            trust, clock, f"{CHARGERS}, {name}", "charging", {key: values[place] for key, values in networks.items()}
        )


def _row(trust: TrustState, clock: Clock, subject: str, kind: str, values: Row) -> Row:
    own, neighbor, media = trust.news[kind]
    news = {"own_news": own, "neighbour_news": neighbor, "media_news": media}
    return {"quarter": quarters.label(clock.quarter), "subject": subject, **news, **values}
