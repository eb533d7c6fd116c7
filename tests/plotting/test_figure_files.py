"""Figures are written in the format that their suffix names."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from harness.processes import run_python
from PIL import Image, ImageChops

from keras_gan import plotting
from keras_gan._version import __version__

RECORDS = [{"step": i, "d_loss": 1.0, "d_real": 0.6, "d_fake": 0.4} for i in range(3)]


def points(path):
    plotting.save_points(path, np.eye(2))


def test_the_suffix_chooses_the_format_whatever_its_case(tmp_path):
    for name in ("a.png", "a.PDF", "a.svg"):
        plotting.curves(RECORDS, tmp_path / name)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.format == "PNG"
    assert (tmp_path / "a.PDF").read_bytes().startswith(b"%PDF-")
    assert (
        ET.parse(tmp_path / "a.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    )
    # Vectors, not a picture in an envelope; and no fonts that publishers refuse.
    assert b"/Subtype /Image" not in (tmp_path / "a.PDF").read_bytes()
    assert b"/Type3" not in (tmp_path / "a.PDF").read_bytes()
    assert b"<image" not in (tmp_path / "a.svg").read_bytes()


def test_samples_say_in_every_format_that_they_are_synthetic(tmp_path):
    for name in ("a.png", "a.pdf", "a.svg"):
        points(tmp_path / name)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.info["Source"] == plotting.SYNTHETIC
    found = re.search(rb"/Subject \(([^)]*)\)", (tmp_path / "a.pdf").read_bytes())
    assert found[1].decode() == plotting.SYNTHETIC
    source = ET.parse(tmp_path / "a.svg").find(".//{*}source")
    assert source.text == plotting.SYNTHETIC
    for name in ("a.pdf", "a.svg"):
        assert f"keras_gan {__version__}".encode() in (tmp_path / name).read_bytes()
    plotting.curves(RECORDS, tmp_path / "curves.pdf")
    assert b"synthetic" not in (tmp_path / "curves.pdf").read_bytes()


def test_equal_figures_are_equal_files_in_every_process(tmp_path, monkeypatch):
    program = (
        "import sys; from keras_gan import plotting; "
        f"plotting.curves({RECORDS!r}, sys.argv[1])"
    )
    for suffix in ("png", "pdf", "svg"):
        run_python(program, tmp_path / f"other.{suffix}")
        plotting.curves(RECORDS, tmp_path / f"own.{suffix}")
        own, other = (
            (tmp_path / f"{x}.{suffix}").read_bytes() for x in ("own", "other")
        )
        assert own == other, suffix
    assert not re.search(rb"Date|dc:date", (tmp_path / "own.pdf").read_bytes())
    assert b"dc:date" not in (tmp_path / "own.svg").read_bytes()


@pytest.mark.parametrize("name", ["a.jpg", "a", "a.pdf.gz", ".png"])
@pytest.mark.parametrize("draw", [points, lambda path: plotting.curves(RECORDS, path)])
def test_another_suffix_is_refused_before_anything_is_written(tmp_path, name, draw):
    message = r"a figure is a \.png, \.pdf or \.svg file"
    with pytest.raises(ValueError, match=message):
        draw(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_grid_for_a_paper_has_each_pixel_unsmoothed(tmp_path):
    images = np.arange(4 * 2 * 2, dtype=np.uint8).reshape(4, 2, 2, 1) * 16
    for suffix in ("pdf", "svg", "png"):
        plotting.save_image_grid(tmp_path / f"g.{suffix}", images, scale=3, columns=4)
    with Image.open(tmp_path / "g.png") as picture:
        expected = picture.convert("RGB")
    svg = (tmp_path / "g.svg").read_text()
    assert "image-rendering:pixelated" in svg.replace(" ", "")
    assert "synthetic" in svg
    encoded = re.search(r"base64,([^\"]*)", svg)[1]
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as inside:
        # Pixel by pixel that of the PNG file, neither scaled nor smoothed.
        assert ImageChops.difference(inside.convert("RGB"), expected).getbbox() is None
    pdf = (tmp_path / "g.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert b"/Width %d" % expected.width in pdf
    assert b"/Interpolate true" not in pdf
