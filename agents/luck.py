"""Luck as a pure function: a uniform number for every (seed, purpose, quarter, agent, branch).

No generator keeps state, so the order of agents, the number of threads and the use of other
streams change nothing, and two scenarios with the same seed share their luck agent by agent.
The mixer is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, OOPSLA).
"""

from enum import IntEnum

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_SEED_STEP = 0xD1B54A32D192ED03


class Purpose(IntEnum):
    """What a stream of luck decides; a number once given is never used for another purpose."""

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


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def stream_key(seed: int, purpose: Purpose, quarter: int) -> np.uint64:
    """Key of one stream: the same for the same seed, purpose and quarter, unrelated otherwise."""
    key = _mix((seed * _SEED_STEP + _GOLDEN) & _MASK)
    key = _mix((key + int(purpose) * _GOLDEN) & _MASK)
    return np.uint64(_mix((key + (quarter + 1) * _SEED_STEP) & _MASK))


@njit(inline="always", cache=True)
def _mix_bits(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(inline="always", cache=True)
def uniform(key: np.uint64, agent: int, branch: int) -> float:
    """Uniform number in the open interval (0, 1) of one agent and branch of a stream."""
    bits = _mix_bits(key + np.uint64(agent) * np.uint64(0x9E3779B97F4A7C15))
    bits = _mix_bits(bits + np.uint64(branch + 1) * np.uint64(0xD1B54A32D192ED03))
    return (float(bits >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)


@njit(parallel=True, cache=True)
def _fill_uniforms(key: np.uint64, agents: NDArray[np.int64], branch: int) -> NDArray[np.float64]:
    out = np.empty(agents.size)
    for row in prange(agents.size):
        out[row] = uniform(key, agents[row], branch)
    return out


def uniforms(key: np.uint64, agents: NDArray[np.int64], branch: int = 0) -> NDArray[np.float64]:
    """Uniform numbers, shape (agents,), of the agents with these ids in one stream."""
    return np.asarray(_fill_uniforms(key, np.ascontiguousarray(agents, dtype=np.int64), branch))
