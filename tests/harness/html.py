"""Finds what keeps people, readers of screens among them, from using a page."""

import itertools
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

HEADINGS = [f"h{level}" for level in range(1, 7)]


class Page(HTMLParser):
    """What the tests ask of an HTML page.

    Attributes:
        language: The `lang` of the page; None if it has none.
        tags: The names and the attributes of all elements, in their order.
        texts: The text of each heading and of the title, beside its name.
    """

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self._open = [], [], []
        self.feed(text)
        self.language = next((a.get("lang") for t, a in self.tags if t == "html"), None)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("title", *HEADINGS):
            self._open.append([tag, ""])

    def handle_data(self, data):
        for opened in self._open:
            opened[1] += data

    def handle_endtag(self, tag):
        if self._open and self._open[-1][0] == tag:
            self.texts.append(tuple(self._open.pop()))

    def ids(self):
        return [a["id"] for _, a in self.tags if a.get("id")]

    def links(self):
        """Returns the addresses of links and of all that the page embeds."""
        named = [a.get("href") or a.get("src") for _, a in self.tags]
        return [unquote(address) for address in named if address]


def faults(text):
    """Returns what is wrong with a page, a sentence for each fault."""
    page = Page(text)
    found = [] if page.language else ["it does not say its language"]
    if not any(tag == "title" and words.strip() for tag, words in page.texts):
        found.append("it has no title")
    found += [f"a {tag} is empty" for tag, words in page.texts if not words.strip()]
    levels = [int(tag[1]) for tag, _ in page.texts if tag in HEADINGS]
    if levels.count(1) != 1:
        found.append(f"it has {levels.count(1)} headings h1")
    for above, below in itertools.pairwise(levels):
        if below > above + 1:
            found.append(f"h{below} follows h{above}")
    for tag, attributes in page.tags:
        words = (attributes.get("alt") or "").strip()
        # Sphinx takes the name of the file where there is no text.
        if tag == "img" and (not words or "_images/" in words):
            found.append(f"no alt text: {attributes.get('src', '')[:60]}")
    ids = page.ids()
    found += [f"id {each!r} occurs twice" for each in set(ids) if ids.count(each) > 1]
    return found


def broken_links(folder):
    """Returns the links inside a folder of pages that lead nowhere, with their page."""
    pages = {path: Page(path.read_text("utf-8")) for path in folder.rglob("*.html")}
    anchors = {path: set(page.ids()) for path, page in pages.items()}
    found = []
    for path, page in pages.items():
        for address in set(page.links()):
            link = urlsplit(address)
            if link.scheme or link.netloc:
                continue
            target = (path.parent / link.path).resolve() if link.path else path
            known = anchors.get(target, {link.fragment})
            if not target.exists() or (link.fragment and link.fragment not in known):
                found.append(f"{Path(path).relative_to(folder)}: {address}")
    return sorted(found)


def contrast(one, other):
    """Returns the contrast of two colours `#rgb` or `#rrggbb`, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour):
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
