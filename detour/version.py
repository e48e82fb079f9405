"""The version of Detour."""

__version__ = "0.3.0"
