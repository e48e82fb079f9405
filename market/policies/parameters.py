"""Parameters of policies: strength and dates of credits, duties, grants and rules."""

from pydantic import field_validator

from market.base import quarters
from market.base.parameter import Group, parameter, quarter_field


class Policy(Group):
    """Credits, duties, grants and rules: strength and dates (M2, M9, M10, M12, M16, M19)."""

    federal_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "federal credits on cars after the origin, as a multiple", "lever", "lever"
    )
    leased_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "of them the one on leased cars, as a further multiple", "lever", "lever"
    )
    used_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "of them the one on used cars, as a further multiple", "lever", "lever"
    )
    used_price_spread: float = parameter(
        0.35, 0.1, 0.8, "log", "spread of prices within a used good, for the credit's price cap", "judgement"
    )
    federal_credit_end: str = quarter_field("2025Q3", "last quarter of the federal credits", "lever")
    federal_credit_known: str = quarter_field("2025Q3", "quarter in which that end becomes known", "lever")
    production_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "45X after the origin, as a multiple", "lever", "lever"
    )
    investment_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "storage ITC after the origin, as a multiple", "lever", "lever"
    )
    tariff_factor: float = parameter(
        1.0, 0.0, 5.0, "1", "tariffs on cells after the origin, as a multiple", "lever", "lever"
    )
    state_rebate_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "state rebates after the origin, as a multiple", "lever", "lever"
    )
    zev_requirement: float = parameter(
        0.0, 0.0, 1.0, "1", "states' zero-emission rule after the origin: 0 is none, 1 as adopted", "lever", "lever"
    )
    zev_credit_kusd: float = parameter(
        5.0, 0.0, 20.0, "k$", "price of a zero-emission credit, at most the fine", "judgement: the fine before 2026"
    )
    corridor_grant_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "grants for chargers on corridors after the origin, as a multiple", "lever", "lever"
    )
    charger_credit_factor: float = parameter(
        1.0, 0.0, 2.0, "1", "tax credit for chargers after the origin, as a multiple", "lever", "lever"
    )

    @field_validator("federal_credit_end", "federal_credit_known")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value
