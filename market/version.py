"""The version of results."""

RESULTS_VERSION = 4
"""Raised by a release that moves numbers of the reference run; every manifest carries it (docs/release.md)."""
