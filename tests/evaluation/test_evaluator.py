"""Samples against data: features from anywhere, and results that cannot be mixed up."""

import json
import re

import keras
import numpy as np
import onnx
import pytest
import tensorflow as tf
from onnx import TensorProto, helper

from keras_gan import data, evaluation, metrics
from keras_gan._checks import InputError
from keras_gan.evaluation import Evaluation, Evaluator, Extractor, open_extractor
from keras_gan.evaluation import evaluator as evaluator_module
from keras_gan.evaluation._data_halves import counts_of_halves
from keras_gan.evaluation.evaluation import conditions_of
from keras_gan.evaluation.reference_data import ReferenceData

RANDOM = np.random.default_rng(0)
REAL = RANDOM.uniform(-1, 1, (40, 6, 6, 1)).astype(np.float32)
FAKE = RANDOM.uniform(-1, 0.5, (30, 6, 6, 1)).astype(np.float32)


class Fixed:
    """A generator of given images."""

    def __init__(self, images=FAKE, value_range=(-1.0, 1.0)):
        self.images, self.value_range = images, value_range
        self.asked = None

    def sample(self, n, *, seed, truncation):
        self.asked = (n, seed, truncation)
        return self.images[:n]


def network():
    keras.utils.set_random_seed(1)
    images = keras.Input((6, 6, 1))
    x = keras.layers.Flatten()(images)
    features = keras.layers.Dense(5, name="features")(x)
    classes = keras.layers.Dense(3, "softmax", name="probabilities")(features)
    return keras.Model(images, {"features": features, "probabilities": classes})


def test_every_metric_is_the_function_of_that_name_on_the_features():
    evaluator = Evaluator(
        REAL, extractor=network(), metrics=list(evaluation.METRICS), data="uniform"
    )
    result = evaluator.evaluate(Fixed(), 30, seed=5, truncation=0.5, name="mine")
    assert set(result.values) == set(evaluator.figure_names)
    outputs = network()(np.concatenate([REAL, FAKE]))
    features = np.asarray(outputs["features"])
    pair = features[:40], features[40:]
    precision, recall = metrics.precision_recall(*pair)
    density, coverage = metrics.density_coverage(*pair)
    probabilities = np.asarray(outputs["probabilities"])[40:]
    modes, mode_kl = metrics.class_coverage(probabilities.argmax(1), 3)
    unit_real, unit_fake = (REAL + 1) / 2, (FAKE + 1) / 2
    assert result.values == pytest.approx(
        {
            "frechet": metrics.frechet_distance(*pair),
            "kernel": metrics.kernel_distance(*pair),
            "precision": precision,
            "recall": recall,
            "density": density,
            "coverage": coverage,
            "sliced_wasserstein": metrics.sliced_wasserstein(*pair),
            "inception_score": metrics.inception_score(probabilities)[0],
            "parzen": metrics.parzen_estimate(
                unit_fake, unit_real[::10], np.delete(unit_real, np.s_[::10], axis=0)
            )[0],
            "modes": modes,
            "mode_kl": mode_kl,
            **metrics.pyramid_sliced_wasserstein(REAL, FAKE),
            "patch_frechet": metrics.patch_frechet(REAL, FAKE)["patch_frechet"],
        },
        rel=1e-4,
        abs=1e-6,
    )
    assert (result.real_count, result.fake_count) == (40, 30)
    assert (result.seed, result.truncation, result.generator) == (5, 0.5, "mine")
    assert (result.data, result.resize) == ("uniform", "none")
    assert Evaluation.from_dict(json.loads(json.dumps(result.to_dict()))) == result


def test_data_against_data_stand_beside_the_figures_at_the_same_counts():
    class Few(Fixed):
        def sample(self, n, *, seed, truncation):
            return REAL[:n]

    names = ["frechet", "precision_recall", "pyramid", "inception_score"]
    more = np.random.default_rng(1).uniform(-1, 1, (35, 6, 6, 1)).astype(np.float32)
    options = {"extractor": network(), "metrics": names}
    result = Evaluator(REAL, more_images=more, **options).evaluate(Few(), 30)
    assert result.real_counts == (40, 30)
    assert set(result.real) == set(result.values)
    order = np.random.default_rng(0).permutation(75)
    first, second = np.split(np.concatenate([REAL, more])[order[:70]], [40])
    expected = Evaluator(first, **options).figures(second)
    assert result.real == pytest.approx(expected, rel=1e-4)
    assert "real: 30 of the data against 40 others" in conditions_of(result)
    assert result.real_text("frechet") == f"{result.real['frechet']:.4g}"
    assert result.real_text("parzen") == "–"
    # Another number of samples has other figures of the data beside it.
    fewer = Evaluator(REAL, more_images=more, **options).evaluate(Few(), 20)
    assert fewer.real_counts == (40, 20)
    assert fewer.real["frechet"] != result.real["frechet"]


def test_without_more_data_one_half_is_compared_with_the_other_and_the_result_says_so():
    result = Evaluator(REAL, metrics=["pyramid"]).evaluate(Fixed(), 30)
    assert result.real_counts == (20, 20)
    shown = conditions_of(result)
    assert "real: 20 of the data against 20 others, as there are no more" in shown
    assert result.real_text("pyramid") == f"≤ {result.real['pyramid']:.4g}"
    # Two images are too few for a figure of each.
    two = Evaluator(REAL[:2], metrics=["frechet", "pyramid"]).evaluate(Fixed(), 2)
    assert two.real_counts == (1, 1)
    assert set(two.real) == {"pyramid", "pyramid_6"}


@pytest.mark.parametrize(
    ("total", "real", "fake", "counts"),
    [
        (60, 40, 20, (40, 20)),
        (40, 40, 20, (20, 20)),
        (39, 20, 20, (20, 19)),
        (40, 20, 2000, (20, 20)),
        (10, 10, 2, (8, 2)),
        (3, 3, 3, (2, 1)),
    ],
)
def test_no_example_is_on_both_sides(total, real, fake, counts):
    assert counts_of_halves(total, real, fake) == counts


def test_an_evaluation_of_an_earlier_version_has_no_figures_of_the_data():
    result = Evaluator(REAL, metrics=["pyramid"]).evaluate(Fixed(), 30)
    values = result.to_dict()
    del values["real"], values["real_counts"]
    old = Evaluation.from_dict(values)
    assert (old.real, old.real_counts) == (None, None)
    assert "real:" not in conditions_of(old)
    assert result.is_better_than(old, "pyramid_6") is False


@pytest.mark.parametrize("metric", ["pyramid", "patch_frechet"])
def test_patches_of_points_are_refused(metric):
    with pytest.raises(InputError, match=f"`metrics` has '{metric}', which compares"):
        Evaluator(np.zeros((5, 2)), metrics=[metric], value_range=None)


def test_less_is_better_for_every_level():
    for name in ("pyramid", "pyramid_64", "patch_frechet"):
        assert Evaluation.better(name) == "less"


@pytest.mark.parametrize("damage", [None, "", "[]", '{"pyramid": "a"}'])
def test_figures_of_the_data_are_computed_once_and_again_from_a_damaged_file(
    tmp_path, monkeypatch, damage
):
    options = {"metrics": ["pyramid"], "cache": tmp_path}
    first = Evaluator(REAL, **options).evaluate(Fixed(), 30)
    (kept,) = tmp_path.glob("*.json")
    if damage is None:

        def never(*arguments):
            raise AssertionError

        monkeypatch.setattr(evaluator_module, "figures_of_halves", never)
    else:
        kept.write_text(damage)
    assert Evaluator(REAL, **options).evaluate(Fixed(), 30) == first


@pytest.mark.parametrize(
    ("source", "shape", "value_range", "first"),
    [
        ("mnist_10k", (28, 28, 1), (-1.0, 1.0), "frechet"),
        ("fashion_mnist", (28, 28, 1), (-1.0, 1.0), "patch_frechet"),
        ("mnist_10k", (32, 32, 1), (-1.0, 1.0), "patch_frechet"),
        ("folder:pictures", (64, 64, 3), (0.0, 1.0), "patch_frechet"),
        ("ring", (2,), None, "frechet"),
    ],
)
def test_pictures_are_judged_by_their_patches_unless_a_network_knows_them(
    source, shape, value_range, first
):
    usual = ReferenceData(source, "train", shape, value_range).usual_metrics()
    assert usual[0] == first
    assert set(usual) <= set(evaluation.METRICS)


def test_mode_coverage_counts_the_modes_that_it_is_told():
    ring = data.mixture("ring")
    points, _ = ring.draw(300, seed=0)

    def modes(samples):
        found = metrics.mode_coverage(samples, ring.centres, ring.std)
        return dict(zip(("modes", "high_quality", "mode_kl"), found, strict=True))

    evaluator = Evaluator(
        points, metrics=["mode_coverage"], value_range=None, modes=modes
    )
    result = evaluator.evaluate(Fixed(points[:200], None), 200)
    assert result.values == modes(points[:200])
    assert list(result.values) == evaluator.figure_names
    assert result.better("mode_kl") == "less"


def test_mode_coverage_of_unknown_modes_needs_a_classifier():
    evaluator = Evaluator(REAL, metrics=["mode_coverage"])
    with pytest.raises(ValueError, match="whose modes are known"):
        evaluator.evaluate(Fixed(), 30)


def _save_keras(path):
    network().save(path / "judge.keras")
    return path / "judge.keras"


def _save_saved_model(path):
    model = network()
    signature = tf.TensorSpec((None, 6, 6, 1), tf.float32, name="images")
    serve = tf.function(lambda images: model(images), input_signature=[signature])
    tf.saved_model.save(model, path / "judge", signatures={"serving_default": serve})
    return path / "judge"


def _save_onnx(path, channels_first=False):
    """The same features, written by hand."""
    kernel, bias = network().get_layer("features").get_weights()
    shape = ["batch", 6, 6, 1]
    if channels_first:
        shape = ["batch", 1, 6, 6]
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["images"], ["flat"]),
            helper.make_node("Gemm", ["flat", "kernel", "bias"], ["features"]),
        ],
        "judge",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", 5])],
        [
            onnx.numpy_helper.from_array(kernel, "kernel"),
            onnx.numpy_helper.from_array(bias, "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 10
    onnx.save(model, path / "judge.onnx")
    return path / "judge.onnx"


@pytest.mark.parametrize(
    "save",
    [
        _save_keras,
        _save_saved_model,
        _save_onnx,
        lambda path: _save_onnx(path, channels_first=True),
    ],
    ids=["keras", "saved_model", "onnx", "onnx channels first"],
)
def test_a_network_in_any_file_gives_the_features_of_the_model(tmp_path, save):
    expected, _ = open_extractor(network()).outputs(REAL, (-1.0, 1.0))
    path = save(tmp_path)
    extractor = open_extractor(path)
    features, _ = extractor.outputs(REAL, (-1.0, 1.0))
    np.testing.assert_allclose(features, expected, atol=1e-5)
    # Named by what is in it.
    assert extractor.name.startswith(path.name + "-")
    assert open_extractor(str(path)).name == extractor.name


def test_another_range_for_a_network_is_another_extractor(tmp_path):
    path = _save_onnx(tmp_path)
    names = [
        open_extractor(source, value_range=value_range).name
        for source in (path, network())
        for value_range in (None, (-1.0, 1.0), (0.0, 1.0))
    ]
    assert names[0] == names[1] != names[2]
    assert names[3] == names[4] != names[5]
    # So neither kept features nor results of the two are taken for each other.
    results = []
    for value_range in ((-1.0, 1.0), (0.0, 1.0)):
        extractor = open_extractor(path, value_range=value_range)
        evaluator = Evaluator(REAL, extractor=extractor, cache=tmp_path / "cache")
        results.append(evaluator.evaluate(Fixed(), 30))
    assert results[0].values != results[1].values
    with pytest.raises(InputError, match="their `extractor`"):
        results[0].check_comparable(results[1])


def test_images_are_resized_and_rescaled_for_the_network_and_the_result_says_so():
    seen = []

    def function(images):
        seen.append(images)
        return images.reshape(len(images), -1)

    extractor = Extractor(function, "test", (3, 3, 3), (0.0, 255.0))
    images = np.full((2, 6, 6, 1), 0.5, np.float32)
    features, _ = extractor.outputs(images, (0.0, 1.0))
    assert features.shape == (2, 27)
    np.testing.assert_allclose(seen[0], 127.5)
    assert extractor.resize((6, 6, 1)) == "bilinear, antialiased, to 3×3×3"
    assert extractor.resize((3, 3, 3)) == "none"


def test_samples_of_8_bits_are_compared_as_what_they_stand_for():
    eight_bits = np.round((FAKE + 1) * 127.5).astype(np.uint8)
    back = (eight_bits / 127.5 - 1).astype(np.float32)
    evaluator = Evaluator(REAL)
    found = evaluator.evaluate(Fixed(eight_bits), 30).values["frechet"]
    assert found == pytest.approx(evaluator.figures(back)["frechet"], rel=1e-5)


def test_features_of_the_data_are_kept_under_its_fingerprint(tmp_path):
    calls = []

    def function(images):
        calls.append(len(images))
        return images.reshape(len(images), -1)

    def evaluator(images):
        return Evaluator(images, extractor=Extractor(function, "f/1"), cache=tmp_path)

    first = evaluator(REAL).figures(FAKE)
    assert evaluator(REAL).figures(FAKE) == first
    assert calls == [40, 30, 30]
    evaluator(REAL[::-1])
    assert calls == [40, 30, 30, 40]
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:100])  # a damaged file is computed again
    assert evaluator(REAL).figures(FAKE) == first


def test_unlike_results_are_not_compared():
    one = Evaluator(REAL).evaluate(Fixed(), 30)
    worse = Evaluator(REAL).evaluate(Fixed(FAKE - 0.4), 30)
    assert one.is_better_than(worse, "frechet")
    assert not worse.is_better_than(one, "frechet")
    for other, field in [
        (Evaluator(REAL, extractor=network()).evaluate(Fixed(), 30), "extractor"),
        (Evaluator(REAL).evaluate(Fixed(), 20), "fake_count"),
        (Evaluator(REAL[:30]).evaluate(Fixed(), 30), "real_count"),
        (Evaluator(-REAL).evaluate(Fixed(), 30), "fingerprint"),
    ]:
        with pytest.raises(InputError, match=f"cannot be compared: their `{field}`"):
            one.is_better_than(other, "frechet")
    with pytest.raises(InputError, match=r"`metric` must be one of .*'frechet'"):
        one.is_better_than(worse, "precision")


def test_more_precision_is_better():
    near = REAL[:30] + np.float32(1e-4)
    evaluator = Evaluator(REAL, metrics=["precision_recall"])
    results = [evaluator.evaluate(Fixed(x), 30) for x in (near, FAKE - 3)]
    assert results[0].is_better_than(results[1], "precision")


def _wrong(**changes):
    return lambda: Evaluator(**{"images": REAL} | changes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (_wrong(images=REAL[:1]), "at least two examples"),
        (_wrong(images=np.zeros(5)), "at least two examples"),
        (_wrong(metrics=["fid"]), "`metrics` must be one of .*'frechet'"),
        (_wrong(metrics="frechet"), "`metrics` must be a list of names"),
        (_wrong(metrics=[]), "`metrics` must be a list of names"),
        (_wrong(extractor="inception"), "`extractor` must be 'pixels', 'digits'"),
        (_wrong(extractor=3), "`extractor` must be 'pixels', 'digits'"),
        (
            _wrong(images=np.zeros((5, 2)), extractor="digits", value_range=None),
            r"takes images; got examples of shape \(2,\)",
        ),
        (
            lambda: Evaluator(REAL, metrics=["inception_score"]).figures(FAKE),
            "needs the probabilities of a classifier",
        ),
        (
            lambda: Evaluator(REAL).evaluate(Fixed(value_range=(0.0, 1.0))),
            r"images are in \(0.0, 1.0\), the data in \(-1.0, 1.0\)",
        ),
        (
            lambda: Evaluator(REAL).evaluate(Fixed(FAKE[:, :5])),
            r"images of shape \(5, 6, 1\), those of the data are \(6, 6, 1\)",
        ),
        (lambda: Evaluator(REAL).evaluate(Fixed(), 1), "`n` must be an integer >= 2"),
        (
            _wrong(extractor=Extractor(lambda images: images, "maps")),
            r"must return features of shape \(B, F\); got \(40, 6, 6, 1\)",
        ),
    ],
)
def test_mistakes_are_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize("suffix", [".onnx", ".keras"])
def test_a_file_that_is_no_network_is_named(tmp_path, suffix):
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(b"no network")
    with pytest.raises(InputError, match=f"{path}.*refused: it"):
        open_extractor(path)


def test_a_network_of_several_unnamed_outputs_is_refused(tmp_path):
    images = keras.Input((6, 6, 1))
    flat = keras.layers.Flatten()(images)
    keras.Model(images, {"a": flat, "b": flat}).save(tmp_path / "two.keras")
    with pytest.raises(InputError, match=r"name one of them 'features'; got \['a'"):
        Evaluator(REAL, extractor=tmp_path / "two.keras")


def test_real_examples_of_another_split_make_both_comparisons_alike(tmp_path):
    random = np.random.default_rng(0)
    arrays = {
        f"x_{part}": random.integers(0, 256, (count, 4, 4), dtype=np.uint8)
        for part, count in (("train", 90), ("test", 40))
    }
    np.savez(tmp_path / "both.npz", **arrays)
    np.savez(tmp_path / "one.npz", x_train=arrays["x_train"])

    def counts(file, split, n):
        reference = ReferenceData(
            f"npz:{tmp_path / file}", split, (4, 4, 1), value_range=(-1.0, 1.0)
        )
        made = reference.evaluator(n, ["frechet"])
        return reference.usual_count(), len(made.images), len(made.more_images)

    assert counts("both.npz", "test", 40) == (40, 40, 40)
    assert counts("both.npz", "train", 30) == (90, 30, 30)
    # 20 of the rest of the split, and 40 of the other one.
    assert counts("both.npz", "train", 70) == (90, 70, 60)
    assert counts("one.npz", "train", 70) == (90, 70, 20)


def test_a_result_records_its_extractor_in_full_and_old_files_are_read():
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()])
    extractor = open_extractor(model, value_range=(0.0, 1.0))
    made = Evaluator(np.zeros((3, 4, 4, 1)), extractor=extractor)
    values = made.evaluate(Fixed(np.zeros((3, 4, 4, 1), np.float32)), 3).to_dict()
    assert values["extractor_sha256"] == extractor.sha256
    assert re.fullmatch("[0-9a-f]{64}", extractor.sha256)
    assert extractor.name.endswith(f"-{extractor.sha256[:8]}-in-0-1")
    assert values["extractor_range"] == [0.0, 1.0]
    read = Evaluation.from_dict(json.loads(json.dumps(values)))
    assert read.extractor_range == (0.0, 1.0)
    del values["extractor_sha256"], values["extractor_range"]
    assert Evaluation.from_dict(values).extractor_range is None


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["precision", "recall", "frechet"], ["precision_recall", "frechet"]),
        (["pyramid_4", "coverage"], ["pyramid", "density_coverage"]),
    ],
)
def test_a_figure_stands_for_its_metric(names, found):
    assert Evaluator(np.zeros((3, 16, 16, 1)), metrics=names).metrics == found
