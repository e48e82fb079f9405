"""Parameters of trust, neighbours and waiting (M3, M5, M7)."""

from pydantic import field_validator

from market.base import quarters
from market.base.parameter import Group, parameter, quarter_field


class Trust(Group):
    """What buyers believe, hear, see and wait for (M3, M5, M7)."""

    prior_strength: float = parameter(
        30, 5, 200, "observation", "n0, firmness of first beliefs", "model specification, calibrated later"
    )
    memory: float = parameter(
        0.95, 0.0, 1.0, "1/quarter", "phi, what a quarter leaves of news", "model specification M5"
    )
    negativity: float = parameter(1.0, 1.0, 3.0, "1", "nu_b, weight of bad news", "model specification M5")
    news_weight: float = parameter(1.0, 0.0, 5.0, "1", "weight of all news; 0: nobody learns", "design", "lever")
    own_weight: float = parameter(1.0, 0.0, 2.0, "1", "weight of what own contacts tell", "model specification M5")
    neighbour_weight: float = parameter(0.15, 0.0, 1.0, "1", "weight of neighbouring zones", "model specification M5")
    media_weight: float = parameter(0.02, 0.0, 1.0, "1", "weight of what media report", "model specification M5")
    contacts: float = parameter(30, 1, 150, "person", "people whose experience one hears of", "judgement")
    sessions_told: float = parameter(
        3.0, 0.0, 20, "1/quarter", "fast charges a driver tells of, by quarter", "judgement"
    )
    technology_strength: float = parameter(
        20, 0.0, 200, "observation", "spill-over: what the technology counts for a brand", "judgement"
    )
    true_trouble_share: float = parameter(
        0.025, 0.0, 0.5, "share", "battery cars with serious battery trouble in their life",
        "Recurrent 2024, recalled: 2.5 % replaced",
    )  # fmt: skip
    trouble_factor: float = parameter(
        1.0, 0.0, 20.0, "1", "serious battery trouble after the origin, as a multiple", "lever", "lever"
    )
    bad_brand_trouble_share: float = parameter(
        0.0,
        0.0,
        0.5,
        "share",
        "more of it after the origin in cars of makers outside the named groups",
        "lever",
        "lever",
    )
    disclosure_observations: float = parameter(
        20, 5, 50, "observation", "what a year's verified disclosure counts", "model specification M5"
    )
    verified_battery: float = parameter(
        0.0, 0.0, 1.0, "share", "makers that disclose battery health, verified, after the origin", "lever", "lever"
    )
    verified_uptime: float = parameter(
        0.0, 0.0, 1.0, "share", "operators that disclose uptime, verified, after the origin", "lever", "lever"
    )
    certified_share: float = parameter(
        0.0, 0.0, 1.0, "share", "used battery cars with a certificate of health, after the origin", "lever", "lever"
    )
    claims: float = parameter(
        0.0, 0.0, 1.0, "share", "makers and operators that claim to be flawless, after the origin", "lever", "lever"
    )
    first_credibility: float = parameter(
        0.1, 0.0, 1.0, "1", "of claims, at the start", "judgement: buyers pay for proof, not for claims (evidence A3)"
    )
    credibility_rise: float = parameter(
        0.03, 0.0, 0.33, "1/quarter", "when claims are met; it falls three times faster", "judgement"
    )
    credibility_tolerance: float = parameter(
        0.01, 0.0, 0.2, "share", "trouble over the claim that is forgiven", "judgement"
    )
    neighbour_effect: float = parameter(
        1.2, 0.0, 3.0, "1", "kappa_s, in log-odds for a zone's whole share", "Tebbe; model specification M7"
    )
    waiting_sensitivity: float = parameter(
        0.5, 0.0, 1.2, "1", "rho, of buyers to better or worse offers ahead; 0: nobody waits", "model specification M3"
    )
    return_hazard: float = parameter(
        0.5, 0.05, 1.0, "1/quarter", "of those who wait", "model specification M3", "fixed"
    )
    announced_cut_kusd: float = parameter(
        0.0, 0.0, 20.0, "k$", "fall of battery-car prices that makers announce", "lever", "lever"
    )
    announced_cut_quarter: str = quarter_field("2027Q1", "quarter in which the announced fall comes", "lever")
    announced_cut_known: str = quarter_field("2026Q1", "quarter in which it is announced", "lever")

    @field_validator("announced_cut_quarter", "announced_cut_known")
    @classmethod
    def _is_a_quarter(cls, value: str) -> str:
        quarters.index(value)
        return value
