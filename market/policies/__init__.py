"""Policies, one file an instrument; ``registry`` names them all."""
