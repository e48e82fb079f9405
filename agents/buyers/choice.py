"""Money-metric nested logit: choice probabilities from values in dollars (M1).

Values are in k$ and every level has its own coefficient per k$. From the top: keep or acquire
(alpha_keep), new or used (alpha_market), segment (alpha_segment), powertrain (alpha_powertrain),
product (alpha_product). P(i | nest) = exp(alpha V_i) / sum exp(alpha V) and the inclusive value
(1/alpha) ln sum exp(alpha V) is passed up. The coefficients may not fall on the way down: that is
the condition for random-utility maximization (McFadden 1978).

Leading axes of all arrays are the buyers; any shape that broadcasts will do.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from agents.arrays import Floats, Ints


@dataclass(frozen=True)
class Alphas:
    """Coefficients per k$ of the five levels, top to bottom. Raises ValueError if they fall on the way down."""

    keep: float
    market: float
    segment: float
    powertrain: float
    product: float

    def __post_init__(self) -> None:
        levels = (self.keep, self.market, self.segment, self.powertrain, self.product)
        if levels[0] <= 0 or any(low > high for low, high in pairwise(levels)):
            raise ValueError(f"the choice coefficients {levels} must be positive and not fall from top to bottom")


@dataclass(frozen=True)
class Nests:
    """Which nest each product is in and which segment each nest is in; both are sorted.

    ``product_nest`` has shape (products,), ``nest_segment`` shape (nests,); neither skips a number.
    """

    product_nest: Ints
    nest_segment: Ints

    def __post_init__(self) -> None:
        for groups in (self.product_nest, self.nest_segment):
            steps = np.diff(groups, prepend=0)
            if groups.size == 0 or groups[0] != 0 or not np.isin(steps, (0, 1)).all():
                raise ValueError("nests must be numbered from 0 upwards without a gap, in order of their members")

    @cached_property
    def nest_starts(self) -> Ints:
        """First product of each nest, shape (nests,)."""
        return np.flatnonzero(np.diff(self.product_nest, prepend=-1))

    @cached_property
    def product_segment(self) -> Ints:
        """Segment of each product, shape (products,)."""
        return np.asarray(self.nest_segment[self.product_nest])

    @cached_property
    def segment_starts(self) -> Ints:
        """First nest of each segment, shape (segments,)."""
        return np.flatnonzero(np.diff(self.nest_segment, prepend=-1))


def group_logit(value: Floats, alpha: float, starts: Ints) -> tuple[Floats, Floats]:
    """Shares within groups, shape (..., members), and inclusive values, shape (..., groups).

    ``value`` has shape (..., members) with the members of a group side by side from ``starts`` on.
    A value of minus infinity is not on offer; a group with nothing on offer has shares of 0 and an
    inclusive value of minus infinity. No overflow for values up to 1,000 times 1/alpha and beyond,
    since the largest of a group is taken out first. In memory the members of both come first.
    """
    buyers = tuple(range(value.ndim - 1))
    share = np.array(value.transpose(-1, *buyers), order="C")  # members first: groups are few, buyers are many
    groups = [share[first:last] for first, last in pairwise([*starts.tolist(), len(share)])]
    top, total = (np.empty((starts.size, *share.shape[1:])) for _ in range(2))
    for group, members in enumerate(groups):
        np.maximum.reduce(members, axis=0, out=top[group : group + 1], keepdims=True)
    top[np.isneginf(top)] = 0.0
    for members, largest in zip(groups, top, strict=True):
        np.subtract(members, largest, out=members)
    share *= alpha
    np.exp(share, out=share)
    for group, members in enumerate(groups):
        np.add.reduce(members, axis=0, out=total[group : group + 1], keepdims=True)
    with np.errstate(divide="ignore"):
        inclusive = top + np.log(total) / alpha
    total[total == 0.0] = 1.0
    for members, whole in zip(groups, total, strict=True):
        np.divide(members, whole, out=members)
    last = (*(axis + 1 for axis in buyers), 0)
    return share.transpose(last), inclusive.transpose(last)


def logit(value: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Shares, shape (..., members), and inclusive value, shape (...), of one group."""
    share, inclusive = group_logit(value, alpha, np.zeros(1, dtype=np.int64))
    return share, inclusive[..., 0]


def binary(value_a: Floats, value_b: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Probability of ``a`` against ``b`` and the inclusive value of both, broadcast shape (M1)."""
    gap = alpha * (value_b - value_a)
    lesser = np.exp(-np.abs(gap))  # odds of the lesser of the two
    share_a = np.where(gap > 0.0, lesser, 1.0) / (1.0 + lesser)
    return share_a, np.maximum(value_a, value_b) + np.log1p(lesser) / alpha


@dataclass(frozen=True)
class NewVehicleChoice:
    """Conditional shares down the tree of new vehicles and its inclusive value.

    ``product``: shape (..., products) within the nest; ``nest``: (..., nests) within the segment;
    ``segment``: (..., segments) within new vehicles; ``inclusive_kusd``: (...).
    """

    product: Floats
    nest: Floats
    segment: Floats
    inclusive_kusd: Floats


def new_vehicle_choice(value_kusd: Floats, nests: Nests, alphas: Alphas, nest_shift_kusd: Floats) -> NewVehicleChoice:
    """Choice among new vehicles (M1, M2).

    ``value_kusd``: shape (..., products). ``nest_shift_kusd``: shape (..., nests), what is common to
    a nest for these buyers (their taste for BEVs); it broadcasts against the inclusive values,
    so product values need not be repeated for buyers who differ in it alone.
    """
    product, nest_value = group_logit(value_kusd, alphas.product, nests.nest_starts)
    nest, segment_value = group_logit(nest_value + nest_shift_kusd, alphas.powertrain, nests.segment_starts)
    segment, inclusive = logit(segment_value, alphas.segment)
    return NewVehicleChoice(product, nest, segment, inclusive)


class ChoiceRule(Protocol):
    """How buyers of new vehicles choose among them."""

    def __call__(
        self, value_kusd: Floats, taste_kusd: Floats, group: Ints, nests: Nests, alphas: Alphas
    ) -> NewVehicleChoice:
        """Shares down the tree and its inclusive value for kinds of buyers.

        ``value_kusd``: (groups, products) without taste; ``taste_kusd``: (kinds, nests); ``group``: (kinds,) the group
        of each kind. ``product`` of the result has shape (groups, products), the rest (kinds, ...).
        """
        ...


def nested_logit(value_kusd: Floats, taste_kusd: Floats, group: Ints, nests: Nests, alphas: Alphas) -> NewVehicleChoice:
    """The nested logit (M1): shares of products by group, those of the levels above by kind; shapes as ChoiceRule."""
    product, nest_value = group_logit(value_kusd, alphas.product, nests.nest_starts)
    by_kind = (nest_value.T.take(group, axis=1) + taste_kusd.T).T  # nests first in memory, as the logit has them
    nest, segment_value = group_logit(by_kind, alphas.powertrain, nests.segment_starts)
    segment, inclusive = logit(segment_value, alphas.segment)
    return NewVehicleChoice(product, nest, segment, inclusive)


def plain_logit(value_kusd: Floats, taste_kusd: Floats, group: Ints, nests: Nests, alphas: Alphas) -> NewVehicleChoice:
    """Logit without nests among new vehicles, at the coefficient of powertrains; shapes as ChoiceRule."""
    return nested_logit(value_kusd, taste_kusd, group, nests, slopes_of(plain_logit, alphas))


def slopes_of(rule: ChoiceRule, alphas: Alphas) -> Alphas:
    """Coefficients that a rule's choice among new vehicles follows; those given for all but the plain logit."""
    return replace(alphas, segment=alphas.powertrain, product=alphas.powertrain) if rule is plain_logit else alphas


CHOICE_RULES: dict[str, ChoiceRule] = {"nested-logit": nested_logit, "plain-logit": plain_logit}
"""Rules for the choice among new vehicles by name."""
