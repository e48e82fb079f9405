"""Series of trust, neighbours and waiting: units and labels."""

from market.series import Series

NATIONAL_TRUST: dict[str, Series] = {
    "charging_success_believed": Series("share", "Plug success as buyers believe it"),
    "battery_trouble_believed": Series("share", "Battery cars with serious trouble, as buyers believe"),
    "battery_trouble_true": Series("share", "Battery cars with serious trouble"),
    "neighbour_value_kusd": Series("k$", "Worth of neighbours' battery cars"),
    "waiting_gain_kusd": Series("k$ of 2025", "Gain buyers expect of a year's wait for a battery car"),
    "waiting_joined": Series("seat/quarter", "Buyers who put off a battery car (expected)"),
    "waiting_pool": Series("seat", "Seats that wait for a better battery car (drawn)"),
    "hurried": Series("car/quarter", "Battery cars bought before their time (expected)"),
}

TRUST: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "subject": Series("name", "Chargers, or a group of brands (calibrated archetypes, no forecast of a company)"),
    "believed": Series("share", "Trouble as buyers believe: failed charges, serious battery trouble"),
    "true": Series("share", "True trouble"),
    "own_news": Series("observation/quarter", "News by own contacts, weighted; of batteries for all brands together"),
    "neighbour_news": Series("observation/quarter", "News from neighbouring zones, weighted"),
    "media_news": Series("observation/quarter", "News by media, weighted"),
    "credibility": Series("share", "Credibility of claims"),
}
