"""Runs a command of keras-gan, and prints the seconds of its parts as JSON."""

import contextlib
import functools
import json
import sys
import time

SPENT = {}


def timed(name, owner, attribute):
    """Counts the time of a function under a name."""
    function = getattr(owner, attribute)

    @functools.wraps(function)
    def call(*arguments, **options):
        started = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            SPENT[name] = SPENT.get(name, 0.0) + time.perf_counter() - started

    setattr(owner, attribute, call)


def main():
    import keras_gan.cli.training as command
    from keras_gan import cli

    started = time.perf_counter()
    timed("import TensorFlow and Keras", command, "import_tensorflow")
    import_tensorflow = command.import_tensorflow

    def import_then_time():
        import_tensorflow()
        from keras_gan.experiment import training
        from keras_gan.trained_generators import run_pictures
        from keras_gan.training import GAN

        timed("open the data", training, "RecipeData")
        timed("build and compile", training, "build_gan")
        timed("fit: trace, one step, files", GAN, "fit")
        timed("compare with the training data", run_pictures, "_draw_neighbors")
        timed("all pictures and the report", training, "draw_run")

    command.import_tensorflow = import_then_time
    sys.argv[0] = "keras-gan"
    with contextlib.suppress(SystemExit):
        cli.main()
    SPENT["all, without the start and the end of Python"] = (
        time.perf_counter() - started
    )
    print(json.dumps(SPENT))


if __name__ == "__main__":
    main()
