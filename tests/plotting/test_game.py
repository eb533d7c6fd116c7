"""The pictures of the game: what is drawn where, and what cannot be drawn."""

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from keras_gan import plotting
from keras_gan._checks import InputError


def normal(x, mean):
    return np.exp(-((x - mean) ** 2) / 2) / np.sqrt(2 * np.pi)


@pytest.fixture
def state():
    x = np.linspace(-4, 4, 81)
    z = np.linspace(-1, 1, 7)
    p, q = normal(x, 0), normal(x, 1)
    return plotting.GameState(x, p, q, p / (p + q), z, z + 1, title="step 7")


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are saved, in their order."""
    figures = []
    save = Figure.savefig

    def keep(figure, *arguments, **options):
        figures.append(figure)
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", keep)
    return figures


def test_each_law_has_the_line_of_the_paper(tmp_path, state, drawn):
    plotting.save_game_states(tmp_path / "g.png", [state, state])
    upper = drawn[0].axes[0]
    lines = {line.get_label(): line for line in upper.lines}
    data = lines["$p_{data}$, the data"]
    generator = lines["$p_g$, the generator"]
    discriminator = lines["$D(x)$, the discriminator"]
    assert (data.get_color(), data.get_linestyle()) == ("black", ":") or (
        data.is_dashed() and data.get_color() == "black"
    )
    assert not generator.is_dashed()
    assert discriminator.is_dashed()
    np.testing.assert_array_equal(discriminator.get_ydata(), state.discriminator)
    # One scale for both densities, on which the data reach 0.6.
    assert np.max(data.get_ydata()) == pytest.approx(0.6)
    ratio = generator.get_ydata() / data.get_ydata()
    np.testing.assert_allclose(ratio, state.p_g / state.p_data)
    assert upper.get_title(loc="left") == "step 7"
    with Image.open(tmp_path / "g.png") as picture:
        assert "synthetic" in picture.info["Source"]


def test_an_arrow_leads_from_each_z_to_its_place(tmp_path, state, drawn):
    outside = dataclasses.replace(state, generated=np.array([9.0] + [1.0] * 6))
    plotting.save_game_states(tmp_path / "g.png", [state, outside])
    first, second = drawn[0].axes[2:]
    ends = [arrow.xy for arrow in first.texts]
    np.testing.assert_allclose(ends, [(end, 1.0) for end in state.generated])
    starts = np.array([arrow.xyann[0] for arrow in first.texts])
    assert np.allclose(np.diff(starts), np.diff(starts)[0])
    assert starts[0] == pytest.approx(-starts[-1])
    assert len(second.texts) == 6  # what is not in the picture gets no arrow


def test_pictures_of_a_film_have_one_size(tmp_path, state):
    for name, title in (("a", "step 1"), ("b", "step 12345")):
        frame = dataclasses.replace(state, title=title)
        plotting.save_game_states(tmp_path / f"{name}.png", [frame], dpi=60)
    with (
        Image.open(tmp_path / "a.png") as first,
        Image.open(tmp_path / "b.png") as last,
    ):
        assert first.size == last.size


def test_the_curves_end_at_their_limits(tmp_path, drawn):
    steps = np.arange(5)
    plotting.save_equilibrium(
        tmp_path / "e.png",
        steps,
        d_real=0.5 + 0.1 * steps,
        d_fake=0.5 - 0.1 * steps,
        value=-1.3 - 0.01 * steps,
        criterion=-1.2 - 0.01 * steps,
    )
    left, right = drawn[0].axes
    values = {line.get_label(): line.get_ydata() for line in left.lines + right.lines}
    np.testing.assert_allclose(values["on data, E D(x)"], 0.5 + 0.1 * steps)
    np.testing.assert_allclose(values["V(D, G), of this D"], -1.3 - 0.01 * steps)
    assert [text.get_text() for text in left.texts + right.texts] == ["½", "−log 4"]
    assert left.lines[-1].get_ydata()[0] == 0.5
    assert right.lines[-1].get_ydata()[0] == pytest.approx(-np.log(4))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": np.zeros(81)}, "`x` must be at least two ascending numbers"),
        ({"p_g": np.zeros(3)}, r"`p_g` must have one value .* 81 .* shape \(3,\)"),
        ({"discriminator": np.zeros((81, 1))}, "`discriminator` must have one value"),
        ({"z": np.zeros(3)}, "`z` and `generated` must be two vectors of one length"),
    ],
)
def test_arrays_that_do_not_fit_are_named(state, changes, message):
    with pytest.raises(InputError, match=message):
        dataclasses.replace(state, **changes)


def test_nothing_is_not_drawn(tmp_path):
    with pytest.raises(InputError, match="`states` is empty"):
        plotting.save_game_states(tmp_path / "g.png", [])
    rest = {"d_fake": [0.5], "value": [-1.0], "criterion": [-1.0]}
    with pytest.raises(InputError, match="`steps` and `d_real` must be vectors"):
        plotting.save_equilibrium(tmp_path / "e.png", [1], d_real=[0.5, 0.5], **rest)
    assert list(tmp_path.iterdir()) == []
