"""The pages that the package writes can be read by everybody."""

import re
from pathlib import Path

import pytest
from harness.html import contrast, faults

import keras_gan

PACKAGE = Path(keras_gan.__file__).parent
EXPLORER = PACKAGE / "export/web/page"
COLOUR = re.compile(r"--(\w+):\s*(#\w+)[;,)]")


def colours_of_pages():
    """Returns the colours by name of the light pages, and of the dark ones."""
    style = (PACKAGE / "pages/templates/page.css").read_text("utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    dark = dark.partition("}")[0]
    return {"light": dict(COLOUR.findall(light)), "dark": dict(COLOUR.findall(dark))}


def colours_of_explorer():
    style = (EXPLORER / "explorer.css").read_text("utf-8")
    pairs = re.findall(r"--(\w+): light-dark\((#\w+), (#\w+)\)", style)
    return {
        "light": {name: light for name, light, _ in pairs},
        "dark": {name: dark for name, _, dark in pairs},
    }


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("read", [colours_of_pages, colours_of_explorer])
def test_text_has_the_contrast_of_wcag_aa(read, mode):
    colours = read()[mode]
    for paper in ("paper", "shade"):
        for ink in {"ink", "soft", "accent", "wrong"} & set(colours):
            assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)


def test_light_and_dark_pages_have_the_same_colours_by_name():
    both = colours_of_pages()
    assert set(both["light"]) == set(both["dark"]) > {"ink", "soft", "paper", "shade"}


def test_the_latent_explorer_has_no_faults():
    assert faults((EXPLORER / "index.html").read_text("utf-8")) == []


def test_faults_are_found():
    """Of a page that has one of each."""
    page = "<html><title> </title><h2 id=a>x</h2><h4 id=a></h4><img src=p.png></html>"
    assert faults(page) == [
        "it does not say its language",
        "it has no title",
        "a title is empty",
        "a h4 is empty",
        "it has 0 headings h1",
        "h4 follows h2",
        "no alt text: p.png",
        "id 'a' occurs twice",
    ]
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    # By the WebAIM contrast checker.
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.005)
