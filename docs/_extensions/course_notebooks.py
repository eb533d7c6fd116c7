"""Offers each chapter of the course as a notebook, to download or to open in Colab.

The first page of the course has a badge that opens the first chapter.

`course_repository` in conf.py names the repository on GitHub whose branch
`course_branch` holds the built site; without it there are no links to Colab.
"""

import posixpath
import re
from pathlib import Path

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook

CHAPTER = re.compile(r"course/(en|ko)/\d\d_\w+")
FIRST_PAGE = re.compile(r"course/(en|ko)/index")
COLAB = "https://colab.research.google.com"
WORDS = {
    "en": ("Download this chapter as a notebook", "Open it in Colab"),
    "ko": ("이 장을 노트북으로 내려받기", "Colab에서 열기"),
}
INSTALL = """\
# Where keras_gan is not installed, as in Colab, remove the sign "#" from the next line.
# %pip install -q git+https://github.com/{}"""
_TITLE = re.compile(r"^# .+$", re.MULTILINE)
_ANSWER = re.compile(
    r"^:::\{admonition\} ([^\n]+)\n:collapsible: closed\n(.*?)^:::$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)#]+\.md)(#[^)]*)?\)")


def setup(app):
    app.add_config_value("course_repository", "", "html")
    app.add_config_value("course_branch", "gh-pages", "html")
    app.connect("source-read", add_links)
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True}


def add_links(app, page, source):
    """Adds the links below the title of a chapter, or of the course."""
    links = []
    if chapter := CHAPTER.fullmatch(page):
        download, colab = WORDS[chapter[1]]
        file = f"{posixpath.basename(page)}.ipynb"
        links = [f'<a href="{file}" download>{download}</a>']
    elif course := FIRST_PAGE.fullmatch(page):
        first = min(Path(app.srcdir, posixpath.dirname(page)).glob("[0-9]*.md"))
        page = f"course/{course[1]}/{first.stem}"
        colab = (
            f'<img src="{COLAB}/assets/colab-badge.svg" alt="{WORDS[course[1]][1]}">'
        )
    else:
        return
    if repository := app.config.course_repository:
        place = f"{repository}/blob/{app.config.course_branch}/{page}.ipynb"
        links.append(f'<a href="{COLAB}/github/{place}">{colab}</a>')
    if links:
        text = f'\n\n<p class="notebook">{" · ".join(links)}</p>'
        source[0] = _TITLE.sub(lambda title: title[0] + text, source[0], count=1)


def write_notebooks(app, failure):
    """Writes the notebook of each chapter beside its page."""
    if failure is not None or app.builder.format != "html":
        return
    for page in filter(CHAPTER.fullmatch, app.env.found_docs):
        text = Path(app.env.doc2path(page)).read_text(encoding="utf-8")
        made = notebook(text, page, app.config.course_repository)
        nbformat.write(made, Path(app.outdir, f"{page}.ipynb"))


def notebook(text, page, repository):
    """Returns a chapter as a notebook without outputs.

    Args:
        text: The chapter.
        page: Its path in docs/, without the suffix.
        repository: OWNER/NAME on GitHub, to which links to other pages lead; if empty,
            of such links the words are left.
    """
    made = read_myst_markdown_notebook(text)
    for number, cell in enumerate(made.cells):
        # An id of a cell is random by default.
        cell.id = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.source = plain_markdown(cell.source, page, repository)
    if repository:
        install = nbformat.v4.new_code_cell(INSTALL.format(repository), id="install")
        made.cells.insert(1, install)
    return made


def plain_markdown(text, page, repository):
    """Returns MyST without what only Sphinx knows: folded parts, links to pages."""

    def link(match):
        if not repository:
            return match[1]
        place = posixpath.normpath(posixpath.join("docs", page, "..", match[2]))
        return f"[{match[1]}](https://github.com/{repository}/blob/HEAD/{place})"

    folded = r"<details>\n<summary>\1</summary>\n\2\n</details>"
    return _LINK.sub(link, _ANSWER.sub(folded, text))
