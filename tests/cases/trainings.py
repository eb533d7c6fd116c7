"""One list of every public class and name that takes part in a training.

`tests/conformance/test_cases.py` holds each to the same promises, and fails if one is
missing here.
"""

import keras
import numpy as np

import keras_gan
from cases.objective_networks import classifier_networks, packed_networks
from keras_gan import augmentation, callbacks, evaluation, losses
from keras_gan.losses import penalties

BATCH, LATENT_DIM = 8, 4
IMAGES = np.random.default_rng(0).integers(0, 256, (16, 8, 8, 1), dtype=np.uint8)
LABELS = np.arange(16) % 3
SMALL = {
    "dcgan": {"generator_filters": 4, "discriminator_filters": 2},
    "goodfellow_conv": {
        "generator_units": 8,
        "generator_filters": 4,
        "discriminator_filters": [2, 2, 2],
        "discriminator_units": 4,
        "pieces": 2,
    },
    "goodfellow_mlp": {"generator_units": 8, "discriminator_units": 4, "pieces": 2},
    "lean_dcgan": {"generator_filters": 4, "discriminator_filters": 4},
    "lecture_mlp": {"generator_units": [4, 8], "discriminator_units": [8]},
    # Smooth: a rounding error can carry a unit with a kink to its other side.
    "mlp": {"generator_units": [8], "discriminator_units": [8], "activation": "silu"},
    "r3gan": {
        "generator_filters": 4,
        "discriminator_filters": 4,
        "blocks_per_stage": 1,
        "cardinality": 2,
    },
    "sagan": {"generator_filters": 4, "discriminator_filters": 4},
    "sngan_resnet": {"generator_filters": 4, "discriminator_filters": 4},
}
CONDITIONAL = {
    "dcgan": {"class_features": 4},
    "goodfellow_conv": {"label_features": 3},
    "goodfellow_mlp": {"label_features": 3},
    "lean_dcgan": {"class_features": 4},
    "lecture_mlp": {"label_features": 3},
    "mlp": {"label_features": 3},
    "r3gan": {"class_features": 4},
    "sagan": {},
    "sngan_resnet": {},
}

# Arguments of `train_case` for each, by the module that it is in.
LOSSES = {name: {"loss": name} for name in keras_gan.losses.names()}
PENALTIES = {
    "R1": {"penalties": [penalties.R1(0.5)]},
    "R2": {"penalties": [penalties.R2(0.5)]},
    "GradientPenalty": {"penalties": [penalties.GradientPenalty()]},
}
AUGMENTATIONS = {
    "DiffAugment": {"augment": lambda: augmentation.DiffAugment()},
    # Its p rises from the first step on, and some images are left as they are.
    "AdaptiveAugment": {
        "augment": lambda: augmentation.AdaptiveAugment(
            target=-0.99, ramp_images=40, interval=1
        )
    },
    "InstanceNoise": {
        "augment": lambda: augmentation.InstanceNoise(0.3, decay_steps=6)
    },
}
# The policies that `AUGMENTATIONS` leave out.
POLICIES = {
    "AdaptiveAugment of Karras et al.": {
        "augment": lambda: augmentation.AdaptiveAugment(
            ("blit", "geometry", "karras_color", "filter", "noise", "cutout"),
            target=-0.99,
            ramp_images=40,
            interval=1,
        )
    },
    "DiffAugment of Karras et al.": {
        "augment": lambda: augmentation.DiffAugment(
            ("integer_translation", "scale", "brightness", "filter", "noise")
        )
    },
}
OBJECTIVES = {
    "AuxiliaryClassifier": {
        "networks": classifier_networks,
        "num_classes": 3,
        "loss": losses.AuxiliaryClassifier("hinge", weight=0.5),
    },
}
PACKED = {
    "PackedDiscriminator": {
        "networks": packed_networks,
        "penalties": [penalties.R1(0.5), penalties.GradientPenalty()],
    },
}
# Both updates at once, with what else takes part in a step.
SIMULTANEOUS = {
    "simultaneous": {"simultaneous": True},
    "simultaneous with real logits, penalties and noise": {
        "simultaneous": True,
        "loss": "relativistic",
        "penalties": [penalties.R1(0.5), penalties.GradientPenalty()],
        "augment": AUGMENTATIONS["InstanceNoise"]["augment"],
    },
}
# A large epsilon: rounding must not decide the sign of a step.
OPTIMIZERS = {
    "Adam": {"optimizer": lambda: keras.optimizers.Adam(0.02, beta_1=0.5, epsilon=0.1)},
    "AdamW": {
        "optimizer": lambda: keras.optimizers.AdamW(0.02, weight_decay=0.1, epsilon=0.1)
    },
}
ARCHITECTURES = {name: {"architecture": name} for name in SMALL}
CONDITIONAL_ARCHITECTURES = {
    f"{name} with labels": {"architecture": name, "num_classes": 3}
    for name in CONDITIONAL
}
PRIORS = {name: {"prior": name} for name in ("normal", "uniform", "sphere")}
TRAININGS = LOSSES | PENALTIES | ARCHITECTURES | CONDITIONAL_ARCHITECTURES | PRIORS
TRAININGS |= AUGMENTATIONS | POLICIES | OBJECTIVES | PACKED | SIMULTANEOUS | OPTIMIZERS

# From a folder to a callback.
CALLBACKS = {
    "Checkpoint": lambda folder: callbacks.Checkpoint(folder / "again", every_steps=1),
    "Evaluate": lambda folder: callbacks.Evaluate(
        evaluation.Evaluator(IMAGES / np.float32(127.5) - 1),
        n=4,
        best=folder / "best.keras",
    ),
    "EvaluateMetrics": lambda folder: callbacks.EvaluateMetrics(
        {"brightness": lambda gan: float(gan.sample(4, seed=0).mean())}
    ),
    "Interpolation": lambda folder: callbacks.Interpolation(
        folder / "between", seeds=[(1, 5)], steps=3
    ),
    "JSONLog": lambda folder: callbacks.JSONLog(folder / "log.jsonl", every=1),
    "LearningRateSchedule": lambda folder: callbacks.LearningRateSchedule(
        generator=lambda epoch, rate: rate / 2,
        discriminator=keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.9),
    ),
    "LiveSamples": lambda folder: callbacks.LiveSamples(
        n=4, every=1, show=lambda picture: None
    ),
    "PointCloud": lambda folder: callbacks.PointCloud(folder / "clouds", n=4),
    "ProgressBar": lambda folder: callbacks.ProgressBar(batch_size=BATCH),
    "RunRecord": lambda folder: callbacks.RunRecord(folder, settings={"width": 8}),
    "SampleGrid": lambda folder: callbacks.SampleGrid(folder / "samples", n=4),
    "StopOnEquilibrium": lambda folder: callbacks.StopOnEquilibrium(0.49, patience=3),
    "StopOnNaN": lambda folder: callbacks.StopOnNaN(every=1),
    "TensorBoard": lambda folder: callbacks.TensorBoard(folder / "events", every=1),
    "WarnOnCollapse": lambda folder: callbacks.WarnOnCollapse(n=4, patience=100),
    "WarnOnDefeat": lambda folder: callbacks.WarnOnDefeat(patience=100),
}


def make_gan(
    architecture="mlp",
    num_classes=None,
    prior="normal",
    steps=1,
    run_eagerly=True,
    networks=None,
    augment=None,
    optimizer=lambda: keras.optimizers.SGD(0.05, momentum=0.5),
    **compile_arguments,
):
    """A small GAN, by default with momentum, and a moving average.

    Functions make what holds variables: `networks` a generator and a discriminator that
    are no architecture, `augment` the augmentation, `optimizer` one for each network.
    """
    keras.utils.set_random_seed(0)
    if networks is not None:
        generator, discriminator = networks()
    else:
        options = SMALL[architecture]
        if num_classes is not None:
            options = options | CONDITIONAL[architecture]
        generator, discriminator = keras_gan.architectures.build(
            architecture,
            image_shape=(8, 8, 1),
            latent_dim=LATENT_DIM,
            num_classes=num_classes,
            **options,
        )
    gan = keras_gan.GAN(
        generator, discriminator, prior=prior, num_classes=num_classes, seed=3
    )
    gan.compile(
        optimizer(),
        optimizer(),
        discriminator_steps=steps,
        ema_decay=0.9,
        run_eagerly=run_eagerly,
        augment=None if augment is None else augment(),
        **compile_arguments,
    )
    return gan


def fit(gan, *listening, epochs=1, initial_epoch=0):
    """Trains; an epoch has two steps."""
    labels = gan.num_classes is not None
    source = (IMAGES, LABELS) if labels else IMAGES
    dataset = keras_gan.data.load(source, batch_size=BATCH, labels=labels, seed=1)
    return gan.fit(
        dataset,
        epochs=epochs,
        initial_epoch=initial_epoch,
        verbose=0,
        callbacks=list(listening),
    )
