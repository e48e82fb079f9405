"""The step of every run: a quarter."""

QUARTERS_PER_YEAR = 4
