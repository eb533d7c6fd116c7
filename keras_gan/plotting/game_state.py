"""One moment of the game on a line, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keras_gan._checks import InputError


@dataclass(frozen=True, eq=False)
class GameState:
    """The two laws, the discriminator and the generator's mapping at one moment.

    Attributes:
        x: `(N,)` places on the line, ascending, N >= 2.
        p_data: `(N,)` density of the data there.
        p_g: `(N,)` density of the generator there.
        discriminator: `(N,)` D(x) in [0, 1].
        z: `(M,)` latents whose mapping is drawn as arrows.
        generated: `(M,)` where the generator takes them, G(z).
        title: What stands above the picture.

    Raises:
        ValueError: If the arrays do not fit each other.

    Example:
        >>> x = np.linspace(-3, 3, 61)
        >>> p = np.exp(-x**2 / 2) / np.sqrt(2 * np.pi)
        >>> z = np.linspace(-1, 1, 9)
        >>> state = GameState(x, p, p, np.full(61, 0.5), z, z, title="equilibrium")
    """

    x: np.ndarray
    p_data: np.ndarray
    p_g: np.ndarray
    discriminator: np.ndarray
    z: np.ndarray
    generated: np.ndarray
    title: str = ""

    def __post_init__(self) -> None:
        if np.ndim(self.x) != 1 or len(self.x) < 2 or not (np.diff(self.x) > 0).all():
            raise InputError(
                "`x` must be at least two ascending numbers; got an array of shape "
                f"{np.shape(self.x)}."
            )
        for argument in ("p_data", "p_g", "discriminator"):
            shape = np.shape(getattr(self, argument))
            if shape != np.shape(self.x):
                raise InputError(
                    f"`{argument}` must have one value for each of the {len(self.x)} "
                    f"places of `x`; got shape {shape}."
                )
        if np.ndim(self.z) != 1 or np.shape(self.z) != np.shape(self.generated):
            raise InputError(
                "`z` and `generated` must be two vectors of one length; got shapes "
                f"{np.shape(self.z)} and {np.shape(self.generated)}."
            )
