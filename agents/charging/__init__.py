"""Charging operators: where plugs are built, how well they are kept; queues at them."""
