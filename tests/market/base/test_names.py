"""Names that are wrong are told with the nearest right one, by group and key."""

import pytest

from market.base.names import closest, nearest

KNOWN = (
    "no-credits", "data-center-boom", "buyers", "buyers.alpha_keep", "buyers.income_elasticity", "cells.may_convert",
    "policy.tariff_factor", "national", "national.bev_share_new", "zones.bev_share_new",
)  # fmt: skip


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("buyers.alpha_kep", "buyers.alpha_keep"),
        ("buyer.alpha_keep", "buyers.alpha_keep"),
        ("makers.alpha_keep", "buyers.alpha_keep"),
        ("alpha_keep", "buyers.alpha_keep"),
        ("Buyers.Alpha-Keep", "buyers.alpha_keep"),
        ("cells.may_covert", "cells.may_convert"),
        ("policy.tarif_factor@2029Q1", "policy.tariff_factor"),
        ("data_center_bom", "data-center-boom"),
        ("no-credit", "no-credits"),
        ("nationl", "national"),
        ("nationl.bev_share_nw", "national.bev_share_new"),
        ("zone.bev_share_new", "zones.bev_share_new"),
        ("bev_share_new", "national.bev_share_new"),
    ],
)
def test_a_slip_finds_the_name(word: str, right: str) -> None:
    assert closest(word, KNOWN) == right


@pytest.mark.parametrize("word", ["buyers.price_sensitivty", "buyers.elephant", "elephant", "", "."])
def test_another_name_of_the_group_is_not_offered_for_its_letters(word: str) -> None:
    assert closest(word, KNOWN) is None


def test_where_none_is_near_all_are_told() -> None:
    assert nearest("elephant", ("a", "b")) == "known are a, b"
