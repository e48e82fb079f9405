"""What a seller tells buyers once a year: nothing, a claim, verified disclosure, or a longer warranty (M5).

A seller is an automaker, whose batteries may fail, or a charging operator, whose plugs may. It compares expected
profits of the coming year. Disclosure at a cost is a threshold: who has least trouble gains most by proof
(Grossman 1981, Verrecchia 1983), and silence is judged by the mean of those who are silent.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np

from agents.arrays import Floats


class Proof(IntEnum):
    """What a seller tells buyers."""

    NOTHING = 0
    CLAIM = 1
    VERIFIED = 2
    LONGER_WARRANTY = 3


@dataclass(frozen=True)
class ProofSensing:
    """What a seller observes before it chooses; shares are of serious trouble, money is $ a year.

    ``trouble``: its true share; ``bad``, ``sound``: observations behind what buyers believe of its brand or network;
    ``observations``: a year's proof of it is worth, by its part in the brand; ``silent_observations``,
    ``silent_trouble``: what buyers infer if it does not prove; ``credibility``: of a claim of no trouble;
    ``earned_usd_per_share``: profit for each unit of share by which believed trouble falls;
    ``warranty_usd_per_share``: profit of a longer warranty for each unit of believed trouble; ``claim_usd``,
    ``proof_usd``, ``warranty_usd``: cost of each, the last one infinite for who has no warranty to give.
    """

    trouble: float
    bad: float
    sound: float
    observations: float
    silent_observations: float
    silent_trouble: float
    credibility: float
    earned_usd_per_share: float
    warranty_usd_per_share: float
    claim_usd: float
    proof_usd: float
    warranty_usd: float


def believed_after(seen: ProofSensing) -> Floats:
    """Share of trouble believed after a year of each choice, shape (choices,)."""
    silent_bad, silent = seen.silent_observations * seen.silent_trouble, seen.silent_observations
    claimed = seen.observations * seen.credibility
    bad = np.array([silent_bad, silent_bad, seen.observations * seen.trouble, silent_bad])
    told = np.array([silent, silent + claimed, seen.observations, silent])
    return np.asarray((seen.bad + bad) / (seen.bad + seen.sound + told))


def proof_values_usd(seen: ProofSensing) -> Floats:
    """Expected profit of each choice over that of silence, $ in the coming year, shape (choices,); 0 for silence."""
    believed = believed_after(seen)
    insured = np.where(np.arange(len(Proof)) == Proof.LONGER_WARRANTY, seen.warranty_usd_per_share * believed, 0.0)
    cost = np.array([0.0, seen.claim_usd, seen.proof_usd, seen.warranty_usd])
    return np.asarray(seen.earned_usd_per_share * (believed[Proof.NOTHING] - believed) + insured - cost)


class ProofRule(Protocol):
    """How a seller chooses what to tell buyers; asked once a year."""

    def __call__(self, seen: ProofSensing) -> Proof:
        """The choice for the coming year."""
        ...


def by_expected_profit(seen: ProofSensing) -> Proof:
    """The choice that pays most; silence, then the simpler one, where two pay the same."""
    return Proof(int(np.argmax(proof_values_usd(seen))))


def stay_silent(seen: ProofSensing) -> Proof:  # noqa: ARG001 - a rule takes what every rule is shown
    """Tell nothing, whatever it would gain."""
    return Proof.NOTHING


PROOF_RULES: dict[str, ProofRule] = {"expected-profit": by_expected_profit, "silent": stay_silent}
"""Rules for what sellers tell buyers by name."""
