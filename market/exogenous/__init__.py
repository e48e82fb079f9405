"""Exogenous inputs: zones and their households, fuel and lithium prices."""
