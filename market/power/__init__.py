"""The power side: regions, storage orders and contracts, prices, revenue, the grid."""
