"""In batches, on replicas, in processes: the streaming twins equal the functions."""

from itertools import pairwise

import numpy as np
import pytest
from cases.streaming_metrics import (
    CASES,
    assert_equal,
    count,
    cut,
    merge,
    position_of,
)
from harness.processes import Started, results_of

from keras_gan import metrics
from keras_gan._checks import InputError

SIZES = [(1,), (7, 1, 30, 0, 2), (64,), (1000,)]


def feed(name, parts, offset=0):
    """A fresh object that has seen `parts`, the first row at `offset`."""
    twin = CASES[name].make()
    for part in parts:
        twin.update(part, **position_of(twin, offset))
        offset += len(part)
    return twin


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("sizes", SIZES)
def test_ragged_batches_give_the_value_of_one_shot(name, sizes):
    case = CASES[name]
    twin = feed(name, cut(case.rows, sizes))
    assert twin.count == len(case.rows)
    assert_equal(case.value(twin), case.one_shot())


@pytest.mark.parametrize("name", CASES)
def test_two_replicas_merge_to_the_value_of_one_shot(name):
    """Each step's batch is cut in two halves, one for each replica, as in training."""
    case = CASES[name]
    replicas = [case.make(), case.make()]
    start = 0
    for batch in cut(case.rows, (32,)):
        half = -(-len(batch) // 2)
        for replica, part in zip(replicas, (batch[:half], batch[half:]), strict=True):
            replica.update(part, **position_of(replica, start))
            start += len(part)
    for first, second in (replicas, replicas[::-1]):
        merged = case.make().merge(first).merge(second)
        assert merged.count == len(case.rows)
        assert_equal(case.value(merged), case.one_shot())


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_merging_changes_at_most_the_rounding(name):
    case = CASES[name]
    ends = np.linspace(0, len(case.rows), 6).astype(int)
    parts = [feed(name, [case.rows[start:end]], start) for start, end in pairwise(ends)]
    for order in ([0, 1, 2, 3, 4], [4, 2, 0, 3, 1]):
        merged = case.make()
        for i in order:
            merged.merge(parts[i])
        assert_equal(case.value(merged), case.one_shot())
    pairs = [parts[3].merge(parts[1]), parts[0].merge(parts[4]).merge(parts[2])]
    assert_equal(case.value(pairs[1].merge(pairs[0])), case.one_shot())


def test_two_processes_write_files_that_a_third_merges(tmp_path):
    results_of([Started(count, index, tmp_path) for index in range(2)])
    Started(merge, tmp_path).result()
    for name, case in CASES.items():
        with np.load(tmp_path / f"{name}.npz", allow_pickle=False) as state:
            merged = type(case.make()).from_state(state)
        assert merged.count == len(case.rows)
        assert_equal(case.value(merged), case.one_shot())


@pytest.mark.parametrize("name", CASES)
def test_a_state_goes_on_where_it_was_taken(name):
    case = CASES[name]
    parts = cut(case.rows, (40,))
    twin = feed(name, parts[:2])
    saved = type(twin).from_state(twin.state())
    twin.reset()
    assert twin.count == 0
    for part in parts[2:]:
        saved.update(part)
    assert_equal(case.value(saved), case.one_shot())
    for part in parts:
        twin.update(part)
    assert_equal(case.value(twin), case.one_shot())


@pytest.mark.parametrize("name", CASES)
def test_an_empty_object_is_neutral_and_a_state_does_not_change_with_its_object(name):
    case = CASES[name]
    twin = feed(name, [case.rows[:50]])
    state = twin.state()
    before = {key: value.copy() for key, value in state.items()}
    empty = type(twin).from_state(case.make().state())
    twin.merge(empty)
    for key, value in twin.state().items():
        np.testing.assert_array_equal(value, before[key])
    twin.update(case.rows[50:])
    for key, value in state.items():
        np.testing.assert_array_equal(value, before[key])
    assert empty.merge(feed(name, [case.rows[:50]])).count == 50


@pytest.mark.parametrize("name", CASES)
def test_results_need_rows_and_states_need_their_class(name):
    case = CASES[name]
    with pytest.raises(InputError, match=r"need|no features"):
        case.make().result()
    others = [other for other in CASES if other != name]
    for other in others:
        if type(CASES[other].make()) is type(case.make()):
            continue
        with pytest.raises(InputError, match=r"`other` must be of"):
            case.make().merge(CASES[other].make())
        with pytest.raises(InputError, match=r"`state` must be what"):
            type(case.make()).from_state(CASES[other].make().state())


@pytest.mark.parametrize("name", CASES)
def test_wrong_batches_are_named_and_leave_what_was_counted(name):
    case = CASES[name]
    twin = feed(name, [case.rows[:40]])
    for wrong in (case.rows[0], np.full_like(case.rows[:2], np.nan), [["a"]]):
        with pytest.raises(InputError, match=r"must"):
            twin.update(wrong)
    with pytest.raises(InputError, match=r"`\w+` must have .*columns|same number"):
        twin.update(np.full((3, case.rows.shape[1] + 1), 1 / (case.rows.shape[1] + 1)))
    twin.update(case.rows[40:])
    assert_equal(case.value(twin), case.one_shot())


@pytest.mark.parametrize("mean", [0.0, 1e4, 1e6])
@pytest.mark.parametrize("dimension", [2, 3, 20, 64])
@pytest.mark.parametrize("kind", ["plain", "singular", "few", "duplicates"])
def test_degenerate_moments_add_up_in_any_batches(kind, dimension, mean):
    rng = np.random.default_rng(dimension)
    n = 12 if kind == "few" else 150
    real = rng.normal(mean, 1.0, (n, dimension)).astype(np.float32)
    fake = rng.normal(mean + 0.5, 1.5, (n + 5, dimension)).astype(np.float32)
    if kind == "singular":
        real[:, -1], fake[:, 0] = real[:, 0], fake[:, -1]
    if kind == "duplicates":
        real[1:], fake[n // 2 :] = real[0], fake[0]
    expected = metrics.frechet_distance(real, fake)
    for sizes in ((1,), (2, 31, 5)):
        gathered = []
        for rows in (real, fake):
            gathered.append(metrics.FrechetStatistics())
            for part in cut(rows, sizes):
                gathered[-1].update(part)
        distance = gathered[0].distance(gathered[1])
        assert distance == pytest.approx(expected, rel=1e-10)


def test_the_covariance_of_a_stream_is_numpys():
    rows = np.random.default_rng(0).normal(1e5, 1.0, (90, 6))
    twin = metrics.FrechetStatistics()
    for part in cut(rows, (11,)):
        twin.update(part)
    mean, covariance = twin.result()
    np.testing.assert_allclose(mean, rows.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(covariance, np.cov(rows - 1e5, rowvar=False), rtol=1e-9)
    np.testing.assert_array_equal(covariance, covariance.T)
