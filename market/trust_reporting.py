"""Rows of the tables of trust, and its national columns."""

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.valuation import REFERENCE_INCOME_KUSD
from market.trust import BRAND_GROUPS
from market.vocabulary import INCOME_KUSD

if TYPE_CHECKING:
    from market.model import Market

CHARGERS = "chargers"
_MEAN_INCOME = int(
    np.argmin(np.abs(INCOME_KUSD - REFERENCE_INCOME_KUSD))
)  # class nearest to the income whose money weighs 1


def national_trust(market: "Market") -> dict[str, Any]:
    """The national columns: means over seats and, for batteries, over brands as sold."""
    trust, waiting = market.trust, market.waiting
    seats = market.places.seats / market.places.seats.sum()
    sold = trust.brand_share()
    neighbours = market.now.valued.terms["neighbours"][:, 0, 0, :].max(axis=1)
    return {
        "charging_success_believed": float(trust.charging_success() @ seats),
        "battery_trouble_believed": float(seats @ trust.brand_trouble() @ sold),
        "battery_trouble_true": float(trust.true_trouble(after_origin=not market.is_recorded) @ sold),
        "neighbour_value_kusd": float(neighbours @ seats),
        "waiting_gain_kusd": float(waiting.gain_kusd[_MEAN_INCOME]),
        "waiting_joined": waiting.joined,
        "waiting_pool": waiting.pool,
        "hurried": waiting.hurried,
    }


def write_trust(market: "Market", label: str) -> None:
    """Belief against truth of chargers and of every brand group."""
    trust = market.trust
    seats = market.places.seats / market.places.seats.sum()
    believed = np.append(seats @ trust.brand_trouble(), 1.0 - trust.charging_success() @ seats)
    after = not market.is_recorded
    true = np.append(trust.true_trouble(after_origin=after), 1.0 - market.true_charging_success @ seats)
    for place, subject in enumerate((*BRAND_GROUPS, CHARGERS)):
        news = trust.news["charging" if subject == CHARGERS else "battery"]
        market.recorder.write("trust", {
            "quarter": label, "subject": subject, "believed": believed[place], "true": true[place],
            "own_news": news[0], "neighbour_news": news[1], "media_news": news[2],
            "credibility": trust.credibility[place],
        })  # fmt: skip
