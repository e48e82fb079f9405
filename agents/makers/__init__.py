"""Automakers: prices, output, programs for new models, and what they observe."""
