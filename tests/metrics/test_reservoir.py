"""What the streaming twins keep: uniform samples, positions, bounded memory."""

import numpy as np
import pytest

from keras_gan._checks import InputError
from keras_gan.metrics import FeatureReservoir, InceptionScoreStatistics


def kept(n, capacity, seed):
    reservoir = FeatureReservoir(capacity, seed)
    reservoir.update(np.arange(float(n))[:, np.newaxis])
    return reservoir.result()[:, 0].astype(int)


def test_every_row_is_kept_equally_often():
    counts, draws = np.zeros(40), 1000
    for seed in range(draws):
        counts[kept(40, 10, seed)] += 1
    # Each is kept with probability ¼; 5 standard errors, without replacement less.
    error = np.sqrt(draws * 0.25 * 0.75)
    assert np.abs(counts - draws / 4).max() < 5 * error
    assert counts.sum() == 10 * draws


def test_rows_are_kept_once_in_order_and_the_seed_chooses():
    first = kept(1000, 50, 0)
    assert len(set(first)) == 50
    assert (np.diff(first) > 0).all()
    assert set(first) != set(kept(1000, 50, 1))
    np.testing.assert_array_equal(first, kept(1000, 50, 0))


def test_few_rows_are_all_kept_in_their_own_dtype():
    rows = np.arange(12, dtype=np.float32).reshape(6, 2)
    reservoir = FeatureReservoir(capacity=6)
    reservoir.update(rows[:4])
    reservoir.update(rows[4:])
    np.testing.assert_array_equal(reservoir.result(), rows)
    assert reservoir.result().dtype == np.float32


def test_no_more_than_twice_the_capacity_is_ever_held():
    reservoir = FeatureReservoir(capacity=10)
    for start in range(0, 500, 3):
        reservoir.update(np.full((3, 2), float(start)))
        assert sum(map(len, reservoir._features)) < 20
    assert reservoir.count == 501
    assert reservoir.state()["features"].shape == (10, 2)


def test_one_batch_larger_than_the_capacity_is_cut_down():
    assert len(kept(15, 10, 0)) == 10
    assert len(kept(10_000, 10, 0)) == 10


def test_a_batch_may_change_after_it_was_given():
    rows = np.zeros((3, 2))
    reservoir = FeatureReservoir()
    reservoir.update(rows)
    rows[:] = 1.0
    given = reservoir.result()
    given[:] = 2.0
    np.testing.assert_array_equal(reservoir.result(), np.zeros((3, 2)))


def test_two_workers_that_count_from_zero_are_told():
    workers = [FeatureReservoir(), FeatureReservoir()]
    for worker in workers:
        worker.update(np.zeros((3, 2)))
    with pytest.raises(InputError, match=r"two rows at 0\. Give each worker"):
        workers[0].merge(workers[1])


@pytest.mark.parametrize("arguments", [(0,), (2.5,), (3, -1)])
def test_wrong_arguments_of_a_reservoir_are_named(arguments):
    with pytest.raises(InputError, match=r"`(capacity|seed)` must be an integer"):
        FeatureReservoir(*arguments)


def test_reservoirs_of_other_seeds_or_capacities_do_not_merge():
    for other in (FeatureReservoir(5, seed=1), FeatureReservoir(4), FeatureReservoir()):
        with pytest.raises(InputError, match=r"`other` must have the same `\w+`"):
            FeatureReservoir(5).merge(other)


def test_splits_need_the_number_of_rows_and_rows_their_own_positions():
    with pytest.raises(InputError, match=r"`total` must be the number .* or splits=1"):
        InceptionScoreStatistics(splits=10)
    with pytest.raises(InputError, match="`total` must be an integer >= 10"):
        InceptionScoreStatistics(total=9)
    uniform = np.full((6, 4), 0.25)
    workers = [InceptionScoreStatistics(10, splits=2) for _ in range(2)]
    for worker in workers:
        worker.update(uniform[:5])
    with pytest.raises(InputError, match="`position` must differ for each row"):
        workers[0].merge(workers[1])
    with pytest.raises(InputError, match="within `total`=10; got rows up to 11"):
        workers[0].update(uniform)
    with pytest.raises(InputError, match="needs 10 rows; got 5"):
        workers[0].result()
    workers[0].update(uniform[:5])
    assert workers[0].result() == (1.0, 0.0)
