"""Tells which parts of a GAN a `.keras` file cannot hold, before a training."""

from __future__ import annotations

import json
import re
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

import keras

from keras_gan._checks import InputError, one_line

# Keras names the class so in its errors.
_CLASS = re.compile(r"of type <class '(?:[^']*\.)?(\w+)'>|(?:Object|schedule) '?(\w+)")


def warn_of_unsavable(gan: Any) -> None:
    """Warns once of all that a file of the GAN could not hold.

    A lambda can be written, but is code, which Keras does not load.

    Args:
        gan: A GAN that is being compiled.
    """
    faults = []
    for name, part in _parts(gan).items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            text, fault = written(name, part)
        # Keras warns of some lambdas, and marks others.
        if '"__lambda__"' in text or any("lambda" in str(w.message) for w in caught):
            fault = f"`{name}` holds a lambda, code that loading refuses"
        faults += [fault] if fault else []
    if faults:
        warnings.warn(_sentence(faults), stacklevel=5)


def check_savable(gan: Any) -> None:
    """Refuses a GAN with a part that Keras cannot write, before a file is touched.

    Raises:
        ValueError: If there is such a part.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they come again as Keras writes the file
        faults = [written(name, part)[1] for name, part in _parts(gan).items()]
    if any(faults):
        raise InputError(_sentence([fault for fault in faults if fault]))


def written_rules(gan: Any) -> dict[str, str]:
    """Returns the configs of the objects of `compile`, or their classes' names."""
    return {
        name: written(name, part)[0] or type(part).__name__
        for name, part in _rules(gan).items()
    }


def _parts(gan: Any) -> dict[str, Any]:
    """Returns the networks of a GAN, and the objects that `compile` was given."""
    parts = {"generator": gan.generator, "discriminator": gan.discriminator}
    return {**parts, **_rules(gan)} if gan.compiled else parts


def _rules(gan: Any) -> dict[str, Any]:
    return {
        "loss": gan.adversarial_loss,
        **{f"penalties[{i}]": part for i, part in enumerate(gan.penalties)},
        "augment": gan.augment,
        "generator_optimizer": gan.generator_optimizer,
        "discriminator_optimizer": gan.discriminator_optimizer,
    }


def written(name: str, part: Any) -> tuple[str, str | None]:
    """Returns the text of a part's config, and a clause that says why there is none."""
    named = isinstance(part, types.FunctionType) or hasattr(part, "get_config")
    if callable(part) and not named:
        # Keras would write the name of any callable, and find that of functions alone.
        return "", f"`{name}` ({type(part).__name__}) has no `get_config`"
    try:
        config: Any = keras.saving.serialize_keras_object(part)
        text = json.dumps(config)
    except Exception as error:  # Keras and a user's `get_config` raise any kind
        return "", f"`{name}` holds {_culprit(part, error)}"
    own = [type(part)] if hasattr(part, "get_config") else []
    for kind in (*own, *_classes_in(config)):
        if not hasattr(kind, "from_config"):
            return text, f"`{name}` holds {kind.__name__}, which has no `from_config`"
    return text, None


def _classes_in(config: Any) -> Iterator[type]:
    """Yields the classes that a config names, as far as the program has them."""
    if isinstance(config, dict):
        name = config.get("class_name")
        if isinstance(name, str) and "registered_name" in config:
            module = sys.modules.get(config.get("module") or "")
            found = keras.saving.get_registered_object(config["registered_name"])
            found = found or getattr(module, name, None)
            if isinstance(found, type):
                yield found
        config = config.values()
    elif not isinstance(config, list):
        return
    for inner in config:
        yield from _classes_in(inner)


def _culprit(part: Any, error: Exception) -> str:
    found = _CLASS.search(str(error))
    if found is None:
        return f"{type(part).__name__}, which cannot be written ({one_line(error)})"
    return f"{found[1] or found[2]}, which has no `get_config`"


def _sentence(faults: list[str]) -> str:
    return (
        "This GAN cannot be saved as a .keras file and loaded again: "
        f"{'; '.join(faults)}. Use named functions, and classes with a `get_config` "
        "and a `from_config`, which `losses.AdversarialLoss`, "
        "`losses.penalties.Penalty` and Keras's layers bring along, under "
        "`@keras.saving.register_keras_serializable()`. As it is, "
        "`callbacks.Checkpoint` and exports work, and "
        "`gan.generator.save_weights('NAME.weights.h5')` keeps the weights."
    )
