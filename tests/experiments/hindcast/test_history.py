"""Hindcast from copies of one history: a copy goes on as a run with that origin would."""

from copy import deepcopy
from dataclasses import replace

import pytest

from experiments.documents.constant_law import PARAMETERS, with_defaults
from experiments.hindcast import history as hindcasts
from experiments.hindcast.history import Fit, History, from_origin, hindcast_from
from market.buyers.hedonic import Slope, fitted_hedonic
from market.buyers.parameters import ConstantLaw
from market.model import Market
from market.scenario import Scenario

ORIGIN = "2018Q2"


@pytest.fixture(scope="module")
def past() -> History:
    """Copied at one origin; parameters are fitted to nothing later."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hindcasts, "FITTED_TO", ORIGIN)
        return hindcasts.history([ORIGIN])


def fit_of(past: History) -> Fit:
    """Slopes across rows fitted at the origin, the one within rows and the law as declared."""
    record = past.copies[ORIGIN].record
    own = fitted_hedonic(record.history().priced_rows())
    return Fit(replace(own, within=Slope(record.law.price_change_slope, 0.0, 0)), record.law)


def test_a_copy_goes_on_as_a_run_with_that_origin(past: History) -> None:
    copied = from_origin(past.copies[ORIGIN], fit_of(past), "2018Q4", limits=True).set_index("quarter")
    run = {"mean_field": True, "fast_graph": True, "last_quarter": "2018Q4", "origin": ORIGIN}
    alone = Market(Scenario().with_(run=run, cells={"power_side": False}), rng=1)
    alone.run()
    direct = alone.recorder.frame("national").set_index("quarter")
    for column in ("bev_share_new", "new_sales", "bev_price_kusd"):
        assert copied[column].to_numpy() == pytest.approx(direct[column].to_numpy(), rel=1e-5)
    assert past.copies[ORIGIN].quarter == 5  # the copy is used again for other versions


def test_limits_hold_after_the_origin_only_where_they_are_asked_for(past: History) -> None:
    at_origin = deepcopy(past.copies[ORIGIN])
    at_origin.record.limits[6:, at_origin.products.is_bev] = 10.0
    free, limited = (
        from_origin(at_origin, fit_of(past), "2018Q3", limits=limits).set_index("quarter") for limits in (False, True)
    )
    assert free.loc[:ORIGIN].equals(limited.loc[:ORIGIN])
    assert float(limited["bev_sales"].iloc[-1]) < float(free["bev_sales"].iloc[-1]) - 20_000.0
    assert (at_origin.record.limits[6:, at_origin.products.is_bev] == 10.0).all()


def test_targets_end_where_they_are_told_to(past: History) -> None:
    table = hindcast_from(past, {ORIGIN: fit_of(past)}, "2018Q4")
    assert table["quarter"].tolist() == ["2018Q3", "2018Q4"]
    assert table["recorded"].to_numpy() == pytest.approx(past.recorded.loc[["2018Q3", "2018Q4"]].to_numpy())


def test_fitted_numbers_are_written_where_defaults_are_declared() -> None:
    source = PARAMETERS.read_text(encoding="utf-8")
    same = ConstantLaw()
    assert with_defaults(source, same) == source
    other = with_defaults(source, same.model_copy(update={"drift_sd_kusd": 0.12345}))
    assert "drift_sd_kusd: float = parameter(0.123," in other
    with pytest.raises(ValueError, match="bev_level_sd_kusd must be declared once"):
        with_defaults(source.replace("bev_level_sd_kusd", "gone"), same)
