"""Charging operators: investment and maintenance; queues at chargers."""
