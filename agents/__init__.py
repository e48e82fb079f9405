"""Agents that decide: car buyers, automakers, cell plants, charging operators, utilities and data-center developers.

One package per sector: ``buyers``, ``makers`` (automakers), ``cells``, ``charging``, ``power``; ``population`` holds
car buyers as columns, ``random`` the random streams. Nothing here imports the market: an agent decides from the record
of observations that the market passes to it.
"""
