"""Whether matplotlib can start with the settings it finds; ``style`` overrides them."""

from experiments.errors import InputError


def check_matplotlib() -> None:
    """Load matplotlib. Raises InputError if a settings file or variable of the user's keeps it from starting."""
    try:
        import matplotlib as mpl  # noqa: F401, PLC0415 - loading it is the check
    except ValueError as error:
        raise InputError(
            f"matplotlib cannot read its settings ({error}); fix or remove matplotlibrc or the variable MPLBACKEND"
        ) from error
