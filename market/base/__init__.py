"""Shared by all sectors: quarters, the clock, categories, parameters, columns, tables, the ledger."""
