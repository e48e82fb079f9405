"""What figures can be saved as."""

from experiments.errors import InputError

FORMATS = PNG, SVG, PDF = ("png", "svg", "pdf")


def formats_named(names: str) -> tuple[str, ...]:
    """Formats of a list with commas. Raises InputError."""
    formats = tuple(name.strip().lower() for name in names.split(","))
    if not set(formats) <= set(FORMATS):
        raise InputError(f"--format is {names}; it must be one or more of {','.join(FORMATS)}")
    return formats
