"""Says of each page, and of links in the other language, which language they are in.

A reader of screens pronounces them by it. Figures of notebooks get an alternative text.
"""

import html
import posixpath
import re

_KOREAN = re.compile(r"[\uac00-\ud7a3]")
_LINK = re.compile(r"<a (?=[^>]*>([^<]+)</a>)")
# Sphinx takes the name of the file where a figure has no text.
_UNNAMED = re.compile(r'(<img [^>]*?)alt="[^"]*_images/[^"]*"')
_FIGURE = {"en": "Figure drawn by the code above", "ko": "위의 코드가 그린 그림"}
# What the code writes beside axes and curves.
_LABEL = re.compile(r'(?:label|title)\s*[=(]\s*f?"([^"{}]+)"')


def setup(app):
    # After the theme has made the navigation.
    app.connect("html-page-context", mark, priority=900)
    return {"parallel_read_safe": True}


def mark(app, page, template, context, doctree):
    language = "ko" if page.startswith("course/ko/") else "en"
    context["language"] = language
    for turn in ("prev", "next"):
        link = (context.get(turn) or {}).get("link", "")
        if ("/ko/" in posixpath.join(page, "..", link)) != (language == "ko"):
            context[turn] = None  # the page before the Korean course is no Korean one
    for part in ("body", "furo_navigation_tree", "toc"):
        if part in context:
            context[part] = with_languages(context[part], language)
    if page.startswith("course/") and "body" in context:
        context["body"] = with_words(context["body"], language)


def with_languages(text, language):
    """Returns HTML whose links in the other language say so."""

    def link(match):
        spoken = "ko" if _KOREAN.search(match[1]) else "en"
        is_foreign = spoken != language and re.search(r"[^\W\d_]{2}", match[1])
        return f'<a lang="{spoken}" ' if is_foreign else match[0]

    return _LINK.sub(link, text)


def with_words(text, language):
    """Returns HTML whose figures have the words that the code above them draws."""

    def figure(match):
        before = text[text.rfind("cell_input", 0, match.start()) : match.start()]
        words = ", ".join([_FIGURE[language], *labels_in(before)])
        return f'{match[1]}alt="{html.escape(words)}"'

    return _UNNAMED.sub(figure, text)


def labels_in(cell):
    """Returns what the code of a cell, given as HTML, writes into its figure."""
    code = html.unescape(re.sub(r"<[^>]*>", "", cell))
    return dict.fromkeys(_LABEL.findall(code))
