"""`python -m keras_gan` is the command line `keras-gan`."""

from keras_gan.cli import main

if __name__ == "__main__":
    main()
