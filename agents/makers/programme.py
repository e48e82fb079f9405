"""Development programs for new BEV models: value, launch and cancellation (M15)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR

_MIDDLE = 0.5  # of a year: sales of a year come in its middle on average


class ProgrammeAction(IntEnum):
    """What an automaker does about one more model of a product."""

    WAIT = 0
    LAUNCH = 1
    CANCEL = 2


@dataclass(frozen=True)
class MakerStrategy:
    """How legacy automakers and new brands differ; rates a year.

    ``cost_musd``: of a program; ``discount_rate``: cost of capital; ``margin_kept``: share of the markup on a
    BEV that dealers leave; ``cannibalizes``: buyers won count for what their own gasoline cars lose;
    ``belief_in_service``: share of the buyers won that trust its service.
    """

    cost_musd: float
    discount_rate: float
    margin_kept: float
    cannibalizes: bool
    belief_in_service: float


@dataclass(frozen=True)
class ProgrammeSensing:
    """What an automaker sees of one more model of a product, or of one under way.

    ``cars_per_year``: forecast sales of the product as it is, by coming year (years,); ``models``: effective models
    without the new one; ``nest_share``: of the product among BEVs of its segment; ``lost_kusd``: markup lost
    on own gasoline cars a BEV more; ``cells_missing``: share of the new model's cells that own lines cannot make, and
    ``imported_pack_kusd``: what a pack costs more with imported cells only.
    """

    cars_per_year: Floats
    models: float
    nest_share: float
    margin_kusd: float
    lost_kusd: float
    cells_missing: float
    quarters_left: int
    imported_pack_kusd: float = 0.0


@dataclass(frozen=True)
class ProgrammeTerms:
    """What all programs have in common: quarters to develop, years on sale, worth of variety nu (M2)."""

    lead_quarters: int
    years_on_sale: int
    variety: float


def cars_gained_share(models: float, nest_share: float, variety: float) -> float:
    """Growth of a product's sales by one more model, as a share of them: within its nest, rivals as they are (M2).

    The product's weight in the nest grows by ((n + 1)/n)^nu.
    """
    weight = ((models + 1.0) / models) ** variety
    return float(weight / (1.0 - nest_share + nest_share * weight) - 1.0)


def programme_value_musd(seen: ProgrammeSensing, maker: MakerStrategy, terms: ProgrammeTerms) -> float:
    """Present value of the model's earnings once on sale, M$, before the remaining cost (M15)."""
    ahead = seen.quarters_left / QUARTERS_PER_YEAR + _MIDDLE + np.arange(terms.years_on_sale)
    cars = np.interp(ahead, np.arange(1, seen.cars_per_year.size + 1), seen.cars_per_year)
    lost = seen.lost_kusd if maker.cannibalizes else 0.0
    margin = seen.margin_kusd - seen.cells_missing * seen.imported_pack_kusd
    earned_kusd = maker.margin_kept * margin - lost
    won = cars_gained_share(seen.models, seen.nest_share, terms.variety) * maker.belief_in_service
    return float((cars * (1.0 + maker.discount_rate) ** -ahead).sum()) * won * earned_kusd / 1e3


def cost_to_come_musd(quarters_left: int, maker: MakerStrategy, terms: ProgrammeTerms) -> float:
    """Present value of what is still to be paid, in equal parts at the start of each quarter, M$."""
    factors = (1.0 + maker.discount_rate) ** (-np.arange(quarters_left) / QUARTERS_PER_YEAR)
    return float(maker.cost_musd / terms.lead_quarters * factors.sum())


def decide_programme(
    seen: ProgrammeSensing, maker: MakerStrategy, terms: ProgrammeTerms, *, under_way: bool
) -> ProgrammeAction:
    """Launch if value exceeds cost; cancel if value is below the remaining cost, ignoring sunk cost (M15)."""
    pays = programme_value_musd(seen, maker, terms) > cost_to_come_musd(seen.quarters_left, maker, terms)
    if under_way:
        return ProgrammeAction.WAIT if pays else ProgrammeAction.CANCEL
    return ProgrammeAction.LAUNCH if pays else ProgrammeAction.WAIT


class ProgrammeRule(Protocol):
    """How an automaker decides about one more model of a product, or about one under way."""

    def __call__(
        self, seen: ProgrammeSensing, maker: MakerStrategy, terms: ProgrammeTerms, *, under_way: bool
    ) -> ProgrammeAction:
        """LAUNCH or WAIT before a program begins, CANCEL or WAIT while it is under way."""
        ...


def keep_the_range(
    seen: ProgrammeSensing,  # noqa: ARG001 - a rule takes what every rule is shown
    maker: MakerStrategy,  # noqa: ARG001
    terms: ProgrammeTerms,  # noqa: ARG001
    *,
    under_way: bool,  # noqa: ARG001
) -> ProgrammeAction:
    """Launch no model and finish those under way."""
    return ProgrammeAction.WAIT


PROGRAMME_RULES: dict[str, ProgrammeRule] = {"net-present-value": decide_programme, "keep-the-range": keep_the_range}
"""Rules for programs of new models by name."""
