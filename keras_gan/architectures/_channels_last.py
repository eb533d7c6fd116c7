"""The layout of images in every network here, whatever Keras's own default is."""

from __future__ import annotations

from typing import Any

# Layers without it follow `image_data_format` in the user's keras.json.
CHANNELS_LAST: dict[str, Any] = {"data_format": "channels_last"}
