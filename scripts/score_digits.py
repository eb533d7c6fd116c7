"""Scores generated digits with the bundled classifier, beside real test images.

    python scripts/score_digits.py GENERATOR.onnx

GENERATOR is an exported ONNX file of images in [-1, 1]. Prints, for 1,000 samples and
for the bundled real test images:

- confident: the share with a top probability >= 0.9;
- right: the share whose top class is the label (conditional generators);
- classes: the number of classes among the first 64;
- spread: the standard deviation of the pixels within a class, averaged. A generator
  that draws one image per class has perfect scores above, and a spread of 0.
"""

import argparse

import numpy as np

from keras_gan import data, metrics
from keras_gan.export import runtime


def describe(
    images: np.ndarray,
    labels: np.ndarray | None,
    classifier: metrics.DigitClassifier,
) -> str:
    """Returns the figures as one line of text."""
    probabilities = classifier.probabilities(images)
    classes = probabilities.argmax(1)
    groups = classes if labels is None else labels
    spread = np.mean([images[groups == g].std(0).mean() for g in np.unique(groups)])
    right = "-" if labels is None else f"{(classes == labels).mean():.3f}"
    return (
        f"confident {(probabilities.max(1) >= 0.9).mean():.3f}  right {right}  "
        f"classes {len(np.unique(classes[:64]))}  spread {spread:.3f}"
    )


def main() -> None:
    """Scores the samples of one seed and the real images."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("generator", help="an exported ONNX file")
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    classifier = metrics.DigitClassifier()
    generator = runtime.load(arguments.generator)
    n, labels = arguments.n, None
    if generator.num_classes is not None:
        labels = np.arange(n) % generator.num_classes
    samples = generator.sample(n, seed=arguments.seed, labels=labels)
    print(f"{'samples':8}", describe(samples, labels, classifier))
    test = data.load(
        "mnist_10k", split="test", batch_size=n, labels=True, shuffle=False
    )
    images, real_labels = next(iter(test))
    real = describe(images.numpy(), real_labels.numpy(), classifier)
    print(f"{'real':8}", real)


if __name__ == "__main__":
    main()
