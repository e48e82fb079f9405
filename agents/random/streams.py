"""Random streams as pure functions: a uniform number for every (seed, purpose, quarter, agent, branch).

No generator keeps state, so results do not depend on the order of agents, the number of threads or the use of other
streams, and scenarios with the same seed use common random numbers, agent by agent. The mixer is the finalizer of
SplitMix64 (Steele, Lea and Flood 2014, OOPSLA). Integer mixing and sums and products of doubles give the same bits on
every machine; ``compiled_streams`` computes the same numbers in compiled loops.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_SEED_STEP = 0xD1B54A32D192ED03

AGENT_STEP, BRANCH_STEP = np.uint64(_GOLDEN), np.uint64(_SEED_STEP)
FIRST_FACTOR, SECOND_FACTOR = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
GRAIN = 2.0**-53  # distance between neighboring uniform numbers

# Logarithm of a double by its binary exponent and a polynomial of the rest, within an ulp (FreeBSD e_log.c, Sun 1993).
LOG_SERIES = (
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
    1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
)  # fmt: skip
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
ROOT_HALF = 0.7071067811865476


class Purpose(IntEnum):
    """What a random stream is used for; a number, once assigned, is never reused for another purpose."""

    POPULATION = 1
    LOOK = 2
    CHOICE = 3
    HOLDING = 4
    SCRAPPAGE = 5
    RATIONING = 6
    USED_MATCH = 7
    LEASE = 8
    GASOLINE = 9
    ENTRANT_PRODUCT = 10
    LITHIUM = 11
    LINE_GAIN = 12
    WAITING = 14
    WAITING_TIME = 15
    PLUG_OPENING = 13
    SCARCITY = 21
    CONSTANT_LEVEL = 31
    CONSTANT_ROW = 32
    BATTERY_EVENT = 33
    LINE_COST = 34
    LOOKING = 35


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def stream_key(seed: int, purpose: Purpose, quarter: int) -> np.uint64:
    """Key of one stream: the same for the same seed, purpose and quarter, unrelated otherwise."""
    key = _mix((seed * _SEED_STEP + _GOLDEN) & _MASK)
    key = _mix((key + int(purpose) * _GOLDEN) & _MASK)
    return np.uint64(_mix((key + (quarter + 1) * _SEED_STEP) & _MASK))


def uniforms(key: np.uint64, agents: NDArray[np.int64], branch: int = 0) -> NDArray[np.float64]:
    """Uniform numbers in the open interval (0, 1), shape (agents,), of the agents with these ids in one stream."""
    return branch_uniforms(agent_bits(key, agents), branch)


def agent_bits(key: np.uint64, agents: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Bits from which the branches of each agent in a stream are derived, shape (agents,)."""
    return _mix_bits(key + np.asarray(agents).astype(np.uint64) * AGENT_STEP)


def branch_uniforms(bits: NDArray[np.uint64], branch: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """Uniform numbers of branches, in the shape to which ``bits`` and ``branch`` broadcast."""
    mixed = _mix_bits(bits + (np.atleast_1d(branch) + 1).astype(np.uint64) * BRANCH_STEP)
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * GRAIN


def _mix_bits(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    value = (value ^ (value >> np.uint64(30))) * FIRST_FACTOR
    value = (value ^ (value >> np.uint64(27))) * SECOND_FACTOR
    return value ^ (value >> np.uint64(31))


def exponentials(uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exponential numbers -log(u) from uniform ones, same shape, using only sums, products and quotients."""
    fraction, exponent = np.frexp(uniform)
    low = fraction < ROOT_HALF
    f = np.where(low, fraction + fraction, fraction) - 1.0
    k = (exponent - low).astype(np.float64)
    s = f / (2.0 + f)
    z = s * s
    tail = np.full_like(z, LOG_SERIES[-1])
    for term in LOG_SERIES[-2::-1]:
        tail = term + z * tail
    half = 0.5 * f * f
    return np.asarray((half - (s * (half + z * tail) + k * LN2_LOW)) - f - k * LN2_HIGH)
