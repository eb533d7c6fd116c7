"""The names of sources, and what importing the package costs."""

from types import ModuleType

import pytest
from harness.processes import run_python

from keras_gan import data
from keras_gan._checks import InputError


def test_the_public_surface_is_what_is_meant():
    public = {
        name
        for name, value in vars(data).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    classes = {"DataInfo", "DataSheet", "Mixture"}
    assert public == classes | {"data_sheet", "info", "licence", "load", "mixture"}


def test_licences_are_known_where_their_owners_name_one():
    for source in ("mnist_10k", "mnist", "mnist:3.0.1", "stacked:mnist"):
        assert data.licence(source) == "CC-BY-SA-3.0"
    for source in ("folder:mnist", "ring", "cifar10", object()):
        assert data.licence(source) is None


def test_importing_and_describing_digits_does_not_import_tensorflow():
    script = (
        "import sys; from keras_gan import data; data.info('mnist_10k');"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    assert run_python(script).strip() == "[]"


@pytest.mark.parametrize(
    ("source", "suggestion"),
    [
        ("mnist10k", "'mnist_10k'"),
        ("cifar_10", "'cifar10'"),
        ("foldr:some/where", "'folder:some/where'"),
    ],
)
def test_an_unknown_source_lists_what_is_possible_and_the_nearest(source, suggestion):
    match = f"'mnist_10k', .*'folder:PATH', .*got '{source}'. Did you mean {suggestion}"
    with pytest.raises(InputError, match=match):
        data.load(source, batch_size=2)


def test_a_name_like_nothing_gets_no_suggestion():
    with pytest.raises(InputError, match=r"got 'no/such thing!'\.$"):
        data.load("no/such thing!", batch_size=2)


@pytest.mark.parametrize("convert", [str, lambda path: path])
def test_a_bare_path_is_told_what_to_write(tmp_path, convert):
    with pytest.raises(InputError, match=f"is a path.*'folder:{tmp_path}'"):
        data.load(convert(tmp_path), batch_size=2)


@pytest.mark.parametrize("kind", ["folder", "idx", "npz"])
def test_a_kind_without_a_path_says_so(kind):
    with pytest.raises(InputError, match=f"lacks a path: '{kind}:PATH'"):
        data.load(f"{kind}:", batch_size=2)


def test_the_home_folder_can_be_written_short(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(InputError, match=f"{tmp_path}/faces: no such folder"):
        data.load("folder:~/faces", batch_size=2)
