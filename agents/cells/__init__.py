"""Cell plants: cost of cells, allocation of output, decisions about lines."""
