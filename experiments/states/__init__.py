"""Saved states: runs start at the end of the observed data instead of the first quarter."""
