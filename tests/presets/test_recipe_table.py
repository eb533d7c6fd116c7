"""The table of a recipe's fields in docs/training.md is that of the class.

`python tests/presets/test_recipe_table.py` writes it anew.
"""

import dataclasses
import inspect
import json
import re
from pathlib import Path

from keras_gan.presets import Recipe

PAGE = Path(__file__).parents[2] / "docs" / "training.md"
TABLE = re.compile(r"\| field \| type \| default \| meaning \|\n(?:\|.*\n)+")
# The types of Python, as a recipe's JSON has them.
TYPES = {
    "str": "text",
    "int": "integer",
    "float": "number",
    "bool": "true or false",
    "None": "null",
}


def json_type(annotation):
    """Returns the words for a type."""
    words = []
    for part in re.split(r" \| (?![^\[]*\])", annotation):
        if part.startswith("Mapping"):
            words.append("mapping")
        elif part.startswith("tuple[Mapping"):
            words.append("list of mappings")
        elif part.startswith("tuple"):
            words.append("pair")
        else:
            words.append(TYPES[part])
    return ", ".join(words)


def meanings():
    """Returns the first sentence on each field in the docstring of `Recipe`."""
    text = inspect.getdoc(Recipe).partition("Attributes:\n")[2].partition("\n\n")[0]
    entries = re.split(r"\n? {4}(?=\w+: )", text)
    found = dict(entry.split(": ", 1) for entry in filter(None, entries))
    sentences = {
        name: re.split(r"(?<=\.)\s+(?=[A-Z])", " ".join(words.split()))[0]
        for name, words in found.items()
    }
    return {name: said.replace("None", "null") for name, said in sentences.items()}


def default_of(field):
    if field.default is not dataclasses.MISSING:
        return f"`{json.dumps(field.default)}`"
    return "–" if field.default_factory is dataclasses.MISSING else "`{}`"


def table():
    found = meanings()
    rows = [
        f"| `{field.name}` | {json_type(field.type)} | {default_of(field)} "
        f"| {found[field.name]} |\n"
        for field in dataclasses.fields(Recipe)
    ]
    return "".join(
        ["| field | type | default | meaning |\n", "|---|---|---|---|\n", *rows]
    )


def test_the_page_has_the_fields_of_a_recipe_and_their_defaults():
    shown = TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert shown is not None
    assert shown[0] == table()


if __name__ == "__main__":
    old = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: table(), old), encoding="utf-8")
