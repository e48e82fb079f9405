"""Data packs of a user's own: written from templates and files, checked, and held beside the shipped tables."""
