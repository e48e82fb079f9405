"""Calibration: parameters fitted to what is known to 2022Q4, what is not identified, and draws of what is left open."""
