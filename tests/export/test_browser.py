"""The exported page in Chromium, and the clients in C and in Node.js."""

from __future__ import annotations

import functools
import io
import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from cases.generators import dense_generator, make_gan, randomize
from harness.browser import open_browser
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from keras_gan import export, plotting, priors
from keras_gan.export.web.page_server import PageServer

ROOT = Path(__file__).parent.parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.foreign]

CHANNELS = {"grey_alpha": 2, "colour_alpha": 4, "five": 5}


@functools.cache
def gan_of_channels(channels):
    """A GAN of images that are not square."""
    gan = make_gan(dense_generator((8, 6, channels)))
    randomize(gan.generator, seed=channels)
    return gan


@pytest.fixture(scope="module")
def pages(plain_gan, conditional_gan, tmp_path_factory):
    """Exported pages, served, by the GAN that they show."""
    folder = tmp_path_factory.mktemp("pages")
    export.save_web_page(plain_gan, folder / "plain", title="Plain")
    export.save_web_page(
        conditional_gan,
        folder / "conditional",
        title="Conditional",
        provenance=export.Provenance(class_names=(*"0123456", "<b>seven", "8", "9")),
    )
    for name, channels in CHANNELS.items():
        export.save_web_page(gan_of_channels(channels), folder / name, title=name)
    with PageServer(folder, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        names = ("plain", "conditional", *CHANNELS)
        yield {name: f"{server.url}{name}/" for name in names}
        server.shutdown()


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(downloads, tmp_path_factory):
    with open_browser(tmp_path_factory.mktemp("user"), downloads) as driver:
        yield driver


@pytest.fixture
def page(browser, pages, downloads):
    """The function that opens a page by name."""

    def open_page(name, seed=5):
        browser.get("about:blank")
        browser.get(f"{pages[name]}#seed={seed}")
        return Page(browser, downloads)

    yield open_page
    assert browser.get_log("browser") == []


class Page:
    """What a person does on the page."""

    def __init__(self, browser, downloads):
        self.browser, self.downloads = browser, downloads
        self.wait(lambda: self.element("image").get_attribute("data-drawn"))

    def wait(self, condition):
        return WebDriverWait(self.browser, 60, 0.02).until(lambda _: condition())

    def element(self, name):
        return self.browser.find_element(By.ID, name)

    def drawn(self, name):
        """Waits for the image of that name."""
        image = self.element("image")
        self.wait(lambda: image.get_attribute("data-drawn") == name)

    def move(self, slider, value):
        self.browser.execute_script(
            "arguments[0].value = arguments[1];"
            "arguments[0].dispatchEvent(new Event('input'))",
            self.element(slider),
            value,
        )

    def draw(self, seed):
        box = self.element("seed")
        box.clear()
        box.send_keys(str(seed), Keys.ENTER)

    def download(self):
        """The PNG file that the button gives, as an array of grey levels."""
        return self.download_with_text()[0]

    def download_with_text(self):
        name = self.element("image").get_attribute("data-drawn")
        path = self.downloads / f"{name}.png"
        path.unlink(missing_ok=True)
        self.element("download").click()
        self.wait(path.exists)
        with Image.open(path) as picture:
            return np.asarray(picture).astype(int), picture.text


def levels(images, gan):
    """The grey levels of images, with a channel for red, green and blue each."""
    low, high = gan.value_range
    found = np.rint(255 * (np.clip(images, low, high) - low) / (high - low)).astype(int)
    return np.broadcast_to(found, (*found.shape[:-1], 3))


def assert_same_picture(pixels, image, gan):
    assert pixels.shape == (*image.shape[:2], 4)
    np.testing.assert_allclose(pixels[..., :3], levels(image, gan), atol=1)
    assert np.all(pixels[..., 3] == 255)


def test_seed_5_is_one_picture_everywhere(
    page, plain_gan, plain_saved_model, plain_onnx
):
    """In Keras, in `generate`, in the ONNX runtime helper and on the page."""
    import tensorflow as tf

    expected = plain_gan.sample(seeds=[5])[0]
    assert np.ptp(expected) > 0.5
    pixels = page("plain").download()
    assert_same_picture(pixels, expected, plain_gan)
    signatures = tf.saved_model.load(str(plain_saved_model)).signatures
    files = signatures["generate"](
        seed=tf.constant([5], tf.int64), truncation=tf.constant([1.0])
    )
    served = np.asarray(Image.open(io.BytesIO(files["image_bytes"].numpy()[0])))
    np.testing.assert_allclose(pixels[..., 0], served.astype(int), atol=1)
    image = export.runtime.load(plain_onnx).sample(seeds=[5])[0]
    assert_same_picture(pixels, image, plain_gan)


@pytest.mark.parametrize("seed", [0, -1, 2**53 + 1, 2**63 - 1])
def test_the_seed_box_takes_every_seed(page, conditional_gan, seed):
    opened = page("conditional")
    opened.draw(seed)
    label = priors.labels([seed], 10)[0]
    opened.drawn(f"seed_{seed}_class_{label}")
    expected = conditional_gan.sample(seeds=[seed])[0]
    assert_same_picture(opened.download(), expected, conditional_gan)


@pytest.mark.parametrize("text", ["", "five", "1.5", str(2**63)])
def test_what_is_no_seed_is_said_beside_the_box(page, text):
    opened = page("plain")
    opened.draw(text)
    assert "A seed is an integer" in opened.element("seed-error").text
    assert opened.element("seed").get_attribute("aria-invalid") == "true"
    opened.draw(7)
    opened.drawn("seed_7")
    assert opened.element("seed-error").text == ""


def test_the_class_picker_and_truncation_draw_as_sample_does(page, conditional_gan):
    def row():
        return opened.element("class-field").value_of_css_property("display")

    opened = page("plain")
    assert row() == "none"  # a generator without classes has no picker
    opened = page("conditional")
    assert row() == "flex"
    Select(opened.element("class")).select_by_visible_text("7: <b>seven")
    opened.drawn("seed_5_class_7")
    expected = conditional_gan.sample(seeds=[5], labels=7)[0]
    assert_same_picture(opened.download(), expected, conditional_gan)
    opened.move("truncation", 0.5)
    opened.drawn("seed_5_truncation_0.5_class_7")
    expected = conditional_gan.sample(seeds=[5], labels=7, truncation=0.5)[0]
    assert_same_picture(opened.download(), expected, conditional_gan)


def test_the_file_says_that_it_is_synthetic_and_of_which_seed(page):
    opened = page("conditional")
    opened.move("truncation", 0.5)
    Select(opened.element("class")).select_by_visible_text("7: <b>seven")
    opened.drawn("seed_5_truncation_0.5_class_7")
    _, text = opened.download_with_text()
    assert text["Source"] == plotting.SYNTHETIC
    assert text["Software"] == plotting.SOFTWARE
    title = opened.browser.title.removesuffix(": latent explorer")
    assert text["Comment"] == f"generator {title}, seed 5, class 7, truncation 0.5"


def test_sliders_move_along_the_directions_and_back(page, plain_gan):
    opened = page("plain")
    content = opened.browser.execute_async_script(
        "const done = arguments[0];"
        "fetch('generator.json').then((r) => r.text()).then(done)"
    )
    directions = np.array(json.loads(content)["directions"])
    opened.move("direction-1", 2)
    opened.drawn("seed_5_moved")
    opened.move("direction-3", -1.5)
    opened.wait(lambda: opened.element("caption").text == "seed 5, moved")
    z = plain_gan.latents([5]) + 2 * directions[0] - 1.5 * directions[2]
    expected = plain_gan.generate(z.astype(np.float32))[0]
    opened.wait(
        lambda: (
            np.abs(opened.download()[..., :3] - levels(expected, plain_gan)).max() <= 1
        )
    )
    opened.element("reset").click()
    opened.drawn("seed_5")
    assert opened.element("direction-1").get_attribute("value") == "0"
    original = plain_gan.sample(seeds=[5])[0]
    assert_same_picture(opened.download(), original, plain_gan)


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_interpolation_follows_the_path_and_plays(page, plain_gan, kind):
    opened = page("plain")
    Select(opened.element("kind")).select_by_visible_text(kind)
    opened.move("position", 0.25)
    opened.drawn("seeds_1_5_at_0.25")
    first, last = plain_gan.latents([1, 5])
    z = plotting.interpolate(first, last, 5, kind)[1]
    expected = plain_gan.generate(z[np.newaxis])[0]
    assert_same_picture(opened.download(), expected, plain_gan)
    opened.move("seconds", 1)
    opened.element("play").click()
    assert opened.element("play").text == "Pause"
    opened.drawn("seeds_1_5_at_1.00")
    opened.wait(lambda: opened.element("play").text == "Play")
    end = plain_gan.sample(seeds=[5])[0]
    assert_same_picture(opened.download(), end, plain_gan)


def test_every_control_has_a_name_and_the_keyboard_reaches_it(page):
    opened = page("conditional")
    controls = opened.browser.find_elements(
        By.CSS_SELECTOR, "main input, main select, main button"
    )
    assert len(controls) == 13 + 5  # one slider for each of five directions
    assert all(control.accessible_name for control in controls)
    opened.element("download").send_keys("")
    reached = []
    for _ in controls:
        reached.append(opened.browser.switch_to.active_element.get_attribute("id"))
        opened.browser.switch_to.active_element.send_keys(Keys.TAB)
    assert len(set(reached)) == len(controls)
    assert opened.element("image").accessible_name.startswith("Generated image: seed 5")


def test_nothing_is_asked_of_other_machines(page):
    opened = page("conditional")
    names = opened.browser.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    )
    host = opened.browser.current_url.split("conditional/")[0]
    assert len(names) >= 7
    assert all(name.startswith((host, "data:")) for name in names)


def test_a_page_opened_as_a_file_says_that_it_needs_a_server(browser):
    browser.get(f"file://{ROOT}/export/web/page/index.html")
    status = browser.find_element(By.ID, "status").text
    assert "python -m http.server" in status


JAVASCRIPT = """
import { label, latent, spawnSeeds } from %r;
const seeds = %s.map(BigInt);
const z = {};
for (const prior of ["normal", "uniform", "sphere"]) {
  z[prior] = %s.map((size) => seeds.map((seed) => [...latent(prior, seed, size)]));
}
const labels = %s.map((count) => seeds.map((seed) => label(seed, count)));
const spawned = seeds.map((seed) => spawnSeeds(seed, 9).map(String));
console.log(JSON.stringify({ z, labels, spawned }));
"""


def test_latents_and_labels_in_javascript_are_those_of_python():
    seeds = [0, 5, -1, 2**62, -(2**63), 2**63 - 1]
    seeds += priors.spawn_seeds(3, 200).tolist()
    sizes, counts = [1, 2, 7, 64], [1, 2, 10, 1000]
    module = (ROOT / "export" / "web" / "page" / "latents.js").as_uri()
    program = JAVASCRIPT % (module, json.dumps(list(map(str, seeds))), sizes, counts)
    finished = subprocess.run(
        ["node", "--input-type=module", "-"],
        input=program,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(finished.stdout)
    for prior in priors.names():
        for size, z in zip(sizes, found["z"][prior], strict=True):
            expected = priors.get(prior).latents(seeds, size)
            np.testing.assert_allclose(z, expected, rtol=0, atol=1e-6)
    for count, labels in zip(counts, found["labels"], strict=True):
        assert labels == priors.labels(seeds, count).tolist()
    for seed, spawned in zip(seeds, found["spawned"], strict=True):
        assert list(map(int, spawned)) == priors.spawn_seeds(seed, 9).tolist()


@pytest.mark.parametrize("name", ["grey_alpha", "colour_alpha"])
def test_a_download_of_a_transparent_image_keeps_its_alpha(page, name):
    gan = gan_of_channels(CHANNELS[name])
    opened = page(name)
    pixels = opened.download()
    (image,) = np.rint(255 * (gan.sample(seeds=[5]) + 1) / 2).astype(int)
    assert np.ptp(image[..., -1]) > 100
    np.testing.assert_allclose(pixels[..., 3], image[..., -1], atol=1)
    # A canvas holds colours multiplied by alpha.
    alpha = pixels[..., 3:] / 255
    colours = np.broadcast_to(image[..., :-1], (8, 6, 3))
    np.testing.assert_allclose(pixels[..., :3] * alpha, colours * alpha, atol=2)
    canvas = opened.element("image")
    assert "conic-gradient" in canvas.value_of_css_property("background-image")


def test_the_page_shows_three_of_five_channels_and_says_so(page):
    gan = gan_of_channels(CHANNELS["five"])
    opened = page("five")
    assert_same_picture(opened.download(), gan.sample(seeds=[5])[0, ..., :3], gan)
    about = opened.element("about").text
    assert "6×8 images of 5 channels (shown as colours: channels 1 to 3 of 5)" in about


def test_a_file_of_the_nodejs_client_is_the_picture_with_the_text_of_the_page(
    conditional_gan, tmp_path
):
    page = export.save_web_page(conditional_gan, tmp_path / "page", title="Digits")
    program = ROOT / "examples" / "node" / "draw.mjs"
    command = ["node", program, page, tmp_path / "drawn", "5:7"]
    subprocess.run(command, check=True, capture_output=True)
    with Image.open(tmp_path / "drawn" / "seed_5.png") as picture:
        text = picture.text
        pixels = np.asarray(picture).astype(int)
    expected = conditional_gan.sample(seeds=[5], labels=7)[0]
    assert_same_picture(pixels, expected, conditional_gan)
    assert text["Source"] == plotting.SYNTHETIC
    assert text["Software"] == plotting.SOFTWARE
    assert text["Comment"] == "generator Digits, seed 5, class 7"


@pytest.mark.timeout(2400)
def test_the_clients_in_c_and_nodejs_equal_keras_for_each_family_of_architectures():
    names = ["goodfellow_mlp", "dcgan", "lean_dcgan", "sngan_resnet", "r3gan"]
    script = ROOT / "scripts" / "run_client_examples.py"
    command = [sys.executable, script, *names]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert all(name in finished.stdout for name in names)
