"""What is proven and claimed in a quarter about brands or networks, and what silence tells (M5)."""

from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats
from agents.buyers import beliefs
from agents.buyers.beliefs import Belief


@dataclass(frozen=True)
class Sellers:
    """Automakers or charging operators, and what they say.

    ``size``: (sellers,) cars sold or plugs; ``trouble``: (sellers,) true share of trouble; ``subject``: (sellers,
    subjects), 1 where buyers hold a belief about a seller; ``verified``, ``claimed``: (sellers,) share of its cars or
    plugs that it proves, or claims to be flawless.
    """

    size: Floats
    trouble: Floats
    subject: Floats
    verified: Floats
    claimed: Floats


@dataclass(frozen=True)
class Disclosure:
    """Proof and claims about subjects (groups of brands, or networks), each shape (subjects,) but the last two.

    ``verified``: share of a subject's cars or plugs whose owner proves its trouble, and ``proven_trouble`` what is
    proven; ``claimed``: share that is claimed to be flawless; ``disclosed``: share of all that is proven, and
    ``undisclosed_trouble``: mean trouble of the rest as buyers infer it for who stays silent.
    """

    verified: Floats
    proven_trouble: Floats
    claimed: Floats
    disclosed: float
    undisclosed_trouble: float


def disclosure(sellers: Sellers, believed_trouble: float) -> Disclosure:
    """What sellers disclose, by subject: means over its sellers by size, or even ones before any sale.

    ``believed_trouble``: mean over all sellers as buyers believe it. Buyers know who would stay silent, not the truth:
    they take the undisclosed to be as much worse than the mean as these are, on the scale of what they believe.
    """
    size, subject = sellers.size, sellers.subject
    weight = size[:, None] * subject
    total = weight.sum(axis=0)
    weight = np.where(total > 0.0, weight / np.where(total > 0.0, total, 1.0), subject / subject.sum(axis=0))
    share, proven = sellers.verified @ weight, (sellers.verified * sellers.trouble) @ weight
    all_size, mean = float(size.sum()), float(size @ sellers.trouble)
    hidden = size * (1.0 - sellers.verified)
    left = float(hidden.sum())
    relative = float(hidden @ sellers.trouble) / left * all_size / mean if left > 0.0 and mean > 0.0 else 1.0
    return Disclosure(
        verified=share,
        proven_trouble=np.where(share > 0.0, proven / np.where(share > 0.0, share, 1.0), 0.0),
        claimed=sellers.claimed @ weight,
        disclosed=float(size @ sellers.verified) / all_size if all_size > 0.0 else float(sellers.verified.mean()),
        undisclosed_trouble=min(believed_trouble * relative, 1.0),
    )


def told(belief: Belief, what: Disclosure, proven_trouble: Floats, observations: float, credibility: Floats) -> Belief:
    """A belief, subjects on its last axis, after a quarter's proof, claims and silence (M5).

    ``proven_trouble``: (..., subjects) true trouble that is proven, by place; ``observations``: worth of a quarter's
    proof of everything; ``credibility``: (subjects,). Where nobody proves or claims anything the belief is the same.
    """
    after = beliefs.claim(belief, proven_trouble, observations, what.verified)
    silent = (1.0 - what.verified) * what.disclosed
    after = beliefs.claim(after, np.asarray(what.undisclosed_trouble), observations, silent)
    return beliefs.claim(after, np.zeros(()), observations, what.claimed * credibility)
