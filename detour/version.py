"""The version of Detour."""

__version__ = "0.2.0"
