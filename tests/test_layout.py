"""The floors of the package: imports point down, and the public surface is meant."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import keras_gan
from keras_gan._registration import MODULES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "keras_gan"

FLOORS = {
    1: {
        "_checks",
        "_data_order",
        "_cores",
        "_files",
        "_keras_private",
        "_pages",
        "_global_batch",
        "_great_circle",
        "_philox",
        "_registration",
        "_requests",
        "_safety",
        "_typing",
    }
    | {"_version", "priors"},
    2: {"augmentation", "losses", "layers", "data", "metrics", "plotting", "theory"},
    3: {"architectures"},
    4: {"training", "evaluation"},
    5: {"callbacks", "export"},
    6: {"presets", "experiment", "convergence", "cli", "__main__"}
    | {
        "_bench_command",
        "_bench_worker",
        "_benchmark",
        "_building",
        "_command_line",
        "_comparison",
        "_evaluate_command",
        "_evaluators",
        "_gallery",
        "_generators",
        "_inspect_command",
        "_known_modes",
        "_inspection",
        "_image_files",
        "_observation",
        "_page_server",
        "_picture_commands",
        "_provenance",
        "_quiet",
        "_reference_data",
        "_report",
        "_run_folder",
        "_run_pictures",
        "_strategies",
        "_theory_command",
        "_theory_pictures",
        "_train_command",
        "_watchers",
        "_web_command",
    },
}
FLOOR_OF = {unit: floor for floor, units in FLOORS.items() for unit in units}
# Helpers build on helpers, and the top floor is a chain: cli -> experiment -> presets.
SIBLINGS_ALLOWED = {1, 6}

FILES = sorted(
    [path for path in PACKAGE.rglob("*.py") if "export" not in path.parts]
    + list((ROOT / "export").rglob("*.py"))
)


def unit_of(path):
    if path.is_relative_to(ROOT / "export"):
        return "export"
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_units(tree):
    """The units of keras_gan that a module imports anywhere, functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "keras_gan" and len(parts) > 1:
                yield parts[1]


def test_every_unit_has_a_floor():
    units = {unit_of(path) for path in FILES} - {"__init__"}
    assert units == set(FLOOR_OF)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    unit = unit_of(path)
    if unit == "__init__":
        return
    floor = FLOOR_OF[unit]
    for imported in imported_units(ast.parse(path.read_text(encoding="utf-8"))):
        below = FLOOR_OF.get(imported, 1) < floor
        sibling_allowed = floor in SIBLINGS_ALLOWED and FLOOR_OF[imported] == floor
        assert imported == unit or below or sibling_allowed, (
            f"{path.name} of {unit} (floor {floor}) imports {imported}"
        )


def test_nobody_imports_the_folder_name_export():
    for path in [*FILES, *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert all(a.name.split(".")[0] != "export" for a in node.names), path
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                assert node.module.split(".")[0] != "export", path


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_public_name_loads():
    for name in keras_gan.__all__:
        assert getattr(keras_gan, name) is not None
    assert set(dir(keras_gan)) == set(keras_gan.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        keras_gan.nothing  # noqa: B018


@pytest.mark.parametrize(
    "module",
    [
        "keras_gan",
        "keras_gan.cli",
        "keras_gan.data",
        "keras_gan.export",
        "keras_gan.export.client",
        "keras_gan.export.runtime",
        "keras_gan.metrics",
        "keras_gan.plotting",
        "keras_gan.presets",
        "keras_gan.priors",
        "keras_gan.theory",
    ],
)
def test_light_modules_import_neither_tensorflow_nor_keras(module):
    program = (
        f"import sys, {module}; "
        "loaded = {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules); "
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "first",
    [
        "keras",
        "tensorflow",
        "keras_gan, tensorflow",
        *MODULES,
        "keras_gan.architectures",
        "keras_gan.callbacks",
    ],
)
def test_classes_are_registered_in_any_order_of_imports(first):
    program = (
        f"import {first}; import keras_gan; import keras; "
        "assert keras.saving.get_registered_object('keras_gan>GAN') is not None; "
        "assert keras.saving.get_registered_object('keras_gan>Maxout') is not None; "
        "assert keras.saving.get_registered_object('keras_gan>MomentumSGD')"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
