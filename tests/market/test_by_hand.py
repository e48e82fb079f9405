"""A market as a researcher drives it: step by step, with Mesa's data collector and batch runs."""

import inspect
import re

import mesa
import numpy as np
import pandas as pd
import pytest

from market.model import Market
from market.recorder import NATIONAL, Recorder
from market.scenario import Run, Scenario
from market.state import RunEndedError

SHORT = Scenario(
    run=Run(consumers=500, fast_graph=True, origin="2017Q4", recorded_until="2017Q4", last_quarter="2018Q1")
)


@pytest.fixture(scope="module")
def ended() -> Market:
    """A run to its last quarter; nobody may change it."""
    market = Market(parameters=SHORT, rng=1)
    market.run()
    return market


def test_a_step_past_the_end_is_refused_in_a_sentence_and_changes_nothing(ended: Market) -> None:
    sentence = "the run has reached its last quarter, 2018Q1; set run.last_quarter to a later one"
    with pytest.raises(RunEndedError, match=re.escape(sentence)):
        ended.step()
    assert ended.quarter == ended.last_quarter
    assert not ended.running
    assert len(ended.recorder.frame("national")) == 5
    ended.run()  # there is nothing left to do


def test_the_data_collector_has_every_national_column_of_every_quarter(ended: Market) -> None:
    collected, national = ended.datacollector.get_model_vars_dataframe(), ended.recorder.frame("national")
    assert list(collected) == list(NATIONAL) == list(national)
    pd.testing.assert_frame_equal(collected, national, check_exact=True, check_dtype=False)


def test_mesa_runs_a_scenario_as_it_is_with_two_seeds(ended: Market) -> None:
    takes_rng = "rng" in inspect.signature(mesa.batch_run).parameters  # since Mesa 3.4 seeds are no parameter
    seeds = {"rng": [1, 2]} if takes_rng else {}
    parameters = {"parameters": SHORT, **({} if takes_rng else {"rng": [1, 2]})}
    rows = mesa.batch_run(Market, parameters, number_processes=1, display_progress=False, **seeds)
    assert [row["rng"] for row in rows] == [1, 2]
    assert all(row["parameters"] is SHORT for row in rows)
    assert [row["quarter"] for row in rows] == ["2018Q1", "2018Q1"]
    last = ended.recorder.frame("national").tail(1).reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.DataFrame(rows)[list(NATIONAL)].head(1), last, check_exact=True, check_dtype=False)
    assert not np.isclose(rows[0]["bev_share_new"], rows[1]["bev_share_new"], rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "hint"), [("nationl", "did you mean 'national'?"), ("xyz", "known are national, zones, automakers")]
)
def test_a_table_that_there_is_not_is_told_with_the_nearest(name: str, hint: str) -> None:
    for ask in (Recorder().frame, Recorder().last, Recorder().latest):
        with pytest.raises(ValueError, match=re.escape(f"{name!r} is no table of results; {hint}")):
            ask(name)


def test_tables_that_are_not_kept_change_nothing_in_those_that_are(ended: Market) -> None:
    market = Market(SHORT, rng=1, record=("national", "used"))
    market.run()
    for table in ("national", "used"):
        kept = market.recorder.frame(table)
        pd.testing.assert_frame_equal(kept, ended.recorder.frame(table), check_exact=True)
    assert market.explanation.before is None  # nor was it worked out
    with pytest.raises(ValueError, match="this run keeps no table 'zones'; name it in record when the market is made"):
        market.recorder.frame("zones")


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (("national", "zoness"), "'zoness' is no table of results; did you mean 'zones'?"),
        (("zones",), "every run keeps the table 'national'; name it among those to record"),
    ],
)
def test_a_wrong_list_of_tables_is_told_in_a_sentence(record: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Market(SHORT, rng=1, record=record)
