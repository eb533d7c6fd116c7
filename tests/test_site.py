"""The documentation site is built without a warning, and knows every public name."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from harness.browser import open_browser
from harness.html import Page, broken_links, faults
from harness.pages import serving
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).parents[1]
REPOSITORY = "someone/somewhere"
CELL = re.compile(
    r"^```\{code-cell\} ipython3\n(.*?)\n?^```$", re.MULTILINE | re.DOTALL
)
NAMES = json.loads((ROOT / "tests/public_names.json").read_text(encoding="utf-8"))


# Whether a search has shown its last excerpt; each takes a request.
EXCERPTS = """const all = [...document.querySelectorAll("ul.search li")];
  return all.length > 0 && all.every(each => each.querySelector("p.context"))"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, without the outputs of the notebooks, which test_course.py runs."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going"]
    options = ["-D", "nb_execution_mode=off", "-d", out / "trees"]
    options += ["-D", f"course_repository={REPOSITORY}"]
    built = subprocess.run(
        [*command, *options, ROOT / "docs", out / "html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return out / "html"


@pytest.mark.slow
def test_every_public_name_is_in_the_reference(site):
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        known = InventoryFile.load(file, "", lambda base, uri: uri)
    described = {name for kind in known for name in known[kind]}
    modules = {name for name, kind in NAMES["names"].items() if kind == "module"}
    modules |= {"keras_gan", "keras_gan.convergence"}
    wanted = {
        name
        for name in NAMES["names"]
        if name.rpartition(".")[0] in modules and not name.endswith("__version__")
    }
    assert len(wanted) > 150
    # It is the same class as `keras_gan.GAN`, to which its entry leads.
    assert wanted - described - modules == {"keras_gan.training.GAN"}


@pytest.mark.slow
def test_korean_words_are_found_with_any_particle_and_without_spaces(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    script = (site / "_static/language_data.js").read_text(encoding="utf-8")
    typed = ["생성자", "생성자를", "판별자는", "모드붕괴", "목적함수의", "generators"]
    program = f"""globalThis.window = globalThis; (0, eval)({json.dumps(script)});
    const stemmer = new window.Stemmer();
    console.log(JSON.stringify({json.dumps(typed)}.map((w) => stemmer.stemWord(w))));"""
    node = subprocess.run(
        ["node", "-"], input=program, capture_output=True, check=True, text=True
    )
    stems = json.loads(node.stdout)
    assert stems == ["생성자", "생성자", "판별자", "모드붕괴", "목적함수", "generat"]

    def chapters(stem):
        found = set()
        for terms in (index["terms"], index["titleterms"]):
            numbers = terms.get(stem, [])
            numbers = numbers if isinstance(numbers, list) else [numbers]
            found |= {index["docnames"][number] for number in numbers}
        return {page[10:12] for page in found if page.startswith("course/ko/")}

    assert chapters("생성자") >= {f"{number:02}" for number in range(1, 11)}
    for stem in ("판별자", "목적함수"):
        assert chapters(stem) >= {"04", "05", "08"}
    assert chapters("모드붕괴")


@pytest.mark.slow
def test_every_command_is_in_its_reference_with_its_options(site):
    assert (site / "reference/commands.html").is_file()
    # What that page was made of.
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    for command, options in NAMES["commands"].items():
        title = "# Command line" if command == "keras-gan" else f"# `{command}`\n"
        section = page.partition(title)[2]
        assert section, command
        for option in " ".join(options).split():
            assert not option.startswith("--") or option in section, (command, option)


def test_figures_of_notebooks_have_the_words_that_their_code_draws(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs/_extensions")
    from page_languages import with_words

    figure = '<img src="../_images/a.png" alt="../_images/a.png" />'
    cell = (
        '<div class="cell_input">axes.set(<b>xlabel</b>=<i>&quot;σ&quot;</i>, '
        "ylabel=&quot;a &lt; b&quot;)</div>"
    )
    given = f"{cell}{figure}<div class='cell_input'>grid()</div>{figure}"
    alts = [a["alt"] for t, a in Page(with_words(given, "en")).tags if t == "img"]
    plain = "Figure drawn by the code above"
    assert alts == [f"{plain}, σ, a < b", plain]
    named = '<img alt="a digit" src="../_images/a.png" />'
    assert with_words(named, "en") == named


def pages_of(site):
    """Returns the text of each page by its path, but for those that scripts fill."""
    return {
        str(path.relative_to(site)): path.read_text(encoding="utf-8")
        for path in site.rglob("*.html")
        if path.name not in ("search.html", "genindex.html", "py-modindex.html")
    }


@pytest.mark.slow
def test_every_page_can_be_read_by_everybody(site):
    pages = pages_of(site)
    assert len(pages) > 60
    assert {name: faults(text) for name, text in pages.items() if faults(text)} == {}
    assert broken_links(site) == []


@pytest.mark.slow
def test_pages_and_links_say_in_which_language_they_are(site):
    for name, text in pages_of(site).items():
        korean = name.startswith("course/ko/")
        assert Page(text).language == ("ko" if korean else "en"), name
        for tag in re.findall(r"<a ([^>]*)>[^<]*[\uac00-\ud7a3][^<]*</a>", text):
            assert korean or 'lang="ko"' in tag, (name, tag)
        frame = re.findall(r"placeholder=\"([^\"]+)|<span>(\w+)</span>", text)
        frame = {either or other for either, other in frame}
        ours, other = {"검색", "이전", "다음"}, {"Search", "Previous", "Next"}
        assert frame & (ours | other), name
        assert not frame & (other if korean else ours), name


@pytest.mark.slow
@pytest.mark.foreign
def test_results_of_a_korean_search_are_korean_and_without_tex(site, tmp_path):
    with serving(site) as server, open_browser(tmp_path) as browser:
        for typed, page in (
            ("젠슨", "확률분포"),
            ("기대값", "용어"),
            ("내시균형", "수렴"),
        ):
            browser.get(f"{server.url}search.html?q={typed}")
            WebDriverWait(browser, 30).until(lambda b: b.execute_script(EXCERPTS))
            results = browser.find_element("id", "search-results").text
            assert results.startswith("검색 결과")
            assert page in results
            assert "\\" not in results


def test_a_formula_stays_beside_its_particle(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs/_extensions")
    from korean_frame import with_particles

    formula = r'<span class="math notranslate nohighlight">\(p < 1\)</span>'
    for before, after in (("", "를"), ("(", "인 것)"), ("", ", ")):
        kept = f'<span class="together">{before}{formula}{after.split()[0]}</span>'
        made = with_particles(f"a {before}{formula}{after} b")
        assert made == f"a {kept}{after.removeprefix(after.split()[0])} b"
    alone = f"a {formula} b"
    assert with_particles(alone) == alone


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_badge_of_the_course_opens_its_first_chapter_in_colab(monkeypatch, language):
    pytest.importorskip("myst_nb")
    monkeypatch.syspath_prepend(ROOT / "docs/_extensions")
    from course_notebooks import add_links

    def made(repository):
        config = SimpleNamespace(course_repository=repository, course_branch="gh-pages")
        source = ["# The course\n\nTen chapters."]
        app = SimpleNamespace(config=config, srcdir=ROOT / "docs")
        add_links(app, f"course/{language}/index", source)
        return source[0]

    assert made("") == "# The course\n\nTen chapters."
    place = f"blob/gh-pages/course/{language}/01_distributions.ipynb"
    link, picture = Page(made(REPOSITORY)).links()
    assert link == f"https://colab.research.google.com/github/{REPOSITORY}/{place}"
    assert picture.endswith("/colab-badge.svg")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_chapter_is_a_notebook_to_download_or_to_open_in_colab(site, language):
    import nbformat

    chapters = sorted((ROOT / "docs/course" / language).glob("[0-9]*.md"))
    assert len(chapters) == 10
    for chapter in chapters:
        place = f"course/{language}/{chapter.stem}"
        links = Page((site / f"{place}.html").read_text(encoding="utf-8")).links()
        assert f"{chapter.stem}.ipynb" in links
        colab = "https://colab.research.google.com/github"
        assert f"{colab}/{REPOSITORY}/blob/gh-pages/{place}.ipynb" in links
        made = nbformat.read(site / f"{place}.ipynb", as_version=4)
        nbformat.validate(made)
        install, *cells = [c.source for c in made.cells if c.cell_type == "code"]
        assert REPOSITORY in install
        assert cells == CELL.findall(chapter.read_text(encoding="utf-8"))
        text = "\n".join(c.source for c in made.cells if c.cell_type == "markdown")
        assert ":::" not in text
        assert text.count("<details>") == text.count("</details>") > 0
        assert not re.findall(r"\]\((?!https?:)[^)]*\.md", text)


@pytest.mark.slow
def test_the_reference_shows_the_arguments_of_a_keras_class(site):
    page = (site / "reference/keras_gan.html").read_text(encoding="utf-8")
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert "GAN ( generator" in words
    assert "*args" not in words
