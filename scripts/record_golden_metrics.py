"""Runs the metrics of other libraries on seeded features and records the results.

    python -m venv /tmp/golden
    /tmp/golden/bin/pip install torch-fidelity clean-fid prdc torchmetrics mpmath
    /tmp/golden/bin/python scripts/record_golden_metrics.py

Writes `tests/metrics/golden.json`; the tests compare keras_gan with this file. This
script imports nothing of keras_gan. For each case and metric the file holds:

- value: the reference. It is computed in high precision where the size allows that.
  Elsewhere it is the result of the libraries, which must then agree to 1e-6;
- source: the origin of the reference;
- given: the result of each library;
- off: the libraries that differ from the reference by more than 1e-6, with the reason.

On degenerate features the libraries behave like this:

- Fréchet: some eigenvalues of Σ₁Σ₂ should be zero and are not, because of rounding.
  Their square roots cause a difference of 3e-8 with fewer samples than dimensions, and
  of 2.6e-7 with N = 2 and D = 2,048. The libraries take complex square roots; NaN has
  not been seen.
- Kernel: for features around 10,000 half of the digits cancel; the difference is 4e-8.
- Precision and recall: torch-fidelity takes closed balls, as the paper does. prdc takes
  open balls, which makes a difference of 7 % where distances are equal. torch-fidelity
  averages in float32. prdc fails with k + 1 samples. Density and coverage take open
  balls, as their paper does.
"""

import argparse
import contextlib
import importlib.metadata
import io
import json
import sys
from pathlib import Path

import numpy as np
import prdc
import torch
from cleanfid import fid as cleanfid
from torch_fidelity import metric_fid, metric_isc, metric_kid, metric_prc
from torchmetrics.image import InceptionScore
from torchmetrics.image.fid import _compute_fid
from torchmetrics.image.kid import poly_mmd

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import golden_references  # noqa: E402
from cases import golden_metrics as cases  # noqa: E402

TOLERANCE = 1e-6
SMALL = golden_references.SMALL
LIBRARIES = [
    *("torch-fidelity", "clean-fid", "prdc", "torchmetrics"),
    *("torch", "mpmath", "numpy", "scipy", "scikit-learn"),
]
REASONS = {
    "frechet": "square roots of eigenvalues that are zero but for rounding",
    "kernel": "the kernel's digits cancel",
    "manifolds": "open balls where distances tie; or more than k + 1 samples wanted",
}


def moments(x):
    """Returns mean and covariance in float64, the input of the libraries."""
    return x.mean(axis=0), np.cov(x, rowvar=False)


def frechet_by_libraries(real, fake):
    one, other = moments(real), moments(fake)
    tensors = [torch.from_numpy(array) for array in (*one, *other)]
    statistics = [{"mu": mean, "sigma": sigma} for mean, sigma in (one, other)]
    return {
        "torch-fidelity": lambda: metric_fid.fid_statistics_to_metric(
            *statistics, False
        )[metric_fid.KEY_METRIC_FID],
        "clean-fid": lambda: cleanfid.frechet_distance(*one, *other),
        "torchmetrics": lambda: _compute_fid(*tensors).item(),
    }


def kernel_by_libraries(real, fake):
    def torch_fidelity():
        return metric_kid.kernel_mmd(
            real,
            fake,
            kid_kernel="poly",
            kid_kernel_poly_degree=3,
            kid_kernel_poly_gamma=None,
            kid_kernel_poly_coef0=1.0,
        )

    return {
        "torch-fidelity": torch_fidelity,
        "clean-fid": lambda: cleanfid.kernel_distance(real, fake, 1, len(real)),
        "torchmetrics": lambda: poly_mmd(
            torch.from_numpy(real), torch.from_numpy(fake)
        ).item(),
    }


def manifolds_by_libraries(real, fake, k):
    def by_prdc(name):
        with contextlib.redirect_stdout(io.StringIO()):
            return float(prdc.compute_prdc(real, fake, k)[name])

    def by_torch_fidelity(name):
        # The first argument of this function is the generated set.
        return metric_prc.prc_features_to_metric(
            torch.from_numpy(fake),
            torch.from_numpy(real),
            prc_neighborhood=k,
            prc_batch_size=10000,
            save_cpu_ram=False,
            verbose=False,
        )[name]

    libraries = {}
    for name in ("precision", "recall", "density", "coverage"):
        libraries[name] = {"prdc": lambda name=name: by_prdc(name)}
    for name in ("precision", "recall"):
        libraries[name]["torch-fidelity"] = lambda name=name: by_torch_fidelity(name)
    return libraries


def inception_by_libraries(logits, splits):
    def torch_fidelity():
        given = metric_isc.isc_features_to_metric(
            torch.from_numpy(logits), splits=splits, shuffle=False
        )
        return [
            given[metric_isc.KEY_METRIC_ISC_MEAN],
            given[metric_isc.KEY_METRIC_ISC_STD],
        ]

    def torchmetrics():
        metric = InceptionScore(feature=torch.nn.Identity(), splits=1)
        metric.set_dtype(torch.float64)
        metric.update(torch.from_numpy(logits))
        return [metric.compute()[0].item(), 0.0]

    libraries = {"torch-fidelity": torch_fidelity}
    if splits == 1:  # torchmetrics shuffles, and divides by splits − 1
        libraries["torchmetrics"] = torchmetrics
    return libraries


def close(given, reference):
    return np.allclose(given, reference, rtol=TOLERANCE, atol=1e-12)


def run(library):
    """Runs a library; returns its result, or its error, as a value for JSON."""
    try:
        given = np.real_if_close(library())
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return given.tolist() if np.isfinite(given).all() else str(given)


def entry(libraries, exact, reason):
    """Returns a record: the reference, all results, and the libraries that are off."""
    given = {name: run(library) for name, library in libraries.items()}
    value, source = exact, "high precision"
    if exact is None:
        value, source = next(iter(given.values())), "the libraries, who agree"
    off = {
        name: reason
        for name, got in given.items()
        if isinstance(got, str) or not close(got, value)
    }
    if exact is None and off:
        raise SystemExit(f"The libraries disagree, and nothing decides: {given}")
    return {"value": value, "source": source, "given": given, "off": off}


def record_case(name):
    real, fake = cases.features(name)
    *_, k = cases.CASES[name]
    record = {"checksum": cases.checksum(real, fake)}
    # All compute in float64: the comparison is of metrics, not of arithmetic.
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    smallest = min(max(len(real), len(fake)), real.shape[1])
    exact = (
        golden_references.frechet(real, fake)
        if smallest <= golden_references.SMALL
        else None
    )
    record["frechet"] = entry(
        frechet_by_libraries(real, fake), exact, REASONS["frechet"]
    )
    exact = golden_references.kernel(real, fake) if len(real) <= 60 else None
    record["kernel"] = entry(kernel_by_libraries(real, fake), exact, REASONS["kernel"])
    exact = golden_references.manifolds(real, fake, k)
    for metric, libraries in manifolds_by_libraries(real, fake, k).items():
        record[metric] = entry(libraries, exact[metric], REASONS["manifolds"])
    return record


def record_logits(name):
    logits = cases.logits(name)
    splits = cases.LOGITS[name][-1]
    exact = (
        golden_references.inception(logits, splits)
        if logits.shape[1] <= golden_references.SMALL
        else None
    )
    libraries = inception_by_libraries(logits, splits)
    reason = "the logarithm of a marginal that is zero in float64"
    return {
        "checksum": cases.checksum(logits),
        "inception": entry(libraries, exact, reason),
    }


def main() -> None:
    """Records all cases and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default=ROOT / "tests" / "metrics" / "golden.json")
    path = Path(parser.parse_args().out)
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    features, logits = {}, {}
    for name in cases.CASES:
        features[name] = record_case(name)
        print(name, {m: r["off"] for m, r in features[name].items() if "off" in r})
    for name in cases.LOGITS:
        logits[name] = record_logits(name)
        print(name, logits[name]["inception"]["off"])
    record = {"libraries": versions, "features": features, "logits": logits}
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
