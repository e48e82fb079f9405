"""Beta beliefs about failed charging sessions and battery trouble: news, events, proof and claims (M5)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats

OWN, NEIGHBORS, MEDIA = range(3)  # rows of exposures by channel

_FALL_OVER_RISE = 3.0  # credibility is lost three times as fast as it is gained (M5)


@dataclass(frozen=True)
class Belief:
    """Beta beliefs about the share of trouble, as counts of observations; arrays of one shape.

    ``trouble`` is a, ``sound`` is b: failed and successful charges, or cars with and without battery trouble.
    """

    trouble: Floats
    sound: Floats

    @property
    def mean_trouble(self) -> Floats:
        """Believed share of trouble, a / (a + b)."""
        return np.asarray(self.trouble / (self.trouble + self.sound))

    @property
    def perceived_success(self) -> Floats:
        """Believed success, of a plug in M4: b / (a + b)."""
        return np.asarray(self.sound / (self.trouble + self.sound))


def belief_of(trouble_share: Floats, observations: Floats) -> Belief:
    """The belief that this share is trouble, as firm as this many observations (n0); broadcast shape (M5)."""
    return Belief(np.asarray(trouble_share * observations), np.asarray((1.0 - trouble_share) * observations))


def forgotten(count: Floats, prior_count: Floats, memory: float) -> Floats:
    """A count after one quarter of forgetting: a0 + phi (a - a0), broadcast shape (M5)."""
    return np.asarray(memory * count + (1.0 - memory) * prior_count)


def updated(
    belief: Belief, prior: Belief, trouble_news: Floats, sound_news: Floats, *, memory: float, negativity: float
) -> Belief:
    """The belief after a quarter: what is remembered, and news, bad news weighing nu_b as much; broadcast shape (M5).

    ``trouble_news`` and ``sound_news`` are observations weighted by channel; ``memory`` is phi.
    """
    return Belief(
        forgotten(belief.trouble, prior.trouble, memory) + negativity * trouble_news,
        forgotten(belief.sound, prior.sound, memory) + sound_news,
    )


def limit_bias(trouble_share: Floats, negativity: float) -> Floats:
    """Limit of a belief after much news of a true share pi: nu_b pi / (1 + (nu_b - 1) pi), same shape (M5)."""
    return np.asarray(negativity * trouble_share / (1.0 + (negativity - 1.0) * trouble_share))


def reported_observations(experienced: Floats, noticed: float) -> Floats:
    """Observations that reports of a nation's count amount to: ln(1 + n / n0), same shape (M5).

    ``experienced``: what the nation met in the quarter, such as cars observed or charges; ``noticed``: n0, the count
    at which reports begin to be heard. Attention grows with the logarithm: the second thousand is less news.
    """
    return np.asarray(np.log1p(experienced / noticed))


def channel_exposures(seen_in_zone: Floats, neighbor_share: Floats, reported: Floats) -> Floats:
    """Observations that reach people by channel, shape (channels, zones, ...): OWN, NEIGHBORS, MEDIA (M5).

    ``seen_in_zone``: (zones, ...), observations in a quarter among the contacts of a person there;
    ``neighbor_share``: (zones, zones), how each zone weighs the others, rows adding up to 1, or to 0 for a zone
    without neighbors; ``reported``: (...), observations in the reports of the nation's media, the same for every zone.
    """
    neighbors = np.tensordot(neighbor_share, seen_in_zone, axes=1)
    return np.stack([seen_in_zone, neighbors, np.broadcast_to(reported, seen_in_zone.shape)])


def weighted_news(exposures: Floats, channel_weights: Floats) -> Floats:
    """Observations that count: exposures (channels, ...) by the weights (channels,); shape (...) (M5).

    Weights of own contacts, neighbors and media are judgment.
    """
    return np.tensordot(channel_weights, exposures, axes=1)


def spill_over(brands: Belief, technology_observations: float) -> Belief:
    """Beliefs about brands, on the last axis, pulled toward the mean of the technology; same shape (M5).

    The observation-weighted mean of all brands counts as so many observations of each brand, so little-known brands
    are judged by the others. Used when beliefs are read; stored beliefs are unchanged.
    """
    trouble = brands.trouble.sum(axis=-1, keepdims=True)
    technology = trouble / (trouble + brands.sound.sum(axis=-1, keepdims=True))
    return Belief(
        brands.trouble + technology_observations * technology,
        brands.sound + technology_observations * (1.0 - technology),
    )


def event_observations(cars: Floats, salience: float, noticed: float) -> Floats:
    """Observations that a recall or scandal with so many cars is worth: salience x ln(1 + n / n0), same shape (M5)."""
    return np.asarray(salience * np.log1p(cars / noticed))


def faded_share(half_life_quarters: float) -> float:
    """Share of an event that is left a quarter later, so that half is left after the half-life (M5)."""
    return float(2.0 ** (-1.0 / half_life_quarters))


def similarity(traits: Floats, weights: Floats) -> Floats:
    """How much of an event at one brand counts for another, shape (brands, brands), 1 on the diagonal (M5).

    ``traits``: (traits, values, brands), shares of each value of a trait (country, chemistry, supplier of cells) in a
    brand's cars; ``weights``: (traits,), what a full match of a trait is worth. A match is the overlap of the shares.
    """
    overlap = np.minimum(traits[:, :, :, None], traits[:, :, None, :]).sum(axis=1)
    alike = np.clip(np.tensordot(weights, overlap, axes=1), 0.0, 1.0)
    return np.where(np.eye(alike.shape[0], dtype=np.bool_), 1.0, alike)


def verified_disclosure(belief: Belief, true_share: Floats, observations: float) -> Belief:
    """The belief after proof: so many (20) pseudo-observations at the true share, broadcast shape (M5)."""
    return claim(belief, true_share, observations, np.ones(()))


def claim(belief: Belief, claimed_share: Floats, observations: float, credibility: Floats) -> Belief:
    """The belief after a claim: pseudo-observations by credibility at the claimed share, broadcast shape (M5)."""
    believed = belief_of(claimed_share, observations * credibility)
    return Belief(belief.trouble + believed.trouble, belief.sound + believed.sound)


def credibility_step(
    credibility: Floats, claimed_share: Floats, outcome_share: Floats, *, rise: float, tolerance: float
) -> Floats:
    """Credibility after claims met outcomes: up by ``rise`` of what is missing, or down three times as fast (M5).

    Shares of trouble; a claim is met if the outcome is not worse by more than ``tolerance``. Without a claim or
    an outcome (NaN) nothing changes. Broadcast shape, in [0, 1]. Raises ValueError for a ``rise`` not in [0, 1/3].
    """
    if not 0.0 <= rise * _FALL_OVER_RISE <= 1.0:
        raise ValueError(f"credibility may rise by 0 to 1/3 in a quarter, as it falls three times as fast; got {rise}")
    excess = outcome_share - claimed_share
    change = np.where(excess <= tolerance, rise * (1.0 - credibility), -_FALL_OVER_RISE * rise * credibility)
    return np.asarray(credibility + np.where(np.isnan(excess), 0.0, change))


def trouble_value_kusd(mean_trouble: Floats, loss_kusd: float) -> Floats:
    """B: loss in the value of a BEV from expected battery trouble, k$; same shape (M5)."""
    return np.asarray(-loss_kusd * mean_trouble)
