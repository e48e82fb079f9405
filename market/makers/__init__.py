"""Automakers on the market: offering, prices, forecasts, programs."""
