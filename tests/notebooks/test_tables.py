"""Objects in notebooks: short texts, and tables in which nothing is HTML of others."""

from pathlib import Path

import numpy as np
import pytest

from keras_gan import data, evaluation, metrics, presets
from keras_gan.experiment import Recommendation
from keras_gan.experiment.recommended_values import Choice
from keras_gan.export import VerificationReport
from keras_gan.notebooks.tables import html_table
from keras_gan.runs import ComparedRuns, Comparison, Spread

HOSTILE = "<script>alert('x')</script>"
SGD = {"name": "sgd", "learning_rate": 0.1}
RECIPE = presets.Recipe("mlp", SGD, SGD, data=f"folder:{HOSTILE}")
IMAGES = np.random.default_rng(0).normal(size=(40, 6))

OBJECTS = {
    "recipe": RECIPE,
    "preset": presets.Preset(HOSTILE, "short", HOSTILE, "much", "long", RECIPE),
    "evaluation": evaluation.Evaluation(
        {"frechet": 12.3456789, HOSTILE: 0.5},
        "pixels",
        HOSTILE,
        100,
        90,
        HOSTILE,
        "f" * 64,
        0,
        real={"frechet": 1.25},
        real_counts=(100, 90),
        generator=HOSTILE,
    ),
    "recommendation": Recommendation(
        RECIPE, (Choice("size", {}, HOSTILE),), (HOSTILE,), (), 0.1, 100
    ),
    "data sheet": data.DataSheet(
        2, 2, (1, 2, 3), (1, 2, 3), 3, False, 8, {HOSTILE: 2}, 0.0, (), ()
    ),
    "verification": VerificationReport(
        Path(HOSTILE), "onnx", 1, 8, {HOSTILE: 1e-7}, {HOSTILE: 1e-4}
    ),
    "comparison": Comparison(
        (ComparedRuns(HOSTILE, (), {"frechet": Spread.of([1.0, 2.0])}, {}),),
        {},
        (HOSTILE,),
        HOSTILE,
        {"loss": ["hinge", HOSTILE]},
    ),
    "memorization": metrics.memorization_test(IMAGES[:10], IMAGES[10:30], IMAGES[30:]),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_has_a_text_of_one_line_and_a_table_of_its_own_signs(name):
    shown = OBJECTS[name]
    assert "\n" not in repr(shown)
    assert len(repr(shown)) < 250
    table = shown._repr_html_()
    assert table.count("<table>") == table.count("</table>") >= 1
    assert "<script" not in table
    if name != "memorization":
        assert "&lt;script&gt;alert(&#x27;x&#x27;)" in table


def test_the_table_of_an_evaluation_has_the_figures_beside_those_of_data():
    table = OBJECTS["evaluation"]._repr_html_()
    for text in ("frechet", ">12.35<", ">1.25<", ">less<", "90 samples (seed 0)"):
        assert text in table
    assert "12.35" in repr(OBJECTS["evaluation"])


def test_a_recipe_shows_what_is_not_usual_alone():
    table = RECIPE.replace(epochs=77)._repr_html_()
    assert ">77<" in table
    assert "sgd(learning_rate=0.1)" in table
    assert "latent_dim" not in table


def test_cells_are_text_whatever_they_hold():
    table = html_table(
        [("a", None, 1 / 3, "x\ny"), ("b\x1b[31m", 10**9, "s://me:secret@host", True)],
        header=("", "<i>"),
        title="t & u",
        notes=["n > m"],
    )
    for text in (">–<", ">0.3333<", ">x<br>y<", "?[31m", ">1000000000<", ">True<"):
        assert text in table
    for text in ("&lt;i&gt;", "t &amp; u", "n &gt; m", "…@host"):
        assert text in table
    assert "secret" not in table
