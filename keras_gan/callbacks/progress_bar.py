"""Shows the progress of a training: steps, speed, remaining time, d_real and d_fake."""

from __future__ import annotations

from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.training.fitting.progress import FitProgress


class ProgressBar(FitProgress, GANCallback):
    """Shows epoch, step, images per second, remaining time, d_real and d_fake.

    A terminal shows a bar, and leaves out what a narrow one has no room for. A notebook
    shows a bar for the whole training, with all logs below, and needs no widgets. Any
    other output, and that of `!keras-gan train` in a notebook, gets plain lines: one at
    the end of an epoch, at most every five seconds, and one with the time that the
    training will take, as soon as some steps were timed. `fit` then shows no bar of
    Keras, unless it is given `verbose=1`.

    Args:
        batch_size: Images per step; None shows steps per second.
        steps: The steps after which the training ends, if that is before the end of
            the last epoch; None for all of its epochs.
        file: The file to write to; None for standard output.

    Raises:
        ValueError: If a number is not positive, or `fit` trains no GAN.

    Example:
        >>> bar = keras_gan.callbacks.ProgressBar(batch_size=100)
        >>> gan.fit(train, epochs=3, callbacks=[bar])
    """
