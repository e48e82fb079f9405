"""The findings that come with Detour are what their tables say, on every page that tells them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from experiments.documents import findings_pages
from experiments.documents.findings import DESIGN, FIGURE
from experiments.documents.hindcast_page import PAGE as HINDCAST_PAGE
from experiments.documents.hindcast_page import TABLES as HINDCAST_TABLES
from experiments.figures.of_studies.effects import effects_figure
from experiments.findings.detour import (
    CONTRASTS,
    DETOUR,
    HEADLINES,
    OUTCOMES,
    PACK_COST,
    PARTS,
    YEARS,
    by_year,
    effects,
)
from experiments.findings.hindcast import hindcast_of
from experiments.findings.kept import Kept, contrast_named, kept, write
from experiments.findings.mechanisms import CHANNELS, channel_facts, facts_of, mechanism
from experiments.inputs.design import find_design, read_design
from experiments.shown_text import markdown_text
from market.version import RESULTS_VERSION

_NUMBER = re.compile(r"[+-]?\$?\d[\d,]*(?:\.\d+)?")
FOUND = kept()
FACTORS = {"share": 100.0, "thousand": 1000.0, "car": 1e-6}


@pytest.mark.parametrize("path", findings_pages.PAGES, ids=lambda path: path.name)
def test_a_page_says_what_the_kept_tables_say(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    for marker, text in findings_pages.PAGES[path](FOUND).items():
        held = page.partition(f"<!-- {marker} -->\n")[2].partition(f"\n<!-- end {marker} -->")[0]
        assert held == text, "repeat python -m experiments.documents.findings --pages"


@pytest.mark.parametrize("contrast", [each.key for each in CONTRASTS])
def test_every_word_and_number_of_a_sentence_is_that_of_its_row(contrast: str) -> None:
    """Reckoned here from the rows of the file, by other code than writes the sentences."""
    rows = FOUND.effects[FOUND.effects["contrast"] == contrast]
    for found, (_, row) in zip(FOUND.of(contrast), rows.iterrows(), strict=True):
        said, factor = found.sentence, next((f for unit, f in FACTORS.items() if row["unit"].startswith(unit)), 1.0)
        word = "rises" if row["low"] > 0 else "falls" if row["high"] < 0 else "no clear change"
        if row["effect"] == row["low"] == row["high"] == 0.0:
            assert said.endswith(" no change.")
            continue
        subject = f"{row['label']}: in {row['when']} "
        assert said.startswith(subject + word)
        numbers = [each.replace("$", "").replace(",", "") for each in _NUMBER.findall(said.removeprefix(subject))]
        effect, low, high, before = (factor * row[name] for name in ("effect", "low", "high", "before"))
        is_clear = word in ("rises", "falls")
        expected = [abs(effect) if is_clear else effect, 90.0, low, high]
        expected += [before, before + effect] if is_clear else []
        half_a_digit = 0.5 * 10.0 ** -max(len(each.partition(".")[2]) for each in numbers)
        np.testing.assert_allclose([float(each) for each in numbers], expected, rtol=0, atol=1.001 * half_a_digit)


def test_the_first_screen_states_finding_interval_hindcast_and_version() -> None:
    page = findings_pages.README.read_text(encoding="utf-8")
    screen = page[: page.index("## Commands")]
    assert page.index("<!-- findings -->") < page.index("```")
    note = FOUND.note
    rest = markdown_text(FOUND.lead.partition("(the detour)")[2])
    for words in (
        rest, "90% interval", f"{note.streams} random streams", "Hindcast", "80% of streams", "(the *detour*)",
        "[aims](docs/hindcast.md#must-show)", f"results version {note.results_version}", note.code_sha256[:12],
        "chance alone",
    ):  # fmt: skip
        assert words in screen, words


TOLD = {
    "2030": {
        "storage_price_usd_per_kwh": "the price of US storage cells", "capacity_idle_gwh": "idle cell capacity",
        "storage_installed_gw": "installed storage", "bev_share_new": "the BEV share of new cars",
        "bev_price_kusd": "the mean price of a new BEV",
    },
    "2035": {"bev_share_new": "the BEV share of new cars", "bev_price_kusd": "the mean price of a new BEV"},
}  # fmt: skip


def said_of(row: Mapping[str, Any], subject: str, lead: str) -> str:
    """The clause of the lead about an outcome; empty if it has none with numbers."""
    year = lead.partition(f"In {row['when']}, ")[2].partition(". In ")[0]
    clauses = [each for each in year.split("; ") if f"{subject} is " in each]
    return clauses[0] if clauses else ""


@pytest.mark.parametrize("factor", [1.0, -1.0, 0.01], ids=["found", "turned", "small"])
def test_every_clause_of_the_lead_is_that_of_its_row(factor: float) -> None:
    """Reckoned from the rows by other code, as found, and with effects that are turned round or a hundredth of them."""
    table = FOUND.effects.copy()
    ends = ["low", "high"] if factor > 0.0 else ["high", "low"]
    table[["effect", "low", "high"]] = factor * table[["effect", *ends]].to_numpy()
    lead = Kept(table, FOUND.facts, FOUND.note).lead
    own = table[table["contrast"] == DETOUR].to_dict("records")
    rows = {(row["when"], row["outcome"]): {str(name): value for name, value in row.items()} for row in own}
    for when, subjects in TOLD.items():
        for outcome, subject in subjects.items():
            row = rows[when, outcome]
            said = said_of(row, subject, lead)
            unit = next((factor for unit, factor in FACTORS.items() if row["unit"].startswith(unit)), 1.0)
            assert bool(said) == (row["low"] > 0.0 or row["high"] < 0.0)
            if not said:
                continue
            assert ("higher" in said) == (row["effect"] > 0.0)
            is_small = abs(row["effect"]) < 0.01 * row["before"]
            assert ("small beside" in said) == is_small
            figures = _NUMBER.findall(said.partition(" is ")[2].replace("90% interval", ""))
            numbers = [each.replace("$", "").replace(",", "") for each in figures]
            share = [] if is_small or row["unit"].startswith("share") else [100.0 * abs(row["effect"]) / row["before"]]
            bounds = sorted(unit * abs(row[end]) for end in ("low", "high"))
            expected = [unit * abs(row["effect"]), *share, *bounds, *([unit * row["before"]] if is_small else [])]
            assert len(numbers) == len(expected), said
            for number, value in zip(numbers, expected, strict=True):
                assert abs(float(number) - value) <= 0.501 * 10.0 ** -len(number.partition(".")[2]), (said, value)


@pytest.mark.parametrize(
    ("effect", "half", "said"),
    [(0.5, 0.1, "changes"), (0.005, 0.001, "hardly changes"), (0.5, 0.6, "does not clearly change")],
)
def test_the_lead_says_how_far_each_topic_is_moved(effect: float, half: float, said: str) -> None:
    table = FOUND.effects.copy()
    table["effect"], table["low"], table["high"] = (
        factor * table["before"].abs() for factor in (effect, effect - half, effect + half)
    )
    lead = Kept(table, FOUND.facts, FOUND.note).lead
    assert f"(the detour) {said} factories, storage, EV sales and EV prices. In 2030" in lead


def test_trust_is_told_from_the_score() -> None:
    score = FOUND.note.hindcast.model_copy(update={"storage": -0.7, "reached": 1, "of": 8})
    assert "70% too low on storage additions and reached 1 of 8 aims set for it, so trust signs" in score.in_short
    other = score.model_copy(update={"storage": 0.2, "reached": 8})
    assert other.in_short.endswith("20% too high on storage additions and reached 8 of 8 aims set for it.")


def test_the_summary_names_each_headline_under_the_word_of_its_interval() -> None:
    own = FOUND.effects[(FOUND.effects["contrast"] == DETOUR) & FOUND.effects["outcome"].isin(HEADLINES)]
    sentences = FOUND.summary.split(" In ")
    for year, said in zip(YEARS, sentences, strict=True):
        rows = own[own["when"] == str(year)]
        assert len(rows) == len(HEADLINES)
        assert str(year) in said
        for verb, chosen in (("raises", rows["low"] > 0), ("lowers", rows["high"] < 0)):
            assert (verb in said) == bool(chosen.any())


def test_findings_are_of_the_design_that_makes_them_and_of_this_results_version() -> None:
    design = read_design(find_design(DESIGN))
    assert FOUND.note.design == DESIGN
    assert FOUND.note.results_version == RESULTS_VERSION, (
        "results moved: repeat python -m experiments.documents.findings"
    )
    assert {name for each in CONTRASTS for name in (each.world, each.against)} == set(design.scenarios)
    assert (FOUND.effects["pairs"] == FOUND.note.streams).all()
    assert len(FOUND.effects) == len(CONTRASTS) * len(OUTCOMES) * len(YEARS)


def test_findings_of_another_results_version_say_so() -> None:
    older = replace(FOUND, note=FOUND.note.model_copy(update={"results_version": 1}))
    assert f"results are of version {RESULTS_VERSION} now" in older.source
    assert "now" not in FOUND.source


def test_the_score_is_that_of_the_kept_hindcast() -> None:
    assert FOUND.note.hindcast == hindcast_of(HINDCAST_TABLES, HINDCAST_PAGE)
    scores = pd.read_csv(HINDCAST_TABLES / "scores.csv")
    own = scores.query("series == 'bev_share' and horizon == 4 and targets == '2023-24' and inputs == 'forecast'")
    model = own.query("method == 'model' and version == 'strict'")["mae"].item()
    assert f"by {100 * model:.1f} points" in FOUND.note.hindcast.sentence
    aims = HINDCAST_PAGE.read_text(encoding="utf-8").partition("<!-- must show -->")[2].partition("<!-- end")[0]
    assert (
        f"reaches {aims.count('| yes |')} of {len(aims.strip().splitlines()) - 2} aims" in FOUND.note.hindcast.sentence
    )


def test_kept_findings_are_read_as_they_were_written(tmp_path: Path) -> None:
    write(FOUND, tmp_path)
    again = kept(tmp_path)
    pd.testing.assert_frame_equal(again.effects, FOUND.effects)
    pd.testing.assert_frame_equal(again.facts, FOUND.facts)
    assert again.note == FOUND.note


def quarters(factor: float = 1.0, price: float = 0.0) -> pd.DataFrame:
    """Quarters of two scenarios and three seeds: ``reference`` has ``no-detour`` times a factor."""
    rows = []
    for scenario, times in (
        ("reference", factor),
        ("no-detour", 1.0),
        ("storage-glut", 1.0),
        ("data-center-boom", 1.0),
    ):
        for k in range(3):
            for number, quarter in enumerate(("2030Q1", "2030Q2", "2030Q3", "2030Q4")):
                values = {one.column: times * (1.0 + k + number) for one in OUTCOMES if one.column != PACK_COST}
                values |= dict.fromkeys(PARTS, times * price) | {"pack_price_usd_per_kwh": 100.0}
                values |= {"new_sales": 1.0 + 3.0 * (number == 3), "bev_sales": 1.0}
                rows.append({"scenario": scenario, "replication": k, "seed": k + 1, "quarter": quarter, **values})
    return pd.DataFrame(rows)


def test_a_year_is_its_end_its_mean_or_its_mean_weighed_by_sales() -> None:
    runs = by_year(quarters(price=2.0))
    first = runs[(runs["scenario"] == "no-detour") & (runs["replication"] == 0)].iloc[0]
    assert first["storage_installed_gw@2030"] == 4.0
    assert first["plant_utilisation@2030"] == 2.5
    assert first["bev_share_new@2030"] == pytest.approx((1 + 2 + 3 + 4 * 4) / 7)
    assert first[f"{PACK_COST}@2030"] == pytest.approx(108.0)
    assert not any(str(name).endswith("@2035") for name in runs)


def test_the_detour_is_the_reference_less_the_world_without_it() -> None:
    table = effects(by_year(quarters(factor=2.0))).set_index(["contrast", "outcome"])
    assert table.loc[(DETOUR, "plant_utilisation"), "effect"] == pytest.approx(3.5)
    assert table.loc[("storage-glut", "plant_utilisation"), "effect"] == pytest.approx(-3.5)


def frames(lines: list[tuple[str, int, str]], log_odds: float) -> dict[str, pd.DataFrame]:
    """Tables of a run with these decisions (quarter, line, action) and this growth through prices."""
    changes = pd.DataFrame(lines, columns=["quarter", "line", "action"]).assign(gwh_per_year=8.0)
    return {
        "line_changes": changes,
        "explanation": pd.DataFrame({"year": [2029, 2030], "group": ["prices", "trust"], "log_odds": [log_odds, 0.1]}),
    }


def test_facts_count_each_line_once_and_up_to_the_year_alone() -> None:
    lines = [("2028Q2", 1, "convert"), ("2029Q2", 1, "convert"), ("2031Q1", 2, "start storage"), ("2029Q1", 3, "close")]
    facts = facts_of(frames(lines, 0.5), frames([], 0.2))
    found = {(row["item"], row["until"]): (row["world"], row["against"]) for _, row in facts.iterrows()}
    assert found["turn: lines", 2030] == (1, 0)
    assert found["turn: capacity", 2035] == (16.0, 0.0)
    assert found["close: lines", 2030] == (1, 0)
    assert found["prices", 2030] == (0.5, 0.2)


def test_a_mechanism_names_the_largest_cause_and_channel() -> None:
    contrast = contrast_named(DETOUR)
    facts = facts_of(frames([("2028Q2", 1, "convert")], 0.5), frames([], 0.2))
    shares = {"own_cells": 0.004, "duties": -0.001, "whole": 0.003}
    channels = pd.DataFrame([
        {"world": "no-detour", "year": 2030, "channel": name, "bev_share_new": -value} for name, value in shares.items()
    ])  # fmt: skip
    facts = pd.concat([facts, channel_facts(channels, "no-detour", -1.0)])
    assert set(facts["table"]) >= {CHANNELS}
    told = " ".join(mechanism(contrast, FOUND.of(DETOUR, 2030), facts, 2030))
    assert "turn to storage cells: 1 (8 GWh a year), against 0 (0 GWh a year) in no-detour" in told
    assert "differ by +35.0% in 2030, most through prices (+35.0%; expected path)" in told
    assert "Of +0.30 points of BEV share in 2030, +0.40 points come through own cells" in told


def test_the_picture_has_a_panel_a_contrast_and_its_title_says_what_is_changed() -> None:
    figure: Figure = effects_figure(FOUND)
    assert " ".join(figure.texts[0].get_text().split()) == f"The detour {FOUND.reach}"
    assert [ax.get_title(loc="left") for ax in figure.axes] == [
        f"{each.world} less {each.against}" for each in CONTRASTS
    ]
    assert FIGURE.with_suffix(".png").is_file()


def test_a_fact_that_changes_changes_the_page() -> None:
    """The test of the pages can fail."""
    table = FOUND.effects.copy()
    table.loc[table["contrast"] == DETOUR, ["effect", "low", "high"]] *= -1.0
    turned = Kept(table, FOUND.facts, FOUND.note)
    assert findings_pages.first_screen(turned) != findings_pages.first_screen(FOUND)
    assert turned.summary != FOUND.summary
