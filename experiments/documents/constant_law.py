"""Fit how demand constants move and write it as defaults: ``python -m experiments.documents.constant_law``.

Maximum likelihood on the constants inverted to 2022Q4, with expected flows on the fast graph (about a minute). To be
run when product rows, or anything else that constants are net of, have changed; then ``parameter_page``.
"""

import re
import sys
from pathlib import Path

from experiments.hindcast.history import FITTED_TO, fits, history
from market.base.categories import POWERTRAINS
from market.buyers.constant_fit import FITTED, FITTED_LEVELS, FITTED_ZONES, LOOK_SD
from market.buyers.parameters import ConstantLaw

PARAMETERS = Path(__file__).parents[2] / "market" / "buyers" / "parameters.py"


_WRITTEN = (*FITTED, *FITTED_LEVELS, *FITTED_ZONES, LOOK_SD, "price_change_slope")


def with_defaults(source: str, law: ConstantLaw) -> str:
    """The declarations with what was fitted, to three digits, as defaults.

    Raises ValueError if one of them is not declared exactly once.
    """
    for name in _WRITTEN:
        declared = re.compile(rf"(\b{name}: float = parameter\(\s*)[0-9.e+-]+")
        if len(declared.findall(source)) != 1:
            raise ValueError(f"{name} must be declared once, with its default first")
        source = declared.sub(rf"\g<1>{getattr(law, name):.3g}", source)
    return source


def main() -> None:
    """Fit, say what was found and rewrite the declarations."""
    fit = fits(history([FITTED_TO]), [FITTED_TO])["strict"][FITTED_TO]
    law = fit.law.model_copy(update={"price_change_slope": max(fit.hedonic.within.value, 0.0)})
    lines = [f"{name} = {getattr(law, name):.3g}" for name in _WRITTEN]
    slopes = [*zip(POWERTRAINS, fit.hedonic.across, strict=True), ("within rows (lambda_w)", fit.hedonic.within)]
    lines += [f"slope on price, {name}: {slope.value:.2f} ({slope.standard_error:.2f})" for name, slope in slopes]
    sys.stdout.write("\n".join([*lines, ""]))
    PARAMETERS.write_text(with_defaults(PARAMETERS.read_text(encoding="utf-8"), law), encoding="utf-8")


if __name__ == "__main__":
    main()
