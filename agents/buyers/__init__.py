"""Decisions of car buyers: choice, valuation, holding, timing, peer effects, beliefs, resale."""
