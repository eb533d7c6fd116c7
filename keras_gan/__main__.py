"""Runs the command line: `python -m keras_gan` is `keras-gan`."""

from keras_gan.cli import main

if __name__ == "__main__":
    main()
