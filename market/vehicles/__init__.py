"""Vehicles on offer: products, pack prices, recorded sales, leases."""
