"""Lets pages link to files outside of docs/ as they do in the repository.

`](../CHANGELOG.md)` becomes a link to the page that includes the file, and a file of
examples a download.
"""

import re
from pathlib import Path

# Files of the repository that are pages of the site.
PAGES = {"README": "start", "CHANGELOG": "changes", "CONTRIBUTING": "contributing"}
_PAGE = re.compile(r"\]\(\.\./(README|CHANGELOG|CONTRIBUTING)\.md(#[^)]*)?\)")
_FILE = re.compile(r"\[([^\]]*)\]\((\.\./examples/[^)]*)\)")


def setup(app):
    app.connect("source-read", rewrite)
    app.connect("include-read", rewrite_included)
    return {"parallel_read_safe": True}


def rewrite(app, page, source):
    folder = Path(app.srcdir, page).parent
    source[0] = rewritten(source[0], folder)


def rewrite_included(app, path, page, source):
    """Links in a file of the root begin there, not in docs/."""
    source[0] = source[0].replace("](docs/", "](").replace('src="docs/', 'src="')
    source[0] = source[0].replace("](CHANGELOG.md", "](../CHANGELOG.md")
    source[0] = source[0].replace("](CONTRIBUTING.md", "](../CONTRIBUTING.md")
    source[0] = source[0].replace("](examples/", "](../examples/")
    for file in ("CITATION.cff", "LICENSE", "keras_gan/"):
        source[0] = source[0].replace(f"]({file}", f"](path:../{file}")
    rewrite(app, page, source)


def rewritten(text, folder):
    text = _PAGE.sub(lambda m: f"]({PAGES[m[1]]}.md{m[2] or ''})", text)

    def link(match):
        words, target = match[1], match[2]
        is_file = (folder / target).is_file()
        return f"[{words}](path:{target})" if is_file else words

    return _FILE.sub(link, text)
