"""Figures of the country: the outline, where things lie on it, and what is drawn there."""
