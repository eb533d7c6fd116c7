"""The configuration of the documentation site; scripts/docs.sh builds it."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("_extensions")))

from keras_gan import __version__

project = "keras_gan"
author = "the keras_gan authors"
copyright = "the keras_gan authors; Apache License 2.0"
version = release = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "course_notebooks",
    "korean_search",
    "page_languages",
    "reference_pages",
    "repository_links",
]
# OWNER/NAME on GitHub, for links to Colab; its branch gh-pages holds the built site.
course_repository = os.environ.get("KERAS_GAN_REPOSITORY", "").removeprefix(
    "https://github.com/"
)

exclude_patterns = ["_extensions"]
suppress_warnings = ["mystnb.unknown_mime_type"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 80
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"keras_gan {release}"
html_static_path = ["images", "_static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
