"""A page server and a model card show a stranger's names, and nothing else."""

import http.client

import markdown_it
import pytest
from harness.pages import serving
from harness.properties import QUICK
from hypothesis import given
from hypothesis import strategies as st

from keras_gan._checks import one_line, printable, without_passwords
from keras_gan.pages.template import _Code, _for_html, _for_markdown

SIGNS = st.text(alphabet="<>&`[](){}!|\\#~*_-=+:/@\"' \t\n\r\x1b\x00\u202eaé1.")
PARTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "out",
        "in",
        "pipe",
        "%2e%2e",
        "%2f",
        "%00",
        "secret",
        "\\",
        "é",
        "?",
    ]
)


@QUICK
@given(SIGNS | st.text())
def test_any_text_is_one_printable_line(text):
    assert printable(text).isprintable()
    line = one_line(text, None)
    assert line.isprintable()
    assert one_line(line, None) == line
    assert "sesame" not in without_passwords(f"{text} http://a:sesame@b/{text}")


@QUICK
@given(SIGNS | st.text())
def test_any_text_in_markdown_is_text(text):
    reader = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table")
    shown = _for_markdown(text)
    code = _for_markdown(_Code(text))
    for line in (shown, f"`{code}` {shown}", f"| {shown} |\n|---|\n| {shown} |"):
        tokens = reader.parse(line)
        kinds = {t.type for token in tokens for t in (token, *(token.children or ()))}
        wrong = {"html_inline", "html_block", "link_open", "image", "heading_open"}
        assert not kinds & (wrong | {"fence", "blockquote_open"})
    assert all(part.isprintable() for part in _for_html(text).split("\n"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    place = tmp_path_factory.mktemp("place")
    folder = place / "page"
    (folder / "in").mkdir(parents=True)
    for path in (folder / "index.html", folder / "in" / "index.html"):
        path.write_text("page")
    (place / "secret").mkdir()
    (place / "secret" / "index.html").write_text("secret")
    (folder / "out").symlink_to(place)
    with serving(folder) as server:
        yield server


@QUICK
@given(
    st.lists(PARTS, max_size=6),
    st.sampled_from(["GET", "HEAD", "POST", "PROPFIND"]),
    st.none()
    | st.sampled_from(["evil.example", "[::1]", "127.0.0.1", "localhost.", ""]),
)
def test_any_request_is_answered_with_the_page_or_an_error(page, parts, method, host):
    port = page.server_address[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        path = "/" + "/".join(parts).replace("é", "%C3%A9")
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", f"localhost:{port}" if host is None else host)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    assert response.status in (200, 404, 405, 421)
    assert b"secret" not in body
    if response.status == 200:
        assert host is None
        assert body in (b"page", b"")
