"""Lets the search find Korean nouns whatever particle follows them.

Sphinx's English search stays as it is. Words in Hangul lose their particle in the index
and in what a reader types. Two words in a row are found when they are typed as one.
"""

import json
import re
from pathlib import Path

import sphinx.search
from sphinx.search.en import SearchEnglish

MINIFIED = Path(sphinx.search.__file__).with_name("minified-js")

# The longer ones first: a word loses one of them, and keeps two syllables at least.
PARTICLES = """
으로부터 에서부터 이라고는 에서는 에서의 에서도 으로는 으로도 이라는 이라고 입니다
로부터 까지는 까지의 에서 으로 에게 에는 에도 라는 라고 이며 이고 이나 이란 까지
부터 처럼 마다 보다 만큼 하고 과는 과의 와는 와의 로는 들은 들을 들이 들의 은 는 이
가 을 를 의 에 와 과 로 도 만 나 들
"""
_ENDING = re.compile(f"^([가-힣]{{2,}}?)(?:{'|'.join(PARTICLES.split())})$")
_NEIGHBOURS = re.compile(r"(?=\b([가-힣]{2,}) ([가-힣]{2,})\b)")
# `Stemmer` is the name that Sphinx's script calls.
_SCRIPT = """
window.Stemmer = class {
  constructor() {
    this.english = new EnglishStemmer();
    this.ending = new RegExp(%s, "u");
  }
  stemWord(word) {
    const match = word.match(this.ending);
    return match ? match[1] : this.english.stemWord(word);
  }
};"""


class Search(SearchEnglish):
    """The search of a site in English with Korean pages."""

    js_stemmer_rawcode = ""
    js_stemmer_code = "\n".join(
        [
            (MINIFIED / "base-stemmer.js").read_text(encoding="utf-8"),
            (MINIFIED / "english-stemmer.js").read_text(encoding="utf-8"),
            _SCRIPT % json.dumps(_ENDING.pattern),
        ]
    )

    def split(self, input):
        """Returns the words, and neighbours in Hangul as one word too."""
        joined = ["".join(pair) for pair in _NEIGHBOURS.findall(input)]
        return [*super().split(input), *joined]

    def stem(self, word):
        """Returns the English stem, or a word in Hangul without its particle."""
        match = _ENDING.match(word)
        return match[1] if match else super().stem(word)


def setup(app):
    # The builder looks the language up by the code of `html_search_language`.
    sphinx.search.languages["en"] = Search
    return {"parallel_read_safe": True}
