"""The pages in Chromium: on a phone and a desk, in light and dark."""

import pytest
from harness.browser import open_browser, show_as
from harness.pages import serving

from keras_gan import experiment, export, presets, runs

pytestmark = [pytest.mark.slow, pytest.mark.foreign]

# Words without a space, as paths and sums are, make a narrow page too wide.
LONG = "a_name_without_any_place_to_break_it_" * 2
PAGES = ["run/report.html", "compare.html", "card/model_card.html", "web/index.html"]
WIDER = "return document.documentElement.scrollWidth - innerWidth"
# What can be scrolled aside, but not by keys.
UNREACHABLE = """return [...document.querySelectorAll("body *")].filter(each =>
  ["auto", "scroll"].includes(getComputedStyle(each).overflowX)
  && each.scrollWidth > each.clientWidth && each.tabIndex < 0
  && !each.matches("input, select")).map(each => each.outerHTML.slice(0, 80))"""
# The brightness of the paper and of the ink, from 0 to 255.
BRIGHTNESS = """const style = getComputedStyle(document.body);
  return [style.backgroundColor, style.color].map(
    each => Number(each.match(/\\d+/)[0]))"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All pages that the package writes, of a run with long words in its recipe."""
    folder = tmp_path_factory.mktemp("pages")
    sgd = {"name": "sgd", "learning_rate": 0.05}
    recipe = presets.Recipe(
        architecture="goodfellow_mlp",
        architecture_options={"generator_units": 8, "discriminator_units": 4},
        generator_optimizer=sgd,
        discriminator_optimizer=sgd,
        data="mnist_10k",
        split="train[:64]",
        latent_dim=4,
        labels=True,
        jit_compile=False,
        batch_size=16,
        epochs=2,
    )
    for name in ("run", LONG):
        run = experiment.train(recipe, folder / name, name=LONG, progress=False)
        recipe = recipe.replace(latent_dim=5)
    compared = runs.compare([folder / "run", folder / LONG])
    runs.write_page(compared, folder / "compare.html")
    about = export.Provenance(name=LONG, recipe=recipe.to_dict())
    generator = export.save_onnx(run.gan, folder / f"{LONG}.onnx", provenance=about)
    export.save_model_card(generator, folder / "card")
    export.save_web_page(run.gan, folder / "web", title=LONG)
    return folder


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder) as server:
        yield server.url


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_fits_its_screen_and_the_colours_that_are_asked_for(
    page, width, colours, site, browser
):
    show_as(browser, width=width, colours=colours)
    browser.get(f"{site}{page}")
    assert browser.execute_script(WIDER) <= 0
    assert browser.execute_script(UNREACHABLE) == []
    paper, ink = browser.execute_script(BRIGHTNESS)
    bright, dark = (paper, ink) if colours == "light" else (ink, paper)
    assert bright > 220
    assert dark < 40
