"""Places of outcomes are named in words."""

import pytest

from experiments.figures.of_studies.place_names import place_names, shared_by


@pytest.mark.parametrize(
    ("places", "names"),
    [
        (["Tesla, powertrain BEV", "GM, powertrain BEV"], ["Tesla", "GM"]),
        (["skon_commerce", "lges_holland", "lges_holland_2"],
         ["SK On, Commerce GA", "LGES, Holland MI (1)", "LGES, Holland MI (2)"]),
        (["gt200k, home_charging True", "lt35k, home_charging False"],
         ["above $200k, home charging", "below $35k, no home charging"]),
        (["United States"], ["United States"]),
        (["Tesla", "Tesla, BEV"], ["Tesla", "BEV"]),
        (["ERCOT", "a plant of my own"], ["ERCOT", "a plant of my own"]),
    ],
    ids=["shared", "plants", "incomes", "one", "part", "unknown"],
)  # fmt: skip
def test_places_are_named_apart_without_what_they_share(places: list[str], names: list[str]) -> None:
    assert list(place_names(places).values()) == names


def test_what_is_shared_is_told_once() -> None:
    assert shared_by(["Tesla, powertrain BEV", "GM, powertrain BEV"]) == "powertrain BEV"
    assert shared_by(["ERCOT", "PJM"]) == ""
    assert shared_by(["ERCOT"]) == ""
