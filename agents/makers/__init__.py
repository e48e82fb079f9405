"""Automakers: prices, output, programs of new models, what they are shown."""
