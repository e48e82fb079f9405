"""Utilities and data-center developers: who buys storage; load of cars on the grid."""
