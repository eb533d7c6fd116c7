"""The exported page as files: what is in it, and what is refused."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import types
import urllib.request

import numpy as np
import pytest
from cases.generators import dense_generator, make_gan
from harness.commands import assert_mistake, invoke
from harness.pages import serving

from keras_gan import export, priors
from keras_gan._checks import InputError
from keras_gan.export import onnx_file
from keras_gan.export.errors import VerificationError
from keras_gan.export.web import onnxruntime_web, page_files
from keras_gan.export.web.latent_directions import principal_directions
from keras_gan.export.web.page_server import PageServer


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A folder that holds something in the place of onnxruntime-web."""
    folder = tmp_path / "library"
    folder.mkdir()
    for name in onnxruntime_web._SUMS:
        (folder / name).write_text(f"the content of {name}")
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        monkeypatch.setitem(onnxruntime_web._SUMS, name, digest)
    return folder


def test_the_folder_holds_all_that_the_page_needs(conditional_gan, library, tmp_path):
    folder = export.save_web_page(
        conditional_gan,
        tmp_path / "page",
        title="Ten <b>things</b>",
        directions=3,
        onnxruntime_web=library,
    )
    assert folder == tmp_path / "page"
    names = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert names >= {
        "index.html",
        "start.js",
        "explorer.js",
        "explorer.css",
        "generator.js",
        "latents.js",
        "png_text.js",
        "generator.json",
        "generator.onnx",
        "generator.onnx.json",
        "onnxruntime/LICENSE",
        "onnxruntime/ThirdPartyNotices.txt",
        "onnxruntime/ort.wasm.bundle.min.js",
        "onnxruntime/ort-wasm-simd-threaded.wasm",
    }
    assert export.verify(folder / "generator.onnx")
    content = json.loads((folder / "generator.json").read_text())
    assert content["title"] == "Ten <b>things</b>"
    assert (content["num_classes"], content["prior"]) == (10, "uniform")
    assert (content["image_shape"], content["value_range"]) == ([8, 8, 3], [0.0, 1.0])
    assert np.shape(content["directions"]) == (3, 5)


def test_the_page_names_nothing_outside_its_folder(conditional_gan, library, tmp_path):
    folder = export.save_web_page(
        conditional_gan, tmp_path / "page", onnxruntime_web=library
    )
    for path in (*folder.glob("*.html"), *folder.glob("*.js"), *folder.glob("*.css")):
        text = path.read_text(encoding="utf-8")
        assert "http://" not in text, path.name
        assert "https://" not in text, path.name
    policy = (folder / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy


def test_the_page_is_told_which_of_five_channels_it_shows(library, tmp_path):
    for channels, shown in ((4, ""), (5, "channels 1 to 3 of 5")):
        gan = make_gan(dense_generator((4, 3, channels)))
        folder = export.save_web_page(
            gan, tmp_path / str(channels), onnxruntime_web=library
        )
        content = json.loads((folder / "generator.json").read_text())
        assert content["shown"] == shown


def test_directions_are_those_that_change_the_images_most():
    """Of a linear map they are its right singular vectors, in their order."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(6, 40))
    linear = types.SimpleNamespace(
        latent_dim=6,
        num_classes=None,
        prior=priors.get("normal"),
        generate=lambda z, labels: (z @ matrix).reshape(-1, 5, 8, 1),
    )
    found = principal_directions(linear, 4)
    expected = np.linalg.svd(matrix.T)[2][:4]
    cosines = np.abs(np.sum(found * expected, axis=1))
    np.testing.assert_allclose(cosines, 1.0, atol=1e-5)
    assert found.dtype == np.float32
    assert np.all(found[range(4), np.argmax(np.abs(found), axis=1)] > 0)
    assert principal_directions(linear, 99).shape == (6, 6)


def test_directions_of_classes_are_asked_for_with_labels(conditional_onnx):
    generator = export.runtime.load(conditional_onnx)
    found = principal_directions(generator, 5)
    np.testing.assert_allclose(found @ found.T, np.eye(5), atol=1e-5)
    np.testing.assert_array_equal(found, principal_directions(generator, 5))


def test_an_earlier_page_alone_is_replaced(plain_gan, library, tmp_path):
    page = tmp_path / "page"
    page.mkdir()
    with pytest.raises(InputError, match="exists already and is no exported page"):
        export.save_web_page(plain_gan, page, onnxruntime_web=library)
    assert list(page.iterdir()) == []
    page.rmdir()
    for title in ("first", "second"):
        export.save_web_page(plain_gan, page, title=title, onnxruntime_web=library)
        assert json.loads((page / "generator.json").read_text())["title"] == title
        assert {path.name for path in tmp_path.iterdir()} == {"page", library.name}
    (page / "notes.txt").write_text("mine")
    # The command finds it before it looks for the run.
    result = invoke("export", "web", "no_run", page)
    assert result.exit_code == 2
    assert "notes.txt' is no part of a page" in result.stderr
    with pytest.raises(InputError, match=r"notes.txt' is no part of a page"):
        export.save_web_page(plain_gan, page, onnxruntime_web=library)
    assert (page / "notes.txt").read_text() == "mine"


def test_an_export_that_fails_leaves_nothing(plain_gan, library, tmp_path, monkeypatch):
    def fail(gan, path, **_):
        path.write_bytes(b"half")
        raise VerificationError(f"'{path}' was not written: it is off.")

    monkeypatch.setattr(onnx_file, "save_onnx", fail)
    with pytest.raises(VerificationError) as caught:
        export.save_web_page(plain_gan, tmp_path / "page", onnxruntime_web=library)
    assert f"'{tmp_path}/page/generator.onnx' was not written" in str(caught.value)
    assert list(tmp_path.iterdir()) == [library]


def test_points_have_no_page(points_gan, library, tmp_path):
    with pytest.raises(InputError, match="The page shows pictures"):
        export.save_web_page(points_gan, tmp_path / "page", onnxruntime_web=library)


@pytest.mark.parametrize("place", ["given", "cache"])
def test_missing_library_says_how_to_get_it(plain_gan, tmp_path, monkeypatch, place):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    given = tmp_path / "nothing" if place == "given" else None
    with pytest.raises(InputError, match="npm pack onnxruntime-web@") as caught:
        export.save_web_page(plain_gan, tmp_path / "page", onnxruntime_web=given)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "page").exists()


def test_another_version_of_the_library_is_refused(library, tmp_path):
    with (library / "ort.wasm.bundle.min.mjs").open("a") as file:
        file.write("changed")
    with pytest.raises(InputError, match="its SHA-256 sum is another"):
        onnxruntime_web.find(library)
    archive = tmp_path / "onnxruntime-web.tgz"
    archive.write_bytes(b"not the package")
    with pytest.raises(InputError, match="its SHA-512 sum is another"):
        onnxruntime_web.find(archive)


def test_the_server_serves_the_folder_alone_with_the_right_types(tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    types_of = {
        "index.html": "text/html",
        "a.js": "text/javascript",
        "a.wasm": "application/wasm",
        "a.css": "text/css",
        "a.onnx": "application/octet-stream",
    }
    for name in types_of:
        (folder / name).write_text(name)
    (tmp_path / "secret").write_text("secret")
    with serving(folder) as server:
        assert server.url.startswith("http://127.0.0.1:")
        for name, expected in types_of.items():
            with urllib.request.urlopen(server.url + name) as response:
                assert response.headers["Content-Type"] == expected
                assert response.read().decode() == name
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(server.url + "../secret")
        with pytest.raises(InputError, match="give another, or 0"):
            PageServer(folder, server.server_address[1])


@pytest.fixture
def served(tmp_path):
    """A page with all that a stranger could put into it, and its server."""
    folder = tmp_path / "page"
    (folder / "inner").mkdir(parents=True)
    (folder / "index.html").write_text("index")
    (folder / "link.html").symlink_to("index.html")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "index.html").write_text("secret")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "out.html").symlink_to(tmp_path / "secret" / "index.html")
    (folder / "inner" / "index.html").symlink_to(tmp_path / "secret" / "index.html")
    (folder / "loop").symlink_to("loop")
    (tmp_path / "page-beside").mkdir()
    (tmp_path / "page-beside" / "a.txt").write_text("secret")
    (folder / "beside").symlink_to(tmp_path / "page-beside")
    os.mkfifo(folder / "pipe")
    with serving(folder) as server:
        yield server


def answer_of(server, path, method="GET", **headers):
    """The status and the body of a request, with the header Host as given."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], 5)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in headers.items():
            for each in value:
                connection.putheader(name, each)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    (
        "/out/index.html /out/ /out.html /inner/ /inner /beside/a.txt /loop /pipe /a/b "
        "//etc/passwd /out/../../secret/index.html /../page-beside/a.txt /%00 "
        "/..%2fsecret/index.html /" + "x" * 5000
    ).split(),
    ids=lambda path: path[:30],
)
def test_the_server_follows_no_link_out_of_its_folder(served, path):
    host = [f"127.0.0.1:{served.server_address[1]}"]
    status, body = answer_of(served, path, Host=host)
    assert status == 404
    assert b"secret" not in body
    assert answer_of(served, "/link.html", Host=host) == (200, b"index")


def test_the_server_answers_to_its_own_name_alone(served):
    port = served.server_address[1]
    for host in ("127.0.0.1", "localhost", "LOCALHOST"):
        status, body = answer_of(served, "/", Host=[f"{host}:{port}"])
        assert (status, body) == (200, b"index")
    wrong = [
        ["evil.example"],
        [f"evil.example:{port}"],
        [f"127.0.0.1.evil.example:{port}"],
        [f"localhost:{port + 1}"],
        ["localhost"],
        [""],
        [],
        [f"localhost:{port}", "evil.example"],
    ]
    for hosts in wrong:
        status, body = answer_of(served, "/index.html", Host=hosts)
        assert status == 421
        assert b"index" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT"])
def test_the_server_only_reads(served, method):
    host = [f"localhost:{served.server_address[1]}"]
    assert answer_of(served, "/", method, Host=host)[0] == 405
    assert answer_of(served, "/", "HEAD", Host=host) == (200, b"")


def test_a_page_whose_description_is_a_pipe_or_too_deep_is_no_page(tmp_path):
    os.mkfifo(tmp_path / "generator.json")
    with pytest.raises(InputError, match="it is no exported page"):
        page_files.check(tmp_path)
    (tmp_path / "generator.json").unlink()
    (tmp_path / "generator.json").write_text("[" * 10**6)
    with pytest.raises(InputError, match="it is no exported page"):
        page_files.check(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("run", "Name the folder to write"),
        ("nothing --serve", "it is no exported page"),
        ("nothing page --onnxruntime-web no", "npm pack onnxruntime-web@"),
    ],
)
def test_the_command_refuses_in_one_line(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_mistake(f"export web {arguments}", message, tmp_path)


def test_the_command_serves_a_page_until_it_is_interrupted(
    conditional_gan, library, tmp_path
):
    folder = export.save_web_page(
        conditional_gan, tmp_path / "page", onnxruntime_web=library
    )
    command = ["export", "web", str(folder), "--serve", "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "keras_gan", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        url = process.stdout.readline().split()[0]
        with urllib.request.urlopen(url) as response:
            assert b"Latent explorer" in response.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
