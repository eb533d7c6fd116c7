"""Holds the networks of a GAN and its prior, and draws images with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import keras
import numpy as np

from keras_gan import plotting, priors
from keras_gan._checks import InputError, check_positive_int, check_value_range
from keras_gan._typing import Tensor
from keras_gan.plotting.picture import picture_range
from keras_gan.priors.sample_arguments import check_latents, resolve_request
from keras_gan.training.networks import build_generator, build_networks, clone
from keras_gan.training.sampling import Sampler
from keras_gan.training.savable import check_savable

if TYPE_CHECKING:
    from PIL import Image

# The images that `show` draws where nobody says how many.
_SHOWN = 16


class GenerativeModel(keras.Model):
    """A generator, its discriminator and the prior of its latents.

    It draws images, and can be saved and loaded. `GAN` adds the training.

    Args:
        generator: As in `GAN`, like the others.
        discriminator: The network that tells images from data; None in a model that
            only draws.
        prior: The distribution of latents.
        num_classes: The number of classes; None without labels.
        value_range: (low, high) of the images; None for data without a range.
        name: The model's name.

    Raises:
        ValueError: If the networks do not fit each other or the arguments.
    """

    # The training steps done, which `GAN` counts.
    step: Any = 0

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model | None,
        *,
        prior: str | priors.Prior,
        num_classes: int | None,
        value_range: tuple[float, float] | None,
        name: str | None,
    ) -> None:
        super().__init__(name=name)
        if num_classes is not None:
            num_classes = check_positive_int("num_classes", num_classes)
        if value_range is not None:
            value_range = check_value_range(value_range)
        self.prior = priors.get(prior)
        self.num_classes = num_classes
        self.value_range = value_range
        if discriminator is None:
            self.interface = build_generator(generator, num_classes)
        else:
            self.interface = build_networks(generator, discriminator, num_classes)
        self.latent_dim = self.interface.latent_dim
        self.image_shape = self.interface.image_shape
        self.generator = generator
        self.discriminator: Any = discriminator
        self.ema_generator: Any = None
        self._averaging = False
        self._samplers: dict[bool, Sampler] = {}

    @property
    def sampler(self) -> keras.Model:
        """The network that draws: the moving average of the generator, if any."""
        averaging = self._averaging and self.ema_generator is not None
        return self.ema_generator if averaging else self.generator

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns images of latents `(B, latent_dim)`, or of [latents, labels]."""
        return self.sampler(inputs, training=training)

    def latents(
        self, seeds: priors.Seeds, truncation: float | np.ndarray | None = None
    ) -> np.ndarray:
        """Returns the latent of each seed, `(B, latent_dim)` float32.

        Args:
            seeds: `(B,)` 64-bit integers.
            truncation: Factor in (0, 1], or `(B,)` one per seed; None for none.

        Raises:
            ValueError: If the seeds are no integers, or a factor is not in (0, 1].
        """
        return self.prior.latents(seeds, self.latent_dim, truncation=truncation)

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | None = None,
        batch_size: int = 256,
        ema: bool = True,
    ) -> np.ndarray:
        """Draws images; the same seed is the same image in any batch.

        Args:
            n: How many images; one, if neither `seeds` nor `labels` tell.
            seed: One 64-bit seed for all of them; None draws a fresh one.
            seeds: `(n,)` integers, one seed per image, instead of `n` and `seed`.
            labels: The class of all, or `(n,)` integers; None lets the seeds draw it.
            truncation: Factor in (0, 1] on the latents: more typical, less varied.
            batch_size: How many are computed at once.
            ema: Whether to use the moving average of the generator, where there is one.

        Returns:
            `(n, ...)` float32 images in `value_range`. Random numbers that layers of
            the generator draw are functions of the latent; such images are computed
            one by one.

        Raises:
            ValueError: If the arguments contradict each other, a label is no class, the
                factor is not in (0, 1], or the generator draws random numbers that no
                seed determines.

        Example:
            >>> gan.sample(seeds=[3, 5, 8]).shape
            (3, 28, 28, 1)
        """
        seeds, label = resolve_request(n, seed, seeds, labels, self.num_classes)
        z = self.latents(seeds, truncation)
        return self._sampler(ema)(z, label, batch_size)

    def show(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | None = None,
        columns: int | None = None,
        scale: int | None = None,
    ) -> Image.Image:
        """Draws images as one picture, which a notebook shows.

        Args:
            n: As in `sample`, like the next four; by default 16.
            seed: One seed for all of the images.
            seeds: One seed per image.
            labels: The class of all, or of each; None gives each column one class, or
                lets `seeds` draw it, where they are given.
            truncation: Factor in (0, 1] on the latents.
            columns: As in `plotting.image_grid`.
            scale: As in `plotting.image_grid`; by default small images are enlarged.

        Returns:
            A PIL image; its `save` writes it to a file.

        Raises:
            ValueError: If the arguments contradict each other, or the generator makes
                no images.

        Example:
            >>> gan.show(16, seed=7).size
            (229, 229)
        """
        value_range = picture_range(self.image_shape, self.value_range)
        if n is None and seeds is None and np.ndim(labels) == 0:
            n = _SHOWN
        if labels is None and n is not None and seeds is None and self.num_classes:
            labels, wide = plotting.class_turns(n, self.num_classes)
            columns = wide if columns is None else columns
        images = self.sample(
            n, seed=seed, seeds=seeds, labels=labels, truncation=truncation
        )
        return plotting.image_grid(
            images, value_range=value_range, columns=columns, scale=scale
        )

    def generate(
        self,
        z: np.ndarray,
        labels: Any = None,
        *,
        batch_size: int = 256,
        ema: bool = True,
    ) -> np.ndarray:
        """Returns the images of given latents.

        Args:
            z: `(B, latent_dim)` latents.
            labels: The class of all, or `(B,)` integers; needed by a conditional GAN.
            batch_size: How many are computed at once.
            ema: Whether to use the moving average of the generator, where there is one.

        Returns:
            `(B, ...)` float32 images in `value_range`.

        Raises:
            ValueError: If the latents have another shape, or the labels do not fit.

        Example:
            >>> z = gan.latents([3, 5])
            >>> bool(np.allclose(gan.generate(z), gan.sample(seeds=[3, 5])))
            True
        """
        z, labels = check_latents(z, labels, self.latent_dim, self.num_classes)
        return self._sampler(ema)(z, labels, batch_size)

    def restart_average(self, *, only_untrained: bool = False) -> None:
        """Lets the moving average begin again, with the generator's present weights.

        Call it after the generator was given weights. Before the first step, drawing,
        exporting and `fit` do so by themselves.

        Args:
            only_untrained: Whether nothing happens once a step has been done.
        """
        if self._averaging and not (only_untrained and int(self.step)):
            self.ema_generator.set_weights(self.generator.get_weights())

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Returns images of latents as `keras.Model.predict` does."""
        self.restart_average(only_untrained=True)
        return super().predict(*args, **kwargs)

    def _sampler(self, ema: bool) -> Sampler:
        self.restart_average(only_untrained=True)
        network = self.sampler if ema else self.generator
        sampler = self._samplers.get(ema)
        if sampler is None or not sampler.draws_with(network):
            sampler = self._samplers[ema] = Sampler(network)
        return sampler

    def __setattr__(self, name: str, value: Any) -> None:
        """Sets an attribute; a network is not exchanged, as all else is built for it.

        Raises:
            ValueError: If a network is given in place of the one that is there.
        """
        if name in ("generator", "discriminator"):
            before = self.__dict__.get(name, value)
            if before is not value:
                raise InputError(
                    f"The {name} of a GAN cannot be exchanged: its optimizer and the "
                    "compiled steps are those of the old one. Make a new GAN, or give "
                    f"the old one weights, `gan.{name}.set_weights(...)`."
                )
        super().__setattr__(name, value)

    def save(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Saves the model as a `.keras` file; see `keras.Model.save`.

        Raises:
            ValueError: If the name ends otherwise, as an `.h5` file cannot hold a GAN,
                or a part of it cannot be written.
        """
        if not str(filepath).endswith(".keras"):
            raise InputError(
                f"A GAN is saved as a .keras file; got '{filepath}'. Name it "
                "'NAME.keras', or save the weights alone by "
                "`gan.generator.save_weights('NAME.weights.h5')`."
            )
        check_savable(self)
        super().save(filepath, overwrite=overwrite, **kwargs)

    def summary(self, *args: Any, **kwargs: Any) -> None:
        """Prints Keras's summary, in which the moving average has a name of its own."""
        average = self.ema_generator
        if average is None:
            return super().summary(*args, **kwargs)
        name, average.name = average.name, f"moving average of {self.generator.name}"
        try:
            return super().summary(*args, **kwargs)
        finally:
            average.name = name

    def export(self, filepath: Any, *args: Any, **kwargs: Any) -> None:
        """Names the functions that export a generator.

        Raises:
            ValueError: Always.
        """
        raise InputError(
            "Export the generator by `keras_gan.export.save_saved_model(gan, folder)` "
            "for TensorFlow Serving, or by `keras_gan.export.save_onnx(gan, "
            "'NAME.onnx')` for ONNX Runtime."
        )

    def get_config(self) -> dict[str, Any]:
        """Returns what `from_config` needs to make the model again."""
        return {
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "prior": self.prior.name,
            "num_classes": self.num_classes,
            "value_range": self.value_range,
            "name": self.name,
            # Not an argument: whether the file holds weights of a moving average.
            "ema": self._averaging,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes the model from what `get_config` returned."""
        config = dict(config)
        ema = config.pop("ema", False)
        for network in ("generator", "discriminator"):
            config[network] = keras.saving.deserialize_keras_object(
                config[network], custom_objects=custom_objects
            )
        model = cls(**config)
        model._set_averaging(ema)
        return model

    def _set_averaging(self, wanted: bool) -> None:
        """Switches the moving average on or off, and makes it at need."""
        if wanted and not _are_alike(self.ema_generator, self.generator):
            self.ema_generator = clone(self.generator)
        self._averaging = wanted


def _are_alike(copy: keras.Model | None, network: keras.Model) -> bool:
    """Returns whether a copy has variables of the same shapes as the network."""
    shapes = [[v.shape for v in each.variables] for each in (copy, network) if each]
    return len(shapes) == 2 and shapes[0] == shapes[1]
