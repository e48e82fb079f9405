"""What every sector builds on: quarters, the clock, names, parameters, columns, tables, the ledger."""
