"""Figures of studies, in the look that all figures share."""
