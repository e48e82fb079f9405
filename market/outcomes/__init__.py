"""Outcomes for analysts: public money, emissions, states, incomes, segments; nothing here moves a run."""
