"""Parameters of beliefs, peer effects and purchase timing (M3, M5, M7)."""

from pydantic import field_validator

from market.base import quarters
from market.base.names import nearest
from market.base.parameter import Group, parameter, quarter_field, rule_field

BRAND_GROUPS = ("GM", "Ford and Stellantis", "Asian makers", "VW Group", "Tesla", "New brands", "Others")
"""Groups of automakers about whose batteries buyers hold one belief."""


class Trust(Group):
    """Beliefs, news, peer effects and purchase timing of buyers (M3, M5, M7)."""

    prior_strength: float = parameter(
        10, 5, 200, "observation", "n0, strength of prior beliefs", "fitted to surveys of 2018-22 (evidence)"
    )
    memory: float = parameter(
        0.95, 0.0, 1.0, "1/quarter", "phi, retention of past news from quarter to quarter", "design (M5)"
    )
    negativity: float = parameter(1.0, 1.0, 3.0, "1", "nu_b, weight of bad news relative to good", "design (M5)")
    news_weight: float = parameter(1.0, 0.0, 5.0, "1", "weight of all news; 0: no learning", "design", "lever")
    own_weight: float = parameter(1.0, 0.0, 2.0, "1", "weight of news from personal contacts", "design (M5)")
    neighbour_weight: float = parameter(0.15, 0.0, 1.0, "1", "weight of news from neighboring zones", "design (M5)")
    media_weight: float = parameter(
        0.1, 0.0, 1.0, "observation", "worth of media reports on what the nation met in a quarter, per log unit",
        "judgment",
    )  # fmt: skip
    noticed_cars: float = parameter(
        1000, 100, 10_000, "car", "n0, number of cars, or of charges, at which media reports begin to be heard",
        "judgment",
    )  # fmt: skip
    event_salience: float = parameter(
        3.2, 0.0, 40.0, "observation", "worth of a recall or scandal per log unit of cars affected; 0: none",
        "fitted to surveys of 2018-22 and published spillovers",
    )  # fmt: skip
    event_trouble_share: float = parameter(
        0.5, 0.0, 1.0, "share", "share of the observations of an event that are trouble",
        "judgment; more than 0.35 of Bolts got a new battery (Recurrent 2024)",
    )  # fmt: skip
    event_half_life: float = parameter(
        5.0, 1.0, 40.0, "quarter", "time in which half of an event is forgotten", "design (M5)"
    )
    country_similarity: float = parameter(
        0.3, 0.0, 1.0, "1", "part of an event that counts for other brands of the same country", "judgment"
    )
    chemistry_similarity: float = parameter(
        0.2, 0.0, 1.0, "1", "part of an event that counts for other brands with the same cell chemistry", "judgment"
    )
    supplier_similarity: float = parameter(
        0.3, 0.0, 1.0, "1", "part of an event that counts for other brands with the same cell supplier", "judgment"
    )
    drawn_events_per_year: float = parameter(
        0.44, 0.0, 4.0, "1/year", "battery recalls drawn at random after the observed data, with `world.shocks`",
        "4 in the 9 years 2016-24 (battery_events)", "lever",
    )  # fmt: skip
    recall_cars: float = parameter(0.0, 0.0, 2e6, "car", "cars in a battery recall; 0: none", "lever", "lever")
    recall_quarter: str = quarter_field("2027Q1", "quarter of that recall", "lever")
    recall_brand: str = rule_field("GM", "group of brands of that recall")
    contacts: float = parameter(30, 1, 150, "person", "number of people whose experience a buyer hears of", "judgment")
    sessions_told: float = parameter(
        3.0, 0.0, 20, "1/quarter", "fast-charging sessions a driver reports per quarter", "judgment"
    )
    technology_strength: float = parameter(
        20, 0.0, 200, "observation", "weight of the whole technology in beliefs about a brand (spillover)", "judgment"
    )
    true_trouble_share: float = parameter(
        0.025, 0.0, 0.5, "share", "share of BEVs with serious battery trouble over their life",
        "Recurrent 2024, recalled: 2.5 % replaced",
    )  # fmt: skip
    trouble_factor: float = parameter(
        1.0, 0.0, 20.0, "1", "serious battery trouble after the observed data, multiplier", "lever", "lever"
    )
    trouble_spread: float = parameter(
        1.0, 0.0, 1.0, "1", "differences in battery trouble between automakers; 0: all alike, 1: as recorded",
        "Recurrent 2023, thin",
    )  # fmt: skip
    update_effect: float = parameter(
        0.02, 0.0, 0.5, "1/year", "fall of battery trouble by updates over the air after the observed data", "judgment"
    )
    service_kusd: float = parameter(
        1.0, 0.0, 5.0, "thousand $", "worth to a BEV buyer of a dealer or service center within reach", "judgment"
    )
    bad_brand_trouble_share: float = parameter(
        0.0,
        0.0,
        0.5,
        "share",
        "additional battery trouble of other brands after the observed data",
        "lever",
        "lever",
    )
    disclosure_observations: float = parameter(
        20, 5, 50, "observation", "weight of a year of verified disclosure", "design (M5)"
    )
    verified_battery: float = parameter(
        0.0,
        0.0,
        1.0,
        "share",
        "share of automakers with verified battery-health disclosure after the observed data",
        "lever",
        "lever",
    )
    verified_uptime: float = parameter(
        0.0,
        0.0,
        1.0,
        "share",
        "share of operators with verified uptime disclosure after the observed data",
        "lever",
        "lever",
    )
    certified_share: float = parameter(
        0.0,
        0.0,
        1.0,
        "share",
        "share of used BEVs with a battery-health certificate after the observed data",
        "lever",
        "lever",
    )
    claims: float = parameter(
        0.0,
        0.0,
        1.0,
        "share",
        "share of automakers and operators that claim zero defects after the observed data",
        "lever",
        "lever",
    )
    longer_warranty: float = parameter(
        0.0, 0.0, 1.0, "share", "share of automakers with a longer battery warranty after the observed data", "lever",
        "lever",
    )  # fmt: skip
    longer_warranty_years: float = parameter(
        10.0, 8.0, 20.0, "year", "length of that warranty", "California and Hyundai: 10 years", "lever"
    )
    late_trouble_share: float = parameter(
        0.3, 0.0, 1.0, "share", "share of battery trouble over life that falls in the years of a longer warranty",
        "judgment; old cars have most of it (Recurrent 2024)",
    )  # fmt: skip
    battery_proof_usd: float = parameter(
        50, 0, 500, "$", "cost per car of verified battery health", "judgment: below a certificate at a dealer (Aviloo)"
    )
    plug_proof_usd: float = parameter(50, 0, 500, "$/year", "cost per plug of verified uptime", "judgment")
    proof_fixed_musd: float = parameter(
        10, 0, 200, "million $/year", "fixed cost of verified disclosure to an automaker; a tenth of it to an operator",
        "judgment",
    )  # fmt: skip
    claim_usd: float = parameter(
        10, 0, 100, "$", "cost per car, or per plug and year, of claims", "judgment: advertising"
    )
    uptime_value_kusd: float = parameter(
        32, 0, 60, "thousand $", "worth to a BEV buyer of all charges succeeding over none, as operators expect",
        "Singh, Quinn and MacKenzie 2025: 14.4 for 0.45",
    )  # fmt: skip
    first_credibility: float = parameter(
        0.1, 0.0, 1.0, "1", "credibility of claims at the start", "judgment: buyers pay for proof, not for claims"
    )
    credibility_rise: float = parameter(
        0.03,
        0.0,
        0.33,
        "1/quarter",
        "rise in credibility when claims are met; it falls three times as fast",
        "judgment",
    )
    credibility_tolerance: float = parameter(
        0.01, 0.0, 0.2, "share", "excess trouble over the claim that is tolerated", "judgment"
    )
    neighbour_effect: float = parameter(
        1.2, 0.0, 3.0, "1", "kappa_s, peer effect in log-odds per unit of a zone's BEV share", "Tebbe; design (M7)"
    )
    waiting_sensitivity: float = parameter(
        0.5, 0.0, 1.2, "1", "rho, sensitivity of purchase timing to expected offers; 0: nobody waits", "design (M3)"
    )
    return_hazard: float = parameter(
        0.5, 0.05, 1.0, "1/quarter", "rate at which waiting buyers return to the market", "design (M3)", "fixed"
    )
    announced_cut_kusd: float = parameter(
        0.0, 0.0, 20.0, "thousand $", "announced BEV price cut", "lever", "lever",
        one_value="its dates are announced_cut_quarter and announced_cut_known",
    )  # fmt: skip
    announced_cut_quarter: str = quarter_field(
        "2027Q1", "quarter in which the announced price cut takes effect", "lever"
    )
    announced_cut_known: str = quarter_field("2026Q1", "quarter in which the price cut is announced", "lever")

    @field_validator("recall_brand")
    @classmethod
    def _is_a_brand(cls, value: str) -> str:
        if value not in BRAND_GROUPS:
            raise ValueError(f"{value!r} is no group of brands; {nearest(value, BRAND_GROUPS)}")
        return value

    @field_validator("announced_cut_quarter", "announced_cut_known", "recall_quarter")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value
