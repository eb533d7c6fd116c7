"""From recipes to networks, optimizers and objectives."""

import keras
import numpy as np
import pytest
from harness.marks import slow_but_for

from keras_gan import experiment, presets
from keras_gan.experiment.gan_from_recipe import build_gan, build_optimizer
from keras_gan.experiment.recipe_data import RecipeData


def _fresh_weights(recipe):
    return build_gan(recipe, RecipeData(recipe)).generator.get_weights()


def test_the_generator_starts_out_from_the_mean_of_the_data(recipe, source):
    gan = build_gan(recipe, RecipeData(recipe))
    output = [w for w in gan.generator.weights if w.shape == (64,)][-1]
    mean = np.load(source)["images"].mean(axis=0).ravel() / 255.0
    np.testing.assert_allclose(output, np.log(mean / (1 - mean)), atol=1e-4)


def test_half_precision_is_inside_the_networks_alone(recipe):
    half = recipe.replace(precision="mixed_bfloat16", architecture="dcgan")
    half = half.replace(
        architecture_options={"generator_filters": 4, "discriminator_filters": 2}
    )
    gan = build_gan(half, RecipeData(half))
    for network in (gan.generator, gan.discriminator):
        convolutions = [layer for layer in network.layers if "conv" in layer.name]
        assert {layer.compute_dtype for layer in convolutions} == {"bfloat16"}
        assert {variable.dtype for variable in network.trainable_variables} == {
            "float32"
        }
        assert network.output.dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_two_networks_of_one_seed_are_equal_and_of_two_are_not(recipe):
    first, again = _fresh_weights(recipe), _fresh_weights(recipe)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    other_seed = _fresh_weights(recipe.replace(seed=4))
    assert np.abs(first[0] - other_seed[0]).max() > 0


def test_the_optimizers_of_2014_follow_their_schedules():
    authors = presets.get("goodfellow2014").recipe
    for argument, rate in [("generator", 0.1), ("discriminator", 0.05)]:
        argument = f"{argument}_optimizer"
        optimizer = build_optimizer(argument, getattr(authors, argument))
        variable = keras.Variable(np.zeros(1))
        optimizer.build([variable])
        for step in (0, 1, 62_500, 125_000):
            optimizer.iterations.assign(step)
            expected = rate / 1.000004**step
            assert float(optimizer.learning_rate) == pytest.approx(expected, rel=1e-6)
            momentum = float(optimizer.momentum(step))
            assert momentum == pytest.approx(0.5 + 0.2 * step / 125_000, rel=1e-5)


def test_each_network_gets_an_optimizer_of_its_own_in_any_case_of_letters():
    description = {"name": "ADAM", "learning_rate": 0.5, "beta_1": 0.25}
    optimizer = build_optimizer("generator_optimizer", description)
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert float(optimizer.learning_rate) == 0.5
    assert optimizer.beta_1 == 0.25


OBJECTIVES = {
    "class logits": {
        "labels": True,
        "loss": {"name": "AuxiliaryClassifier", "loss": "hinge", "weight": 0.5},
        "architecture_options": {"conditioning": "auxiliary"},
    },
    "packs": {"loss": {"name": "relativistic"}, "pack": 4},
    "DiffAugment": {"augment": {"name": "DiffAugment", "policy": ["color"]}},
    "AdaptiveAugment": {"augment": {"name": "AdaptiveAugment", "target": 0.5}},
}


@pytest.mark.parametrize("changes", slow_but_for(["packs"], OBJECTIVES))
def test_a_recipe_describes_any_objective_and_its_run_says_so(
    recipe, tmp_path, changes
):
    sizes = {"generator_filters": 4, "discriminator_filters": 2}
    options = sizes | changes.get("architecture_options", {})
    changed = recipe.replace(
        **changes | {"architecture": "dcgan", "architecture_options": options}
    )
    run = experiment.train(changed, tmp_path / "run", steps=2, progress=False)
    assert int(run.gan.step) == 2
    loaded = experiment.load_run(tmp_path / "run")
    assert loaded.recipe == changed
    np.testing.assert_array_equal(
        loaded.gan.sample(3, seed=1, labels=0 if changed.labels else None),
        run.gan.sample(3, seed=1, labels=0 if changed.labels else None),
    )
    objective = loaded.gan.adversarial_loss, loaded.gan.augment
    names = [type(part).__name__.lower() for part in objective]
    described = [
        d["name"].lower()
        for d in (changed.loss, changed.augment)
        if d and not isinstance(d, str)
    ]
    assert set(described) <= set(names)
    assert getattr(loaded.gan.discriminator, "pack", 1) == changed.pack


SCHEDULE = {"name": "ExponentialDekay", "initial_learning_rate": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"precision": "mixed_bfloat17"}, "Did you mean 'mixed_bfloat16'"),
        ({"architecture": "dcgann"}, "Did you mean 'dcgan'"),
        ({"architecture_options": {"units": 1}}, "must be one of"),
        ({"loss": "minmax"}, "Did you mean 'minimax'"),
        ({"generator_optimizer": {"name": "sgdd"}}, "`generator_optimizer` must be"),
        (
            {"discriminator_optimizer": {"name": "sgd", "momentun": 1}},
            "`discriminator_optimizer` 'sgd' has no argument 'momentun'; it takes",
        ),
        (
            {"generator_optimizer": {"name": "sgd", "learning_rate": SCHEDULE}},
            "`generator_optimizer.learning_rate` must be one of",
        ),
        ({"penalties": [{"name": "R17", "gamma": 1.0}]}, "`penalties`"),
        (
            {"penalties": [{"name": "R1", "interval": 16}]},
            "^`penalties` 'R1' has no argument 'interval'; it takes gamma and every.$",
        ),
        ({"penalties": [{"name": "r1"}]}, "^`penalties` 'r1' needs 'gamma'; it takes"),
        (
            {"generator_optimizer": {"name": "adam", "lr": 0.1}},
            "`generator_optimizer` 'adam' has no argument 'lr'; it takes learn",
        ),
        ({"loss": {"name": "hinge", "margin": 2}}, "no argument 'margin'; it takes"),
        ({"loss": {"name": "hing"}}, "`loss` must be one of .*Did you mean 'hinge'"),
        (
            {"loss": {"name": "AuxiliaryClassifier", "loss": "hing"}},
            "`loss` 'AuxiliaryClassifier': .*Did you mean 'hinge'",
        ),
        ({"augment": {"name": "DiffAugmnt"}}, "Did you mean 'DiffAugment'"),
        (
            {"augment": {"name": "DiffAugment", "policy": ["colour"]}},
            "`augment` 'DiffAugment': .*'colour'",
        ),
        ({"batch_size": 1000}, "`batch_size=1000` is more than the 48"),
        ({"data": "npz:/nowhere.npz"}, "/nowhere.npz"),
        (
            {"architecture": "dcgan", "architecture_options": {}, "image_size": 9},
            "height and width that 4 divides",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    recipe, tmp_path, changes, message
):
    with pytest.raises(ValueError, match=message) as caught:
        experiment.train(recipe.replace(**changes), tmp_path / "run", progress=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()
