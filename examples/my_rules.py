"""Owners who convert only for a large gain."""

from agents.cells.line_decision import CONVERSIONS, LineAction, LineSensing, decide_line

LEAST_GAIN_MUSD = 20.0  # per GWh a year of the line


def reluctant(seen: LineSensing) -> LineAction:
    """As the shipped rule, but a change of use must gain ``LEAST_GAIN_MUSD`` over waiting."""
    best = decide_line(seen)
    too_little = best in CONVERSIONS and seen.gain_musd_per_gwh_year(best) < LEAST_GAIN_MUSD
    return LineAction.WAIT if too_little else best


RULES = {"lines": {"reluctant": reluctant}}
