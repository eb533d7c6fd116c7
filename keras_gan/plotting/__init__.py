"""Draws arrays as pictures and figures, without TensorFlow."""

from __future__ import annotations

from keras_gan.plotting.animation import save_animation as save_animation
from keras_gan.plotting.class_grid import class_grid as class_grid
from keras_gan.plotting.class_grid import class_turns as class_turns
from keras_gan.plotting.compared_curves import compared_curves as compared_curves
from keras_gan.plotting.equilibrium import save_equilibrium as save_equilibrium
from keras_gan.plotting.game_states import GameState as GameState
from keras_gan.plotting.game_states import save_game_states as save_game_states
from keras_gan.plotting.grid import image_grid as image_grid
from keras_gan.plotting.grid import save_image_grid as save_image_grid
from keras_gan.plotting.interpolation import interpolate as interpolate
from keras_gan.plotting.neighbor_grid import neighbor_grid as neighbor_grid
from keras_gan.plotting.picture import REAL as REAL
from keras_gan.plotting.picture import SOFTWARE as SOFTWARE
from keras_gan.plotting.picture import SYNTHETIC as SYNTHETIC
from keras_gan.plotting.picture import png_bytes as png_bytes
from keras_gan.plotting.picture import save_picture as save_picture
from keras_gan.plotting.points import save_points as save_points
from keras_gan.plotting.training_curves import curves as curves
from keras_gan.plotting.truncation_sweep import truncation_sweep as truncation_sweep
