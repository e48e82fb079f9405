"""Figures: one file a figure, each a function from a stored result to a matplotlib Figure; none runs the model.

``registry`` lists them all, ``style`` holds what they share, ``drawing`` draws them one by one.
"""

from experiments.errors import InputError

try:
    import matplotlib as mpl  # noqa: F401 - before any figure, so that settings it cannot read are told in a sentence
except ValueError as error:
    raise InputError(
        f"matplotlib cannot read its settings ({error}); mend or remove matplotlibrc or the variable MPLBACKEND"
    ) from error
