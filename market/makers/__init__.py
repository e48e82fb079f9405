"""Automakers in the market: offering, prices, forecasts, programs."""
