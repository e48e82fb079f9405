"""Parameters of policies: strength and dates of credits, duties, grants and rules."""

from pydantic import field_validator

from market.base import quarters
from market.base.parameter import Group, parameter, quarter_field, switch


class Policy(Group):
    """Credits, duties, grants and rules: strength and dates (M2, M9, M10, M12, M16, M19)."""

    federal_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "federal credits on cars after the observed data, multiplier", "lever", "lever"
    )
    leased_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "leased-vehicle credit, further multiplier", "lever", "lever"
    )
    used_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "used-vehicle credit, further multiplier", "lever", "lever"
    )
    used_price_spread: float = parameter(
        0.35,
        0.1,
        0.8,
        "log",
        "log standard deviation of prices within a used good, for the credit's price cap",
        "judgment",
    )
    federal_credit_end: str = quarter_field("2025Q3", "last quarter of the federal credits", "lever")
    federal_credit_known: str = quarter_field(
        "2025Q3", "quarter in which the end of the federal credits becomes known", "lever"
    )
    production_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "45X production credit after the observed data, multiplier", "lever", "lever"
    )
    credit_transfer_price: float = parameter(
        0.94, 0.85, 1.0, "share", "price of a dollar of 45X where firms sell their tax credits",
        "Crux, market reports of 2023-24: 0.93-0.95 for 45X, recalled",
    )  # fmt: skip
    foreign_entity_rule: bool = switch(
        "45X is denied to plants of prohibited foreign entities from 2026 (law of 4 July 2025)", default=True
    )
    inflation: float = parameter(
        0.023, 0.0, 0.06, "1/year", "inflation after the last known price level, for amounts fixed in nominal dollars",
        "consumer prices as expected at the end of 2024: 2.2-2.4 %, recalled",
    )  # fmt: skip
    investment_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "storage investment tax credit (ITC) after the observed data, multiplier", "lever", "lever"
    )
    tariff_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "tariffs on cells after the observed data, multiplier", "lever", "lever"
    )
    state_rebate_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "state rebates after the observed data, multiplier", "lever", "lever"
    )
    zev_requirement: float = parameter(
        0.0,
        0.0,
        1.0,
        "1",
        "state zero-emission vehicle rule after the observed data: 0 none, 1 as adopted",
        "lever",
        "lever",
    )
    zev_credit_kusd: float = parameter(
        5.0,
        0.0,
        20.0,
        "thousand $",
        "price of a zero-emission vehicle credit, at most the penalty",
        "judgment: the penalty before 2026",
    )
    corridor_grant_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "grants for corridor chargers (NEVI) after the observed data, multiplier", "lever", "lever"
    )
    charger_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "tax credit for chargers (30C) after the observed data, multiplier", "lever", "lever"
    )

    @field_validator("federal_credit_end", "federal_credit_known")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value
