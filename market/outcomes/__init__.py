"""Outcomes for analysts: public money, emissions, states, incomes, segments, jobs; nothing here moves a run."""
