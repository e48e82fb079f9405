"""Random streams for compiled loops: the same bits as ``streams``, one number at a time; and the compiler options."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

from agents.random.streams import (
    AGENT_STEP,
    BRANCH_STEP,
    FIRST_FACTOR,
    GRAIN,
    LN2_HIGH,
    LN2_LOW,
    LOG_SERIES,
    ROOT_HALF,
    SECOND_FACTOR,
)

Loop = TypeVar("Loop", bound=Callable[..., Any])

_FRACTION, _HALF, _BIAS = 0x000FFFFFFFFFFFFF, 0x3FE0000000000000, 1022  # parts of a double


def compiled(**options: Any) -> Callable[[Loop], Loop]:
    """Compile; the machine code is kept beside the source or in the user's cache, unless neither can be written."""

    def compile_it(loop: Loop) -> Loop:
        try:
            return njit(cache=True, nogil=True, error_model="numpy", **options)(loop)  # type: ignore[no-any-return]
        except RuntimeError:  # numba: no place for the cache
            return njit(nogil=True, error_model="numpy", **options)(loop)  # type: ignore[no-any-return]

    return compile_it


@compiled(inline="always")
def mix_bits(value: np.uint64) -> np.uint64:
    """See ``agents.random.streams``."""
    value = (value ^ (value >> np.uint64(30))) * FIRST_FACTOR
    value = (value ^ (value >> np.uint64(27))) * SECOND_FACTOR
    return value ^ (value >> np.uint64(31))


@compiled(inline="always")
def agent_bits(key: np.uint64, agent: int) -> np.uint64:
    """See ``agents.random.streams.agent_bits``, for one agent."""
    return mix_bits(key + np.uint64(agent) * AGENT_STEP)


@compiled(inline="always")
def branch_bits(bits: np.uint64, branch: int) -> np.uint64:
    """Bits of one agent and branch: the first 53 make its uniform number, the first 32 its first 32 binary places."""
    return mix_bits(bits + np.uint64(branch + 1) * BRANCH_STEP)


@compiled(inline="always")
def uniform(bits: np.uint64, branch: int) -> float:
    """See ``agents.random.streams.branch_uniforms``, for one agent and branch."""
    return (float(np.int64(branch_bits(bits, branch) >> np.uint64(11))) + 0.5) * GRAIN


@compiled(inline="always")
def exponential(number: float) -> float:
    """See ``agents.random.streams.exponentials``, for one number."""
    pattern = np.float64(number).view(np.int64)
    k = float((pattern >> 52) - _BIAS)
    fraction = np.int64((pattern & _FRACTION) | _HALF).view(np.float64)
    if fraction < ROOT_HALF:
        fraction = fraction + fraction
        k = k - 1.0
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    tail = LOG_SERIES[6]
    tail = LOG_SERIES[5] + z * tail
    tail = LOG_SERIES[4] + z * tail
    tail = LOG_SERIES[3] + z * tail
    tail = LOG_SERIES[2] + z * tail
    tail = LOG_SERIES[1] + z * tail
    tail = LOG_SERIES[0] + z * tail
    half = 0.5 * f * f
    return (half - (s * (half + z * tail) + k * LN2_LOW)) - f - k * LN2_HIGH


@compiled(inline="always")
def uniform_of(key: np.uint64, agent: int) -> float:
    """See ``agents.random.streams.uniforms``, for one agent."""
    return uniform(agent_bits(key, agent), 0)
