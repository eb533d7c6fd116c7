"""The theorems of 2014 seen in real trainings of a GAN on the line."""

import json

import keras
import numpy as np
import pytest
from harness.commands import assert_mistake, succeed
from PIL import Image
from scipy import special, stats

import keras_gan
from keras_gan import architectures, convergence, theory

LOG4 = np.log(4.0)
DATA = stats.norm(1, 1)


@pytest.fixture(scope="module")
def short():
    """A training of the least length: every phase, but no equilibrium yet."""
    return convergence.train(400, seed=1)


@pytest.fixture(scope="module")
def whole():
    """The training that `keras-gan theory` draws."""
    return convergence.train(seed=0)


def test_the_moments_are_those_of_the_paper(short):
    near, updated, moved, end = (short.records[place] for place in short.moments)
    assert near.step < updated.step < moved.step < end.step == 400
    # While D is trained alone G stands still, and V rises towards C(G).
    assert updated.criterion == near.criterion
    assert near.value < updated.value <= updated.criterion
    assert updated.optimum_distance < near.optimum_distance
    # While G is trained alone D stands still, and the laws come nearer.
    before, after = (short.states[place] for place in short.moments[1:3])
    np.testing.assert_array_equal(before.discriminator, after.discriminator)
    assert moved.criterion < updated.criterion


def test_a_training_is_a_line_of_text_and_a_table_of_its_moments(short):
    assert repr(short).startswith("Convergence(step 400: D(x) 0.")
    assert len(repr(short)) < 80
    assert short._repr_html_().count("<tr>") == 5


def test_what_is_recorded_follows_from_the_networks(short):
    record, state = convergence.observe(short.gan)
    assert record == short.records[-1]
    width = state.x[1] - state.x[0]
    np.testing.assert_allclose(state.p_data, DATA.pdf(state.x), atol=1e-4)
    d = special.expit(np.asarray(short.gan.discriminator(state.x[:, None])))[:, 0]
    np.testing.assert_allclose(state.discriminator, d, atol=1e-6)
    samples = short.gan.sample(200_000, seed=5, batch_size=8192)[:, 0]
    edges = np.append(state.x - width / 2, state.x[-1] + width / 2)
    counts, _ = np.histogram(samples, edges[::16])
    shares = state.p_g.reshape(-1, 16).sum(axis=1) * width
    np.testing.assert_allclose(counts / len(samples), shares, atol=5e-3)
    assert record.d_real == pytest.approx(DATA.expect(_judge(short.gan)), abs=1e-3)
    fakes = special.expit(np.asarray(short.gan.discriminator(samples[:, None])))
    assert record.d_fake == pytest.approx(fakes.mean(), abs=5e-3)
    # The value of the same D, from samples.
    estimate = theory.monte_carlo_value(
        lambda x: special.expit(np.asarray(short.gan.discriminator(x), np.float64)),
        convergence.draw_data(200_000, seed=9),
        samples[:, None],
    )
    within = 5 * estimate.standard_error + 1e-3
    assert record.value == pytest.approx(estimate.value, abs=within)


def _judge(gan):
    def discriminator(x):
        logit = gan.discriminator(np.full((1, 1), x, np.float32))
        return special.expit(float(np.asarray(logit)[0, 0]))

    return discriminator


def test_the_distance_of_samples_is_scipys():
    samples = DATA.rvs(500, random_state=0)
    expected = stats.kstest(samples, DATA.cdf).statistic
    assert convergence.sample_distance(samples) == pytest.approx(expected, abs=1e-9)


@pytest.mark.slow
def test_a_discriminator_that_is_trained_alone_becomes_the_optimum():
    # The generator is fixed: G(z) = z + 1, so that p_g = N(1, 1).
    z = keras.Input((1,))
    generator = keras.Model(z, keras.layers.Dense(1)(z))
    generator.layers[-1].set_weights([np.ones((1, 1)), np.ones(1)])
    _, discriminator = architectures.build(
        "mlp",
        image_shape=(1,),
        latent_dim=1,
        value_range=None,
        activation="tanh",
        discriminator_units=(32, 32),
    )
    gan = keras_gan.GAN(generator, discriminator, value_range=None, seed=0)
    steps = 2000
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(0.0),
        discriminator_optimizer=keras.optimizers.Adam(rate),
        jit_compile=False,
        steps_per_execution=100,
    )
    points = np.random.default_rng(0).normal(size=(2**17, 1)).astype(np.float32)
    gan.fit(points, batch_size=1024, epochs=20, steps_per_epoch=100, verbose=0)
    np.testing.assert_array_equal(generator.layers[-1].get_weights()[0], [[1.0]])
    x = np.linspace(-6, 7, 1301)
    p, q = stats.norm(0).pdf(x), stats.norm(1).pdf(x)
    seen = np.maximum(p, q) > 0.01
    d = special.expit(np.asarray(discriminator(x[:, None])))[:, 0]
    np.testing.assert_allclose(d[seen], (p / (p + q))[seen], atol=0.02)


@pytest.mark.slow
def test_a_gan_on_a_normal_law_ends_at_the_equilibrium(whole):
    end = whole.records[-1]
    assert abs(end.d_real - 0.5) <= 0.03
    assert abs(end.d_fake - 0.5) <= 0.03
    assert end.half_distance <= 0.2
    assert stats.kstest(whole.samples, DATA.cdf).statistic <= 0.03
    assert end.kolmogorov_smirnov <= 0.03
    assert -LOG4 <= end.criterion < -LOG4 + 0.01
    assert end.value == pytest.approx(-LOG4, abs=0.01)
    updated = whole.records[whole.moments[1]]
    assert updated.optimum_distance <= 0.15


@pytest.mark.slow
def test_the_command_leaves_pictures_a_film_and_numbers(tmp_path):
    out = tmp_path / "theory"
    output = succeed("theory", "--out", out, "--steps", 400, "--seed", 3)
    assert "d_real 0." in output
    names = ["convergence.gif", "convergence.json", "convergence.png"]
    assert sorted(path.name for path in out.iterdir()) == [*names, "equilibrium.png"]
    figures = json.loads((out / "convergence.json").read_text())
    assert (figures["seed"], figures["steps"]) == (3, 400)
    assert figures["moments"]["equilibrium"] == figures["records"][-1]
    assert 0.0 < figures["sample_kolmogorov_smirnov"] < 1.0
    with Image.open(out / "convergence.gif") as film:
        assert film.n_frames > 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--steps 10", "`--steps` must be an integer >= 400; got 10"),
        ("--steps x", "Invalid value for '--steps'"),
        ("--seed -1", "`--seed` must be an integer >= 0; got -1"),
        ("--out taken", "'taken': it is no empty folder"),
        ("--out file", "'file': it is no empty folder"),
        ("more", "unexpected extra argument"),
    ],
)
def test_a_mistake_is_answered_with_one_line(options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").write_text("")
    (tmp_path / "file").write_text("")
    assert_mistake(f"theory {options}", message, tmp_path)
