"""Result columns of beliefs and peer effects, and the rows that fill them."""

from collections.abc import Iterator

import numpy as np

from agents.arrays import Floats
from market.base import quarters
from market.base.clock import Clock
from market.base.column import Row, Series
from market.trust.beliefs import BRAND_GROUPS, TrustState

CHARGERS = "chargers"

NATIONAL_TRUST: dict[str, Series] = {
    "charging_success_believed": Series("share", "Perceived charging success"),
    "battery_trouble_believed": Series("share", "Perceived share of BEVs with serious battery trouble"),
    "battery_trouble_true": Series("share", "Actual share of BEVs with serious battery trouble"),
    "neighbour_value_kusd": Series("thousand 2025 $", "Value of neighbors' BEVs to a BEV buyer"),
}

TRUST: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "subject": Series("name", "Chargers, or a group of brands (calibrated archetypes, not forecasts of companies)"),
    "believed": Series("share", "Perceived share of failed charges, or of serious battery trouble"),
    "true": Series("share", "Actual share of trouble"),
    "own_news": Series("observation/quarter", "News from personal contacts, weighted (batteries: all brands together)"),
    "neighbour_news": Series("observation/quarter", "News from neighboring zones, weighted"),
    "media_news": Series("observation/quarter", "News from media, weighted"),
    "credibility": Series("share", "Credibility of claims"),
}


def national_trust(trust: TrustState, neighbors_kusd: Floats, clock: Clock) -> Row:
    """The national columns: means over seats and, for batteries, over brands as sold.

    ``neighbors_kusd``: (zones,) worth of neighbors' BEVs to a buyer of one.
    """
    seats, sold = trust.seat_share, trust.brand_share()
    return {
        "charging_success_believed": float((seats @ trust.charging_success()).mean()),
        "battery_trouble_believed": float(seats @ trust.brand_trouble() @ sold),
        "battery_trouble_true": float(trust.true_trouble(after_origin=not clock.is_recorded) @ sold),
        "neighbour_value_kusd": float(neighbors_kusd @ seats),
    }


def trust_rows(trust: TrustState, charging_success: Floats, clock: Clock) -> Iterator[Row]:
    """Belief against truth of chargers and of every brand group.

    ``charging_success``: the true one, (zones, networks), of which the mean is shown.
    """
    seats = trust.seat_share
    believed = np.append(seats @ trust.brand_trouble(), 1.0 - (seats @ trust.charging_success()).mean())
    after = not clock.is_recorded
    true = np.append(trust.true_trouble(after_origin=after), 1.0 - (seats @ charging_success).mean())
    for place, subject in enumerate((*BRAND_GROUPS, CHARGERS)):
        news = trust.news["charging" if subject == CHARGERS else "battery"]
        yield {
            "quarter": quarters.label(clock.quarter), "subject": subject, "believed": believed[place],
            "true": true[place], "own_news": news[0], "neighbour_news": news[1], "media_news": news[2],
            "credibility": trust.credibility[place],
        }  # fmt: skip
