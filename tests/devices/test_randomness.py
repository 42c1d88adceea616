from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devices_sim.randomness import Stream, mixed, seed_of, uuid_of

SEEDS = st.integers(0, 2**64 - 1)


def test_a_stream_is_splitmix64_as_published() -> None:
    stream = Stream(1234567)
    assert [stream.bits() for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_a_name_leads_to_the_same_seed_on_every_machine() -> None:
    assert seed_of(7, "Testvik") == 0x0 + seed_of("7", "Testvik")
    assert seed_of("a", "bc") != seed_of("ab", "c")


@given(SEEDS, st.integers(-50, 50), st.integers(0, 500))
def test_a_whole_number_lies_between_its_limits(seed: int, low: int, width: int) -> None:
    assert low <= Stream(seed).between(low, low + width) <= low + width


@given(SEEDS)
def test_a_chance_of_one_always_comes_and_of_nought_never(seed: int) -> None:
    assert Stream(seed).chance(1.0)
    assert not Stream(seed).chance(0.0)


@given(SEEDS, SEEDS)
def test_uuids_are_version_4_and_belong_to_their_seed(one: int, other: int) -> None:
    text = uuid_of(one)
    assert len(text) == 36
    assert text[14] == "4"
    assert text[19] in "89ab"
    assert (uuid_of(other) == text) is (one == other)


def test_counts_have_the_mean_that_was_asked_for() -> None:
    counts = [Stream(mixed(5, n)).count(0.4) for n in range(20_000)]
    assert abs(sum(counts) / len(counts) - 0.4) < 0.02


def test_measurement_noise_has_its_mean_and_spread() -> None:
    values = [Stream(mixed(9, n)).about(100.0, 5.0) for n in range(20_000)]
    mean = sum(values) / len(values)
    spread = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
    assert abs(mean - 100.0) < 0.2
    assert abs(spread - 5.0) < 0.15


def test_weights_are_kept() -> None:
    picks = [Stream(mixed(3, n)).weighted((("a", 3), ("b", 1))) for n in range(8_000)]
    assert abs(picks.count("a") / len(picks) - 0.75) < 0.02
