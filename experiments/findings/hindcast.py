"""The score of the kept hindcast in a few numbers, from its tables and from the aims on its page."""

import re
from pathlib import Path

import pandas as pd

from experiments.findings.kept import Hindcast

_AHEAD, _SPAN = 4, "2023-24"
_POOL, _BAND = "shares of powertrains", 0.8
_AIM = re.compile(r"^\| .* \| (?P<found>.*) \| (?:yes|\*\*no\*\*) \|$", re.MULTILINE)
_STORAGE = re.compile(r"^\| Storage added .*\(([+-]?\d+)%\) \|", re.MULTILINE)
_RULES = {"last_value": "last value", "same_season": "same quarter a year earlier", "damped_trend": "damped trend",
          "logistic": "logistic curve", "bass": "Bass curve"}  # fmt: skip


def hindcast_of(folder: Path, page: Path) -> Hindcast:
    """The score. ``folder``: tables of ``detour hindcast``; ``page``: docs/hindcast.md, which lists the aims."""
    scores, coverage = (pd.read_csv(folder / f"{name}.csv") for name in ("scores", "coverage"))
    own = scores[(scores["series"] == "bev_share") & (scores["horizon"] == _AHEAD) & (scores["targets"] == _SPAN)]
    model = own[(own["method"] == "model") & (own["version"] == "strict") & (own["inputs"] == "forecast")].iloc[0]
    rules = own[own["method"].isin(list(_RULES))]
    best = rules.sort_values("mae", kind="stable").iloc[0]
    band = coverage[(coverage["pool"] == _POOL) & (coverage["band"] == _BAND) & (coverage["inputs"] == "forecast")]
    text = page.read_text(encoding="utf-8").partition("<!-- must show -->")[2].partition("<!-- end must show -->")[0]
    storage = _STORAGE.search(text)
    if storage is None:
        raise ValueError(
            f"{page} does not say how far storage was off; run python -m experiments.documents.hindcast_scores"
        )
    return Hindcast(
        error=float(model["mae"]), rule=_RULES[str(best["method"])], rule_error=float(best["mae"]),
        held=float(band["share"].iloc[0]), storage=float(storage[1]) / 100.0, reached=text.count("| yes |"),
        of=len(_AIM.findall(text)),
    )  # fmt: skip
