"""An evaluator's figures in the logs, and the best GAN in a file."""

import json

import keras
import pytest

from keras_gan import callbacks, evaluation


@pytest.fixture
def evaluator(tiny_images):
    return evaluation.Evaluator(
        tiny_images, metrics=["frechet", "precision_recall"], data="tiny"
    )


def test_the_figures_of_an_epoch_are_those_of_its_samples(
    make_tiny_gan, tiny_images, evaluator
):
    gan = make_tiny_gan()
    evaluate = callbacks.Evaluate(evaluator, n=6, seed=3)
    fit = gan.fit(tiny_images, batch_size=8, callbacks=[evaluate], verbose=0)
    expected = evaluator.evaluate(gan, 6, seed=3).values
    assert {name: fit.history[name][0] for name in expected} == expected
    assert list(expected) == ["frechet", "precision", "recall"]


def test_the_gan_of_the_best_epoch_is_kept_beside_the_last(
    make_tiny_gan, tiny_images, evaluator, tmp_path
):
    gan = make_tiny_gan(keras.optimizers.SGD(0.0))
    best = tmp_path / "best.keras"
    evaluate = callbacks.Evaluate(evaluator, best=best)
    # tanh of far biases draws one image, of none many: the second epoch is the best.
    shifts = [4.0, 0.0, 3.0]
    bias = gan.generator.layers[1].bias
    shift = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: bias.assign(bias * 0 + shifts[epoch])
    )
    history = gan.fit(
        tiny_images, batch_size=8, epochs=3, callbacks=[shift, evaluate], verbose=0
    ).history["frechet"]
    assert evaluate.best_epoch == 2
    assert evaluate.best_evaluation.values["frechet"] == min(history) == history[1]
    kept = keras.saving.load_model(best)
    found = evaluator.evaluate(kept).values["frechet"]
    assert found == pytest.approx(min(history), rel=1e-5)
    record = json.loads(best.with_suffix(".json").read_text())
    assert record.pop("epoch") == evaluate.best_epoch
    assert evaluation.Evaluation.from_dict(record) == evaluate.best_evaluation


def test_what_is_best_may_be_another_figure_and_is_remembered(
    make_tiny_gan, tiny_images, evaluator, tmp_path
):
    gan = make_tiny_gan()
    evaluate = callbacks.Evaluate(evaluator, monitor="recall", every=2)
    gan.fit(tiny_images, batch_size=8, epochs=5, callbacks=[evaluate], verbose=0)
    again = callbacks.Evaluate(evaluator, monitor="recall")
    again.set_state(json.loads(json.dumps(evaluate.get_state())))
    assert again.best_epoch == evaluate.best_epoch
    assert again.best_epoch in (2, 4)
    assert again.best_evaluation == evaluate.best_evaluation


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 1}, "`n` must be an integer >= 2"),
        ({"monitor": "fid"}, "`monitor` must be one of .*'frechet'"),
        ({"best": "best.h5"}, r"`best` must be a \.keras file; got 'best.h5'"),
        ({"seed": -1}, "`seed` must be an integer >= 0"),
    ],
)
def test_mistakes_are_named(evaluator, arguments, message):
    with pytest.raises(ValueError, match=message):
        callbacks.Evaluate(evaluator, **arguments)
