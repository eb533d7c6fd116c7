"""What a PNG file says about where it comes from."""

from __future__ import annotations

from keras_gan._version import __version__

SOFTWARE = f"keras_gan {__version__}"
SYNTHETIC = "synthetic: drawn by a generative adversarial network"
