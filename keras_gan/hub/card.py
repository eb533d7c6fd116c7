"""Writes the card of a generator's repository: README.md with the hub's metadata."""

from __future__ import annotations

import re
from typing import Any

from keras_gan._checks import printable
from keras_gan.data.licences import source_name
from keras_gan.export import Provenance
from keras_gan.trained_generators.hub_client import hub_library

# Identifiers of licences that the hub knows and that fit data, pictures or software.
_LICENCES = """
    afl-3.0 agpl-3.0 apache-2.0 bsd bsd-2-clause bsd-3-clause bsl-1.0 c-uda cc
    cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0
    cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0
    cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0
    cdla-permissive-2.0 cdla-sharing-1.0 etalab-2.0 eupl-1.1 gfdl gpl gpl-2.0 gpl-3.0
    isc lgpl lgpl-2.1 lgpl-3.0 mit mpl-2.0 ncsa odbl odc-by ofl-1.1 openrail pddl
    unlicense wtfpl zlib
"""
# Datasets of the hub by the names of the same data in `data.load`.
_DATASETS = {
    "mnist_10k": "ylecun/mnist",
    "mnist": "ylecun/mnist",
    "fashion_mnist": "zalando-datasets/fashion_mnist",
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
}
TASK = "unconditional-image-generation"


def metadata(provenance: Provenance, num_classes: int | None) -> str:
    """Returns the metadata that a hub reads, as YAML between two lines of dashes.

    Args:
        provenance: The known facts about the training.
        num_classes: The number of classes; None for an unconditional generator.
    """
    dataset = _DATASETS.get(source_name(provenance.data))
    values: dict[str, Any] = {
        "library_name": "keras",
        "pipeline_tag": TASK,
        "tags": ["keras_gan", "gan", "image-generation"],
        **_licence(provenance.licence),
    }
    if num_classes is not None:
        values["tags"].append("class-conditional")
    if dataset is not None:
        values["datasets"] = [dataset]
    return f"---\n{hub_library().ModelCardData(**values).to_yaml()}\n---\n\n"


def _licence(licence: str | None) -> dict[str, str]:
    """Returns the keys that tell a licence; none if it is not known."""
    if licence is None:
        return {}
    identifier = licence.strip().lower()
    if identifier in _LICENCES.split():
        return {"license": identifier}
    name = re.sub(r"[^a-z0-9.]+", "-", printable(identifier)).strip("-")
    return {"license": "other", "license_name": name or "unknown"}
