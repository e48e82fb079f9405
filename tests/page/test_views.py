"""Charts, map and texts as plain data: the numbers drawn are those of the tables."""

import io
import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.display_names import plant_name
from experiments.figures.maps.places import projected
from experiments.page.charging_map import OUTCOMES, Scale, map_data, scale_for
from experiments.page.charts import CHARTS, chart_data
from experiments.page.inspections.inspection_text import Bar, Fact, Inspection
from experiments.page.map_places import (
    FRAME,
    REGION_LABELS,
    plant_places,
    region_places,
    state_paths,
    zone_places,
)
from experiments.page.page_html import checked_html, head_html, inspection_html, numbers_html, time_html
from experiments.page.player import Player
from experiments.page.reference_line import print_reference
from experiments.page.snapshot import empty_snapshot
from market.base import tables
from market.base.sets import region_names
from market.packs import DataPacks
from market.recorder import NATIONAL, TABLES
from market.scenario import Scenario

REGIONS = region_names()

NOTHING = pd.DataFrame(columns=list(NATIONAL))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_holds_the_numbers_of_the_table_and_the_reference_beside_them(name: str, played: Player) -> None:
    snapshot, chart = played.snapshot, CHARTS[name]
    reference = snapshot.national.iloc[:5]
    data = chart_data(name, snapshot, reference)
    assert [line["name"] for line in data["lines"]] == [line.name for line in chart.lines]
    for drawn, line in zip(data["lines"], chart.lines, strict=True):
        for rows, values in ((snapshot.national, drawn["values"]), (reference, drawn["reference"])):
            if values is not None:
                got = np.array([np.nan if value is None else value for value in values])
                np.testing.assert_allclose(got, rows[line.column].to_numpy() * line.scale, atol=1e-4)
        assert (drawn["reference"] is None) == line.dots
    assert (data["count"], data["origin"]) == (36, 31)


def test_storage_stands_at_the_bottom_of_the_stack_and_offline_lines_on_it() -> None:
    chart = CHARTS["lines"]
    assert chart.stacked
    assert [line.column for line in chart.lines][:2] == ["capacity_storage_gwh", "capacity_converting_gwh"]


def test_charts_and_map_can_be_sent_before_the_first_quarter() -> None:
    snapshot = empty_snapshot(Scenario())
    sent = [chart_data(name, snapshot, NOTHING) for name in CHARTS] + [map_data(snapshot, "bev_share_new")]
    assert "NaN" not in json.dumps(sent)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_map_colors_zones_by_the_outcome(outcome: str, played: Player) -> None:
    data, zones = map_data(played.snapshot, outcome), played.snapshot.latest["zones"].set_index("zone")
    ordered = zones.sort_values("cars_stock", ascending=False, kind="stable")
    assert [zone["name"] for zone in data["zones"]] == list(ordered.index)
    value = (zones["bev_stock"] / zones["cars_stock"] if outcome == "bev_on_road" else zones[outcome]) * OUTCOMES[
        outcome
    ].scale
    scale = scale_for(value.to_numpy(), zones["cars_stock"].to_numpy(), OUTCOMES[outcome])
    for zone in data["zones"]:
        assert zone["color"] == scale.shade(float(value[zone["name"]]))
    assert data["scale"]["low"].split()[0] == f"{scale.low:g}"
    assert "NaN" not in json.dumps(data)


def test_states_are_colored_on_the_scale_of_the_zones_where_the_model_knows_them(played: Player) -> None:
    data, states = map_data(played.snapshot, "bev_share_new"), played.snapshot.latest["states"].set_index("state")
    zones = played.snapshot.latest["zones"]
    outcome = OUTCOMES["bev_share_new"]
    scale = scale_for(zones["bev_share_new"].to_numpy() * 100.0, zones["cars_stock"].to_numpy(), outcome)
    known = states["bev_share_new"].dropna()
    assert set(data["states"]) == set(known.index)
    assert data["states"]["CA"]["color"] == scale.shade(100.0 * known["CA"])
    assert data["states"]["CA"]["text"] == f"California. BEV share of new sales: {100.0 * known['CA']:.1f} %"
    assert map_data(played.snapshot, "wait_minutes")["states"] == {}


@pytest.mark.parametrize(
    ("values", "outcome", "ends"),
    [
        ([0.3, 1.2, 1.9], "bev_share_new", (0.0, 2.0)), ([3.0, 9.0, 21.0], "bev_share_new", (0.0, 40.0)),
        ([91.0, 96.0, 99.5], "trip_coverage", (90.0, 100.0)), ([0.0, 0.0, 0.0], "wait_minutes", (0.0, 1.0)),
        ([100.0, 100.0, 100.0], "trip_coverage", (95.0, 100.0)), ([150.0] * 3, "trip_coverage", (95.0, 100.0)),
        ([math.nan] * 3, "bev_share_new", (0.0, 100.0)),
    ],
)  # fmt: skip
def test_the_scale_of_colors_fits_the_data(values: list[float], outcome: str, ends: tuple[float, float]) -> None:
    scale = scale_for(np.array(values), np.ones(3), OUTCOMES[outcome])
    assert (scale.low, scale.high) == ends


def test_a_zone_of_few_cars_does_not_stretch_the_scale() -> None:
    scale = scale_for(np.array([5.0, 90.0]), np.array([1e6, 1e3]), OUTCOMES["bev_share_new"])
    assert (scale.low, scale.high) == (0.0, 5.0)


def test_plants_that_convert_are_told_beside_the_map(played: Player) -> None:
    plants = played.snapshot.latest["plants"]
    offline = plants.assign(capacity_converting_gwh=[12.0, *[0.0] * (len(plants) - 1)])
    data = map_data(replace(played.snapshot, latest={**played.snapshot.latest, "plants": offline}), "bev_share_new")
    first = plants["plant"].iloc[0]
    assert [(each["name"], each["converting"]) for each in data["converting"]] == [(first, 12.0)]
    assert data["converting"][0]["shown"] == plant_name(first)


def test_zones_with_as_many_cars_are_laid_in_the_order_of_the_table(played: Player) -> None:
    zones = played.snapshot.latest["zones"]
    zones = zones.assign(cars_stock=np.arange(len(zones)) % 2 * 1e6)
    data = map_data(replace(played.snapshot, latest={**played.snapshot.latest, "zones": zones}), "bev_share_new")
    assert [zone["name"] for zone in data["zones"]] == [*zones["zone"][1::2], *zones["zone"][::2]]


def test_plants_show_what_their_lines_are_for(played: Player) -> None:
    plants = played.snapshot.latest["plants"].set_index("plant")
    drawn = {plant["name"]: plant for plant in map_data(played.snapshot, "bev_share_new")["plants"]}
    assert len(drawn) >= 15
    for name, plant in drawn.items():
        row = plants.loc[name]
        known = sum(row[f"capacity_{part}_gwh"] for part in
                    ("vehicles", "storage", "converting", "idle", "building", "announced"))  # fmt: skip
        assert plant["side"] ** 2 == pytest.approx(7.0 * known)
        assert sum(part["part"] for part in plant["parts"]) == pytest.approx(1.0)


def test_storage_of_every_region_stands_on_the_map(played: Player) -> None:
    regions = played.snapshot.latest["regions"].set_index("region")["installed_gw"]
    drawn = {region["name"]: region["gw"] for region in map_data(played.snapshot, "bev_share_new")["regions"]}
    assert drawn == {name: f"{regions[name]:.1f}" for name in REGIONS}


def test_colors_run_from_the_low_to_the_high_end_and_stop_there() -> None:
    scale = Scale(0.0, 40.0)
    assert scale.shade(-5.0) == scale.shade(0.0) == "#f2f7c9"
    assert scale.shade(500.0) == scale.shade(40.0) == "#0c2c84"
    assert scale.shade(float("nan")) == "var(--dt-card, #ffffff)"


def test_the_projection_is_that_of_the_zones_and_the_outline() -> None:
    zones = tables.load("zones")
    for row in zones[~zones["state"].isin(["AK", "HI"])].to_dict("records"):
        x, y = projected(row["latitude"], row["longitude"])
        assert (x, y) == pytest.approx((row["x_albers"], row["y_albers"]), abs=0.02)  # places are given to 0.01


def test_every_plant_and_region_has_its_place_on_the_map() -> None:
    assert set(plant_places(DataPacks())) == set(tables.load("plants")["plant"])
    assert len(set(plant_places(DataPacks()).values())) == len(plant_places(DataPacks()))
    assert set(region_places(DataPacks())) == set(REGIONS)
    assert all(
        0 < x < 975 and 0 < y < 610
        for x, y in (*plant_places(DataPacks()).values(), *region_places(DataPacks()).values())
    )
    assert set(state_paths()) == set(tables.load("states")["state"])
    assert all(path.count("M") == path.count("Z") > 0 for path in state_paths().values())


def test_labels_of_regions_stand_in_the_frame_and_none_covers_another() -> None:
    left, top, width, height = FRAME
    assert set(REGION_LABELS) == set(REGIONS)
    boxes: list[tuple[float, float, float, float]] = []
    size = 11.5 * 2.2  # map units, at the narrowest map with names on it: 2.2 units a pixel
    for label in REGION_LABELS.values():
        wide = 0.62 * size * len(f"{label.short} 99.9")  # a bold letter is about so wide
        start = label.x - (wide / 2.0 if label.anchor == "middle" else 0.0)
        assert left <= start < start + wide <= left + width
        assert top < label.y < top + height
        boxes.append((start, label.y - 0.75 * size, start + wide, label.y))
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)


def test_a_plant_of_ones_own_without_a_town_stands_in_the_middle_of_its_state_or_off_the_map(
    monkeypatch: pytest.MonkeyPatch, played: Player
) -> None:
    plants = tables.load("plants")
    mine = plants.iloc[:3].assign(plant=["mine_a", "mine_b", "abroad"], site="Nowhere", state=["TX", "TX", "QC"])
    load = tables.load
    monkeypatch.setattr(tables, "load", lambda name: pd.concat([plants, mine]) if name == "plants" else load(name))
    places = plant_places.__wrapped__(DataPacks())
    assert set(places) == {*plants["plant"], "mine_a", "mine_b"}
    assert {name: places[name] for name in plants["plant"]} == plant_places(DataPacks())
    (x, y), (beside, same) = places["mine_a"], places["mine_b"]
    assert (beside - x, same) == (15.0, y)
    dallas, houston = (zone_places(DataPacks())[zone] for zone in ("Dallas, TX", "Houston, TX"))
    assert abs(x - (dallas[0] + houston[0]) / 2) < 40.0
    assert min(dallas[1], houston[1]) < y < max(dallas[1], houston[1]) + 20.0
    there = played.snapshot.latest["plants"]
    with_mine = pd.concat([there, there.iloc[:1].assign(plant="abroad")])
    snapshot = replace(played.snapshot, latest={**played.snapshot.latest, "plants": with_mine})
    drawn = map_data(snapshot, "bev_share_new")["plants"]
    assert drawn == map_data(played.snapshot, "bev_share_new")["plants"] != []


def test_the_map_calls_plants_and_regions_as_people_do(played: Player) -> None:
    data = map_data(played.snapshot, "bev_share_new")
    texts = [each["text"] for each in (*data["plants"], *data["regions"])]
    assert "Panasonic with Tesla, Sparks NV: 39 GWh/year" in " ".join(texts)
    assert "ERCOT (Texas): " in " ".join(texts)
    assert [text for text in texts if "_" in text or "nonISO" in text] == []


def test_headline_numbers_are_those_of_the_last_quarter(played: Player) -> None:
    national = played.snapshot.national
    text = numbers_html(national)
    assert f"<b>{100 * national['bev_share_new'].iloc[-1]:.1f} %</b>" in text
    assert f"<b>{national['storage_installed_gw'].iloc[-1]:,.0f} GW</b>" in text
    assert numbers_html(NOTHING).count("<b>–</b>") == text.count("<b>")  # noqa: RUF001 - an en dash


def test_the_head_names_quarter_question_and_progress(played: Player) -> None:
    text = head_html(played.snapshot, "What <if>?", "500 consumers")
    assert "Q2 2025" in text
    assert "What &lt;if&gt;?" in text
    assert f"width:{100 * 34 / 36:.2f}%" in time_html(played.snapshot, 2017)


def test_the_page_says_in_words_what_the_accounts_checked(played: Player) -> None:
    text = checked_html(replace(played.snapshot, checked={"lines & <dates>": 1_200, "money": 3}))
    assert "<summary>1,203 checks of the accounts held</summary>" in text
    assert "<li>lines &amp; &lt;dates&gt;: 1,200</li>" in text
    assert "none produces while dark" in checked_html(played.snapshot)
    assert checked_html(replace(played.snapshot, checked={})) == ""


def test_an_inspection_is_escaped_and_bars_lie_on_their_side() -> None:
    inspection = Inspection(
        "<A>", "n", [Fact("a<", "1")], [], "why", [Bar("x", 2.0), Bar("y", -1.0)], "thousand $", ["s & t"]
    )
    text = inspection_html(inspection)
    assert "<i>-2</i><i>0</i><i>2</i>" in text  # the axis ends at a round number
    assert "<A>" not in text
    assert "&lt;A&gt;" in text
    assert "s &amp; t" in text
    assert "left:50.0%;width:50.0%" in text
    assert "left:25.0%;width:25.0%" in text


def test_the_reference_line_is_the_reference_run(played: Player) -> None:
    out = io.StringIO()
    print_reference(500, 1, "2025Q4", out)
    rows = pd.DataFrame([json.loads(line) for line in out.getvalue().splitlines()], columns=list(TABLES["national"]))
    pd.testing.assert_frame_equal(rows.iloc[:34], played.snapshot.national, check_dtype=False, check_exact=True)
    assert rows["quarter"].iloc[-1] == "2025Q4"
