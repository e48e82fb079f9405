"""Policies, one file an instrument; ``table.POLICIES`` names them all."""
