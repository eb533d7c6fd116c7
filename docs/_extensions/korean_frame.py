"""Korean words in the frame of the Korean pages, and formulas with their particles."""

import re

from sphinx.locale import get_translation

WORDS = {
    "Back to top": "맨 위로",
    "Next": "다음",
    "On this page": "이 쪽의 내용",
    "Previous": "이전",
    "Search": "검색",
    "Skip to content": "본문으로 건너뛰기",
}
# A formula with what belongs to it on both sides, such as its particle.
_FORMULA = re.compile(
    r"[(\[“\"]*(?:&quot;)?"
    r'<span class="math notranslate nohighlight">\\\((?:(?!</span>).)*</span>'
    r"(?:[^\s<(&]|&quot;){1,8}",
    re.DOTALL,
)


def setup(app):
    app.connect("html-page-context", frame, priority=950)
    return {"parallel_read_safe": True}


def frame(app, page, template, context, doctree):
    """Translates the words of the theme, which asks `gettext` for them."""
    if context.get("language") != "ko":
        return
    plain = get_translation("sphinx")
    context["gettext"] = lambda words: WORDS.get(words.strip()) or plain(words)
    for part in ("body", "toc"):
        if part in context:
            context[part] = with_particles(context[part])


def with_particles(text):
    """Returns HTML in which no line ends between a formula and its particle."""
    return _FORMULA.sub(r'<span class="together">\g<0></span>', text)
