"""A run whose discriminator wins says so once, with options of the command."""

import json
import sys
import warnings

import numpy as np
import pytest
from harness.commands import invoke

SGD = {"name": "sgd", "learning_rate": 0.1}


@pytest.fixture
def printed(monkeypatch):
    """Prints warnings as Python does where no test collects them."""

    def show(*warning, **_):
        sys.stderr.write(warnings.formatwarning(*warning[:4]))

    monkeypatch.setattr(warnings, "showwarning", show)


@pytest.mark.filterwarnings("always::UserWarning")
@pytest.mark.usefixtures("printed")
def test_a_run_that_the_discriminator_wins_is_told_once_in_options(
    tmp_path, monkeypatch
):
    """The generator stands still; training goes on, and resuming repeats nothing."""
    monkeypatch.chdir(tmp_path)
    images = np.random.default_rng(0).integers(0, 256, (800, 4, 4), dtype=np.uint8)
    np.savez("tiny.npz", images=images)
    recipe = {
        "architecture": "mlp",
        "architecture_options": {"generator_units": [4], "discriminator_units": [32]},
        "generator_optimizer": SGD | {"learning_rate": 0.0},
        "discriminator_optimizer": SGD,
        "data": "npz:tiny.npz",
        "latent_dim": 4,
        "jit_compile": False,
        "batch_size": 2,
        "epochs": 6,
        "loss": "minimax",
    }
    (tmp_path / "tiny.json").write_text(json.dumps(recipe))
    result = invoke("train", "--config", "tiny.json", "--out", "run")
    assert result.exit_code == 0
    (told,) = [x for x in result.stderr.splitlines() if "has won" in x]
    assert told.startswith("keras-gan: Epoch ")
    for setting in (
        "`--set discriminator_optimizer.learning_rate=1e-05`",
        """`--set 'penalties=[{"name":"R1","gamma":1.0}]'`""",
        """`--set 'augment={"name":"DiffAugment"}'`""",
        "`--set loss=non_saturating`",
    ):
        assert setting in told
    result = invoke("train", "--resume", "--out", "run", "--epochs", "7")
    assert result.exit_code == 0
    assert "has won" not in result.stderr
