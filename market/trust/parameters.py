"""Parameters of beliefs, peer effects and purchase timing (M3, M5, M7)."""

from pydantic import field_validator

from market.base import quarters
from market.base.parameter import Group, parameter, quarter_field


class Trust(Group):
    """Beliefs, news, peer effects and purchase timing of buyers (M3, M5, M7)."""

    prior_strength: float = parameter(
        30, 5, 200, "observation", "n0, strength of prior beliefs", "design, not calibrated"
    )
    memory: float = parameter(
        0.95, 0.0, 1.0, "1/quarter", "phi, retention of past news from quarter to quarter", "design (M5)"
    )
    negativity: float = parameter(1.0, 1.0, 3.0, "1", "nu_b, weight of bad news relative to good", "design (M5)")
    news_weight: float = parameter(1.0, 0.0, 5.0, "1", "weight of all news; 0: no learning", "design", "lever")
    own_weight: float = parameter(1.0, 0.0, 2.0, "1", "weight of news from personal contacts", "design (M5)")
    neighbour_weight: float = parameter(0.15, 0.0, 1.0, "1", "weight of news from neighboring zones", "design (M5)")
    media_weight: float = parameter(0.02, 0.0, 1.0, "1", "weight of news from media", "design (M5)")
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

    @field_validator("announced_cut_quarter", "announced_cut_known")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value
