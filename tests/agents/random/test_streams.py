"""Random streams: a pure function of seed, purpose, quarter, agent and branch, as even and independent as Philox.

Every statistical test has a false-alarm rate of 1e-4: drawn once for the seed written here, it then
passes or fails for good.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from agents.arrays import Floats
from agents.random import streams
from agents.random.streams import Purpose, exponentials, stream_key, uniforms

FALSE_ALARM = 1e-4
AGENTS = np.arange(200_000)
KEY = stream_key(7, Purpose.CHOICE, 12)
_BINS = 32  # a side: 195 expected in each of 1,024 squares

any_key = st.integers(0, 2**64 - 1).map(np.uint64)


def chance_of_dependence(first: Floats, second: Floats) -> float:
    """Chi-square chance of the counts of pairs on a grid, were they independent and uniform."""
    counts, _, _ = np.histogram2d(first, second, bins=_BINS, range=((0, 1), (0, 1)))
    return float(stats.chisquare(counts.ravel()).pvalue)


def test_the_mixer_is_that_of_splitmix64() -> None:
    """First outputs for seed 1234567, the test vector that goes round with SplitMix64."""
    seed, step, mask = 1234567, 0x9E3779B97F4A7C15, (1 << 64) - 1
    outputs = [streams._mix((seed + n * step) & mask) for n in (1, 2, 3)]
    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(any_key, st.integers(0, 2**40), st.integers(0, 200))
def test_compiled_numbers_are_those_of_plain_python(key: np.uint64, agent: int, branch: int) -> None:
    mask = (1 << 64) - 1
    bits = streams._mix((int(key) + agent * 0x9E3779B97F4A7C15) & mask)
    bits = streams._mix((bits + (branch + 1) * 0xD1B54A32D192ED03) & mask)
    assert uniforms(key, np.array([agent]), branch)[0] == ((bits >> 11) + 0.5) / 2.0**53


def test_every_agent_has_the_same_number_in_whatever_order_it_is_asked() -> None:
    shuffled = np.random.default_rng(1).permutation(AGENTS)
    assert np.array_equal(uniforms(KEY, shuffled), uniforms(KEY, AGENTS)[shuffled])
    assert uniforms(KEY, np.array([123_456]))[0] == uniforms(KEY, AGENTS)[123_456]


def test_exponential_numbers_are_minus_logarithms_to_the_last_bit_or_two() -> None:
    numbers = uniforms(KEY, AGENTS)
    edges = np.array(
        [0.5 * streams.GRAIN, streams.GRAIN, streams.ROOT_HALF, np.nextafter(streams.ROOT_HALF, 0), 1.0 - streams.GRAIN]
    )
    for uniform in (numbers, edges):
        assert exponentials(uniform) == pytest.approx(-np.log(uniform), rel=4e-16, abs=0.0)
    assert exponentials(np.ones(1)).tolist() == [0.0]


def test_numbers_are_as_even_as_those_of_philox() -> None:
    philox = np.random.Generator(np.random.Philox(3)).random(AGENTS.size)
    ours = uniforms(KEY, AGENTS)
    assert stats.ks_2samp(ours, philox).pvalue > FALSE_ALARM
    assert stats.kstest(ours, "uniform").pvalue > FALSE_ALARM


def test_the_test_of_independence_finds_none_in_philox_and_does_find_a_faint_one() -> None:
    generator = np.random.Generator(np.random.Philox(3))
    first, second = generator.random((2, AGENTS.size))
    assert chance_of_dependence(first, second) > FALSE_ALARM
    assert chance_of_dependence(first, np.where(second < 0.05, first, second)) < FALSE_ALARM


def test_neighbouring_agents_are_independent() -> None:
    numbers = uniforms(KEY, AGENTS)
    assert chance_of_dependence(numbers[:-1:2], numbers[1::2]) > FALSE_ALARM


@pytest.mark.parametrize(
    ("other_key", "branch"),
    [
        pytest.param(KEY, 1, id="branch"),
        pytest.param(stream_key(7, Purpose.CHOICE, 13), 0, id="quarter"),
        pytest.param(stream_key(7, Purpose.HOLDING, 12), 0, id="purpose"),
        pytest.param(stream_key(8, Purpose.CHOICE, 12), 0, id="seed"),
        pytest.param(KEY + np.uint64(1), 0, id="last bit of the key"),
    ],
)
def test_streams_that_differ_in_one_thing_are_independent(other_key: np.uint64, branch: int) -> None:
    assert chance_of_dependence(uniforms(KEY, AGENTS), uniforms(other_key, AGENTS, branch)) > FALSE_ALARM


def test_no_two_streams_of_a_run_share_a_key() -> None:
    keys = {
        int(stream_key(seed, purpose, quarter))
        for seed in range(20)
        for purpose in Purpose
        for quarter in range(-1, 100)
    }
    assert len(keys) == 20 * len(Purpose) * 101


@given(st.integers(-5, 2**70), st.sampled_from(Purpose), st.integers(-1, 400))
def test_any_seed_gives_a_key_of_64_bits(seed: int, purpose: Purpose, quarter: int) -> None:
    key = stream_key(seed, purpose, quarter)
    assert isinstance(key, np.uint64)
    assert key == stream_key(seed, purpose, quarter)
