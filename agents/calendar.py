"""The time step of a run: a quarter."""

QUARTERS_PER_YEAR = 4
