"""The rooms and floors of the package, as CONTRIBUTING.md describes them."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import keras_gan

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import draw_imports  # noqa: E402
import import_floors  # noqa: E402

PLACES = import_floors.read_places()
IMPORTS = import_floors.read_imports(PLACES)
TREES = {
    place: ast.parse(path.read_text(encoding="utf-8")) for place, path in PLACES.items()
}
ROOMS = import_floors.rooms_in((), IMPORTS)
RIDDLE = re.compile(r"(What|How|Which|Whether|Where|Who)\b")


def functions_of(tree):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def floor_of(place):
    floors = import_floors.floors_of(ROOMS)
    return next(n for n, floor in enumerate(floors, start=1) if place[0] in floor)


def test_no_rooms_import_each_other_in_a_circle():
    assert not import_floors.circles_of(IMPORTS)


def test_the_house_is_small():
    assert len(ROOMS) <= 36
    assert len(import_floors.floors_of(ROOMS)) <= 10
    assert len([place for place in PLACES if len(place) == 1]) <= 10


def test_contributing_shows_the_floors():
    text = import_floors.CONTRIBUTING.read_text(encoding="utf-8")
    floors = import_floors.text_of(import_floors.floors_of(ROOMS))
    assert import_floors.FLOORS_BLOCK.findall(text) == [floors], (
        "run: python scripts/draw_imports.py --update"
    )
    picture = import_floors.PICTURE.relative_to(ROOT)
    assert f"]({picture.as_posix()})" in text


def test_the_picture_shows_the_floors_and_the_arrows():
    with Image.open(import_floors.PICTURE) as picture:
        shown = picture.text["Description"]
    assert shown == import_floors.description_of(ROOMS), (
        "run: python scripts/draw_imports.py --update"
    )


@pytest.fixture
def toy_imports(tmp_path):
    """From modules by name to the imports between them, as read from files."""

    def read(modules):
        for name, code in modules.items():
            path = tmp_path / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(code, encoding="utf-8")
        places = import_floors.read_places({("keras_gan",): tmp_path})
        return import_floors.read_imports(places)

    return read


def test_a_room_stands_one_floor_above_the_highest_it_imports(toy_imports):
    imports = toy_imports(
        {
            "top": "import keras_gan.middle.first\nfrom keras_gan import base",
            "middle/__init__": "from keras_gan.middle.first import name",
            "middle/first": "import numpy\nfrom .. import base",
            "base": "",
        }
    )
    rooms = import_floors.rooms_in((), imports)
    assert import_floors.floors_of(rooms) == [["base"], ["middle"], ["top"]]
    assert import_floors.direct_imports(rooms)["top"] == {"middle"}
    inside = import_floors.rooms_in(("middle",), imports)
    assert import_floors.floors_of(inside) == [["first"], ["__init__"]]


@pytest.mark.parametrize(
    "back",
    [
        "from keras_gan.room import first",
        "def function():\n    from keras_gan.room.first import name",
        "if TYPE_CHECKING:\n    import keras_gan.room.first",
        "from .first import name",
    ],
)
def test_a_circle_is_found_wherever_its_imports_stand(toy_imports, back):
    imports = toy_imports(
        {"room/first": "import keras_gan.room.second", "room/second": back}
    )
    circle, *witnesses = import_floors.circles_of(imports)
    assert circle == "keras_gan/room: first -> second -> first"
    assert witnesses == [
        "    room.first imports room.second",
        "    room.second imports room.first",
    ]


def test_any_folder_can_be_drawn(tmp_path):
    folder = ("layers",)
    rooms = import_floors.rooms_in(folder, IMPORTS)
    lines = import_floors.lines_in(folder, PLACES)
    draw_imports.draw(rooms, lines, "layers", tmp_path / "layers.png")
    with Image.open(tmp_path / "layers.png") as picture:
        assert picture.text["Description"] == import_floors.description_of(rooms)
        assert picture.width > 500


def test_private_modules_are_imported_inside_their_folder_only():
    outside = [
        f"{'.'.join(place)} imports {'.'.join(imported)}"
        for place, targets in IMPORTS.items()
        for imported in targets
        for depth, name in enumerate(imported)
        # Modules at the root are helpers of the whole package.
        if depth and name.startswith("_") and not name.startswith("__")
        if place[:depth] != imported[:depth]
    ]
    assert not outside


def test_names_in_strings_point_down_but_for_the_registration_of_classes():
    """`_registration` imports, by name, folders above it as soon as Keras is there."""
    upward = {
        (place, node.value)
        for place, tree in TREES.items()
        if place != ("_registration",)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"keras_gan(\.\w+)+", node.value)
        for target in [import_floors.place_of(node.value, PLACES)]
        if len(target) > 1 and target[0] != place[0]
        if floor_of(target) >= floor_of(place)
    }
    assert not upward


def test_nobody_imports_the_folder_name_export():
    for path in [*PLACES.values(), *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert all(a.name.split(".")[0] != "export" for a in node.names), path
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                assert node.module.split(".")[0] != "export", path


def test_files_have_at_most_400_lines():
    lengths = {
        ".".join(place): len(path.read_text(encoding="utf-8").splitlines())
        for place, path in PLACES.items()
    }
    assert not {place: length for place, length in lengths.items() if length > 400}


def test_functions_have_at_most_40_lines_below_signature_and_docstring():
    long = {}
    for place, tree in TREES.items():
        for function in functions_of(tree):
            code = function.body
            if ast.get_docstring(function) is not None:
                code = code[1:]
            length = function.end_lineno - code[0].lineno + 1 if code else 0
            if length > 40:
                long[".".join((*place, function.name))] = length
    assert not long


def test_docstrings_begin_with_a_verb_or_say_what_the_thing_is():
    riddles = []
    for place, tree in TREES.items():
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        for node in [tree, *classes, *functions_of(tree)]:
            first = (ast.get_docstring(node) or "").split("\n")[0]
            if RIDDLE.match(first):
                riddles.append(f"{'.'.join(place)}: {first}")
    assert not riddles, "\n".join([f"{len(riddles)} docstrings", *riddles])


def test_every_public_name_loads():
    for name in keras_gan.__all__:
        assert getattr(keras_gan, name) is not None
    assert set(dir(keras_gan)) == set(keras_gan.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        keras_gan.nothing  # noqa: B018


def run_python(program):
    subprocess.run([sys.executable, "-c", program], check=True)


def test_light_modules_import_neither_tensorflow_nor_keras():
    run_python(
        """
import importlib, sys
for name in ["", ".cli", ".data", ".export", ".export.client", ".export.runtime",
             ".metrics", ".plotting", ".presets", ".priors", ".runs.comparison",
             ".runs.publishing", ".theory"]:
    importlib.import_module("keras_gan" + name)
    loaded = {"tensorflow", "keras", "matplotlib"} & set(sys.modules)
    if loaded:
        sys.exit(f"keras_gan{name} has loaded {loaded}")
"""
    )


@pytest.mark.parametrize(
    "first",
    [
        # Keras is there before the package; `import tensorflow` brings it too.
        pytest.param("keras", marks=pytest.mark.slow),
        # TensorFlow imports Keras near its own end, so the hook acts inside TensorFlow.
        "keras_gan, tensorflow",
        # Keras is imported by a folder that registers classes, alone among its kind,
        pytest.param("keras_gan.layers", marks=pytest.mark.slow),
        # by one that imports the others of its kind, which are whole before it is,
        pytest.param("keras_gan.training", marks=pytest.mark.slow),
        # and by one that registers no classes.
        pytest.param("keras_gan.callbacks", marks=pytest.mark.slow),
    ],
)
def test_classes_are_registered_in_any_order_of_imports(first):
    run_python(
        f"""
import {first}
import keras
import keras_gan
for name in ["GAN", "Maxout", "MomentumSGD"]:
    assert keras.saving.get_registered_object("keras_gan>" + name) is not None, name
"""
    )
