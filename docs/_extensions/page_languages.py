"""Says of each page, and of words in another language, which language they are in.

A reader of screens pronounces them by it. Figures of notebooks get an alternative text.
"""

import re

_KOREAN = re.compile(r"[\uac00-\ud7a3]")
_LINK = re.compile(r"<a (?=[^>]*>([^<]+)</a>)")
# Sphinx takes the name of the file where a figure has no text.
_UNNAMED = re.compile(r'(<img [^>]*?)alt="[^"]*_images/[^"]*"')
_FIGURE = {
    "en": "Figure drawn by the code above; the text around it says what it shows",
    "ko": "위의 코드가 그린 그림. 앞뒤의 글이 무엇을 보여 주는지 설명합니다",
}


def setup(app):
    # After the theme has made the navigation.
    app.connect("html-page-context", mark, priority=900)
    return {"parallel_read_safe": True}


def mark(app, page, template, context, doctree):
    language = "ko" if page.startswith("course/ko/") else "en"
    context["language"] = language
    for part in ("body", "furo_navigation_tree", "toc"):
        if part in context:
            context[part] = marked(context[part], language)


def marked(html, language):
    """Returns HTML whose links in the other language say so."""

    def link(match):
        spoken = "ko" if _KOREAN.search(match[1]) else "en"
        foreign = spoken != language and re.search(r"[^\W\d_]{2}", match[1])
        return f'<a lang="{spoken}" ' if foreign else match[0]

    html = _UNNAMED.sub(rf'\1alt="{_FIGURE[language]}"', html)
    return _LINK.sub(link, html)
