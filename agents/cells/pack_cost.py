"""What own cells, 45X and duties change in the cost of an automaker's packs since a base date (R5)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats

MOST_SHOWN = 0.95  # recorded shares are rounded to some points


def us_share(base_share: Floats, own_rise_usd_per_kwh: float, spread_usd_per_kwh: float) -> Floats:
    """Share of cells bought from US plants, a logistic in the cost gap that gives ``base_share`` at no change.

    ``base_share``: (makers,) at the base date; ``own_rise_usd_per_kwh``: how much dearer US cells have become than
    imported ones since. Same shape.
    """
    weight = base_share * np.exp(-own_rise_usd_per_kwh / spread_usd_per_kwh)
    return np.asarray(weight / (weight + 1.0 - base_share))


def mean_us_share(base_share: Floats, own_rise_usd_per_kwh: float, spread_usd_per_kwh: float) -> Floats:
    """Mean of ``us_share`` over all gaps between none and the present one, same shape.

    A change of cost times this share is what buyers pay more when they may switch between the two: the difference in
    the logit's expected least cost (Small and Rosen 1981, Econometrica). ``base_share`` itself where nothing changed.
    """
    rise = own_rise_usd_per_kwh / spread_usd_per_kwh
    if rise == 0.0:
        return base_share.copy()
    return np.asarray(-np.log1p(base_share * np.expm1(-rise)) / rise)


def no_us_cells_usd_per_kwh(base_share: Floats, spread_usd_per_kwh: float) -> Floats:
    """What being left without US plants costs, $/kWh, the rise of the least expected cost as the gap grows without end.

    ``base_share``: (makers,), as in ``us_share``. Same shape. Up to ``MOST_SHOWN`` it is more than any rise of US cells
    costs; a larger share counts as that, since who bought no others has not shown what they would cost.
    """
    return np.asarray(-spread_usd_per_kwh * np.log1p(-np.minimum(base_share, MOST_SHOWN)))


@dataclass(frozen=True)
class CostChanges:
    """Changes since the base date, $/kWh of cells.

    ``own``: variable cost of US cells; ``world``: world price before duty; ``credit``: 45X; ``duty``: duty paid on
    imports at another rate than the base date's.
    """

    own: float
    world: float
    credit: float
    duty: float

    def own_rise_usd_per_kwh(self, pass_through: float) -> float:
        """How much dearer US cells have become than imports to a buyer who gets ``pass_through`` of 45X."""
        return self.own - self.world - pass_through * self.credit - self.duty


@dataclass(frozen=True)
class PackCost:
    """What comes on top of the world price of packs since the base date by part, $/kWh, each shape (makers,).

    ``own_cells``: US cells' cost in place of the world price, and cells that US plants no longer make, or make only
    now; ``credit``: 45X; ``duty``: on imports; ``shadow_price``: of capacity. ``us_share``: of the automaker's cells.
    """

    own_cells: Floats
    credit: Floats
    duty: Floats
    shadow_price: Floats
    us_share: Floats

    @property
    def total_usd_per_kwh(self) -> Floats:
        """Sum of the parts, shape (makers,)."""
        return np.asarray(self.own_cells + self.credit + self.duty + self.shadow_price)


def pack_cost(
    change: CostChanges, share: Floats, pass_through: float, shadow_price: Floats, loss_usd_per_kwh: Floats
) -> PackCost:
    """Parts of the change in a pack's cost: US share x (own cells - theta x 45X) + import share x imports + shadow.

    ``share``: (makers,) US share; ``shadow_price``: (makers,) change of the worth of capacity, $/kWh;
    ``loss_usd_per_kwh``: (makers,) what cells cost that US plants made at the base date and make no longer, negative
    where they make more. The world price itself is in every automaker's pack price already: a US cell takes the
    world's cell out of it.
    """
    return PackCost(
        own_cells=share * (change.own - change.world) + loss_usd_per_kwh,
        credit=-share * pass_through * change.credit,
        duty=(1.0 - share) * change.duty,
        shadow_price=shadow_price,
        us_share=share,
    )
