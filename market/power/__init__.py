"""The power sector: regions, storage orders and contracts, prices, revenue, the grid."""
