"""The chapters of the course run, and have the same code in both languages."""

import re
from pathlib import Path

import pytest
from harness.processes import run_code

COURSE = Path(__file__).parents[1] / "docs/course"
CHAPTERS = sorted(path.name for path in (COURSE / "en").glob("[0-9]*.md"))
CELL = re.compile(r"^```\{code-cell\} ipython3\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"^\$\$\n(.*?)^\$\$", re.MULTILINE | re.DOTALL)


def text_of(language, chapter):
    return (COURSE / language / chapter).read_text(encoding="utf-8")


def test_there_are_ten_chapters_in_both_languages():
    assert len(CHAPTERS) == 10
    assert sorted(p.name for p in (COURSE / "ko").glob("[0-9]*.md")) == CHAPTERS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_both_languages_have_the_same_code_and_as_many_formulas(chapter):
    english, korean = (text_of(language, chapter) for language in ("en", "ko"))
    assert CELL.findall(english) == CELL.findall(korean)
    assert ANSWER.findall(english) == ANSWER.findall(korean)
    assert len(FORMULA.findall(english)) == len(FORMULA.findall(korean))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_and_so_do_the_answers(chapter, tmp_path):
    text = text_of("en", chapter)
    cells = CELL.findall(text)
    assert len(cells) > 3
    environment = {"MPLBACKEND": "Agg"}
    run_code("\n".join(cells), tmp_path, environment)
    for answer in ANSWER.findall(text):
        run_code(answer, tmp_path, environment)
