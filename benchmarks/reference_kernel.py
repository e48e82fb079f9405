"""The unit of speed: CPU seconds of a fixed piece of work, in the process whose work is measured."""  # noqa: INP001 - a script, not a package

import time

import numpy as np

ROWS, COLUMNS, REPEATS = 13_000, 64, 60  # strata by offers, as often as constants may be inverted in a quarter
_VALUES = np.random.default_rng(1).normal(size=(ROWS, COLUMNS))


def kernel_cpu_s() -> float:
    """CPU seconds of 60 tables of exponentials, (13000, 64) float64, whose rows are made to sum to one."""
    start = time.process_time()
    for _ in range(REPEATS):
        weights = np.exp(_VALUES)
        weights / weights.sum(axis=1, keepdims=True)
    return time.process_time() - start
