"""Buyers of storage: utilities and data-center developers; BEV load on the grid."""
