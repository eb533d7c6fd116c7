"""Figures of one's own, beside the logs."""

import json

import keras
import numpy as np
import pytest

from keras_gan import callbacks, training


def fit(gan, images, *listed, epochs=1):
    return gan.fit(
        images, batch_size=8, epochs=epochs, callbacks=listed, verbose=0
    ).history


def steps(gan):
    return int(gan.step)


def test_functions_by_name_join_the_logs(make_tiny_gan, tiny_images, tmp_path):
    metrics = {"steps": steps, "twice": lambda gan: np.float32(2 * steps(gan))}
    log = callbacks.JSONLog(tmp_path / "log.jsonl")
    history = fit(
        make_tiny_gan(), tiny_images, callbacks.EvaluateMetrics(metrics), log, epochs=3
    )
    assert history["steps"] == [1.0, 2.0, 3.0]
    assert history["twice"] == [2.0, 4.0, 6.0]
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["twice"] for record in records] == [2.0, 4.0, 6.0]


def test_one_function_may_return_many_figures(make_tiny_gan, tiny_images):
    evaluate = callbacks.EvaluateMetrics(
        lambda gan: {"a": steps(gan), "b": np.array(0.5)}, every=2
    )
    history = fit(make_tiny_gan(), tiny_images, evaluate, epochs=5)
    assert history["a"] == [2.0, 4.0]
    assert history["b"] == [0.5, 0.5]


def test_figures_that_are_not_finite_are_logged_as_they_are(make_tiny_gan, tiny_images):
    evaluate = callbacks.EvaluateMetrics(
        {"a": lambda gan: np.nan, "b": lambda gan: np.inf}
    )
    history = fit(make_tiny_gan(), tiny_images, evaluate, epochs=2)
    assert np.isnan(history["a"]).all()
    assert history["b"] == [np.inf, np.inf]


def fails_after(step):
    def metric(gan):
        if steps(gan) > step:
            raise ArithmeticError("no square root")
        return 1.0

    return metric


def test_a_function_that_fails_at_first_ends_the_training(make_tiny_gan, tiny_images):
    evaluate = callbacks.EvaluateMetrics({"a": fails_after(0)})
    with pytest.raises(ArithmeticError, match="no square root"):
        fit(make_tiny_gan(), tiny_images, evaluate)


def test_a_function_that_fails_later_warns_and_is_nan(make_tiny_gan, tiny_images):
    evaluate = callbacks.EvaluateMetrics({"a": fails_after(1), "b": lambda gan: 2.0})
    message = r"Epoch 2: a, b could not be computed \(ArithmeticError: no square root"
    with pytest.warns(UserWarning, match=message):
        history = fit(make_tiny_gan(), tiny_images, evaluate, epochs=2)
    np.testing.assert_array_equal(history["a"], [1.0, np.nan])
    np.testing.assert_array_equal(history["b"], [2.0, np.nan])


def test_a_resumed_training_knows_that_the_functions_worked(make_tiny_gan):
    first = callbacks.EvaluateMetrics({"a": fails_after(0)})
    resumed = callbacks.EvaluateMetrics({"a": fails_after(0)})
    gan = make_tiny_gan()
    for callback in (first, resumed):
        callback.set_model(gan)
        callback.on_train_begin()
    first.on_epoch_end(0, {})
    resumed.set_state(json.loads(json.dumps(first.get_state())))
    gan.step.assign(1)
    logs = {}
    with pytest.warns(UserWarning, match="could not be computed"):
        resumed.on_epoch_end(1, logs)
    assert np.isnan(logs["a"])


def test_the_functions_leave_the_training_as_it_is(make_tiny_gan, tiny_images):
    gan, reference = make_tiny_gan(), make_tiny_gan()
    evaluate = callbacks.EvaluateMetrics(
        {"spread": lambda gan: gan.sample(8, seed=0).std()}
    )
    history = fit(gan, tiny_images, evaluate, epochs=2)
    assert history["spread"][-1] == pytest.approx(gan.sample(8, seed=0).std())
    fit(reference, tiny_images, epochs=2)
    for found, expected in zip(gan.variables, reference.variables, strict=True):
        np.testing.assert_array_equal(found.numpy(), expected.numpy())


@pytest.mark.parametrize(
    "metrics",
    [{"d_loss": steps}, lambda gan: {"d_loss": 1.0}],
    ids=["by name", "one function"],
)
def test_names_that_are_taken_are_refused(make_tiny_gan, tiny_images, metrics):
    evaluate = callbacks.EvaluateMetrics(metrics)
    with pytest.raises(ValueError, match="`metrics` has 'd_loss', which the logs"):
        fit(make_tiny_gan(), tiny_images, evaluate)


def test_a_taken_name_is_told_after_the_first_epoch(make_tiny_gan, tiny_images):
    evaluate = callbacks.EvaluateMetrics({"d_real": steps}, every=100)
    with pytest.raises(ValueError, match="`metrics` has 'd_real'"):
        fit(make_tiny_gan(), tiny_images, evaluate)


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ({"a": lambda gan: [1.0, 2.0]}, r"one number for 'a'; got \[1\.0, 2\.0\]"),
        ({"a": lambda gan: None}, "one number for 'a'; got None"),
        (lambda gan: 1.0, "`metrics` must return a dict of numbers by name; got float"),
    ],
)
def test_results_that_are_no_numbers_are_refused(
    make_tiny_gan, tiny_images, metrics, message
):
    with pytest.raises(ValueError, match=message):
        fit(make_tiny_gan(), tiny_images, callbacks.EvaluateMetrics(metrics))


@pytest.mark.parametrize("metrics", [None, {}, {"a": 1.0}, "frechet"])
def test_what_is_no_function_is_refused(metrics):
    with pytest.raises(ValueError, match="`metrics` must be a function of the GAN"):
        callbacks.EvaluateMetrics(metrics)


def test_the_interval_must_be_positive():
    with pytest.raises(ValueError, match="`every` must be an integer >= 1"):
        callbacks.EvaluateMetrics(steps, every=0)


def test_figures_are_logged_wherever_their_callback_stands(
    make_tiny_gan, tiny_images, tmp_path
):
    seen = []

    class Own(training.FitHooks, keras.callbacks.Callback):
        priority = 1

        def on_epoch_end(self, epoch, logs=None):
            logs["own"] = 7.0

    listed = [
        keras.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: seen.append(logs)),
        callbacks.JSONLog(tmp_path / "log.jsonl"),
        callbacks.Checkpoint(tmp_path / "checkpoints"),
        callbacks.WarnOnCollapse(n=2),
        callbacks.LearningRateSchedule(generator=lambda epoch: 1e-3),
        callbacks.EvaluateMetrics({"steps": steps}),
        Own(),
    ]
    history = fit(make_tiny_gan(), tiny_images, *listed)
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    for name in ("steps", "sample_diversity", "generator_learning_rate", "own"):
        assert json.loads(line)[name] == seen[0][name] == history[name][0]


def test_nothing_is_kept_of_an_epoch_that_ends_with_nan(make_tiny_gan, tiny_images):
    order = []
    figures = callbacks.EvaluateMetrics({"a": lambda gan: order.append("a") or 1.0})

    class Stop(callbacks.StopOnNaN):
        def on_epoch_end(self, epoch, logs=None):
            order.append("stop")

    fit(make_tiny_gan(), tiny_images, figures, Stop())
    assert order == ["stop", "a"]
