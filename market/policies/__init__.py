"""Policies, one file an instrument; ``registry.py`` names them all."""
