"""Fit how demand constants move and write it as defaults: ``python -m experiments.documents.constant_law``.

Maximum likelihood on the constants inverted to 2022Q4, with expected flows on the fast graph (about a minute). To be
run when product rows, or anything else that constants are net of, have changed; then ``parameter_page``.
"""

import re
from pathlib import Path

from experiments.studies.hindcast_history import FITTED_TO, fits, history
from market.base.categories import POWERTRAINS
from market.buyers.constant_fit import FITTED, FITTED_ZONES
from market.buyers.parameters import ConstantLaw

PARAMETERS = Path(__file__).parents[2] / "market" / "buyers" / "parameters.py"


def with_defaults(source: str, law: ConstantLaw) -> str:
    """The declarations with the fitted standard deviations, to three digits, as defaults.

    Raises ValueError if one of them is not declared exactly once.
    """
    for name in (*FITTED, *FITTED_ZONES):
        declared = re.compile(rf"(\b{name}: float = parameter\(\s*)[0-9.e+-]+")
        if len(declared.findall(source)) != 1:
            raise ValueError(f"{name} must be declared once, with its default first")
        source = declared.sub(rf"\g<1>{getattr(law, name):.3g}", source)
    return source


def main() -> None:
    """Fit, say what was found and rewrite the declarations."""
    fit = fits(history([FITTED_TO]), [FITTED_TO])["strict"][FITTED_TO]
    for name in (*FITTED, *FITTED_ZONES):
        print(f"{name} = {getattr(fit.law, name):.3g}")
    for powertrain, slope in zip(POWERTRAINS, fit.hedonic.across, strict=True):
        print(f"slope of constants on price, {powertrain}: {slope.value:.2f} ({slope.standard_error:.2f})")
    within = fit.hedonic.within
    print(f"slope within rows (lambda_w): {within.value:.2f} ({within.standard_error:.2f})")
    PARAMETERS.write_text(with_defaults(PARAMETERS.read_text(encoding="utf-8"), fit.law), encoding="utf-8")


if __name__ == "__main__":
    main()
