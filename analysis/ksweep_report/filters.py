"""Decoder images of the most used units, as one picture for each k."""

import base64
import io

import matplotlib.image
import numpy as np

from .drawing import Figure, attribute
from .grid import evenly

MOST_GREY, MOST_COLOUR = 12, 6
WIDTH_IN_PAGE = 270   # pixels, at least; enlarged by whole factors only
GAP = 1
BACKGROUND = 1.0


def pictures(grid, folder):
    """One Figure for each k (evenly chosen where there are many), and how many k have pictures at all."""
    best = grid.sweep.best
    colour = bool(best) and best[0].images.shape[1] == 3
    shown = evenly(best, MOST_COLOUR if colour else MOST_GREY)
    return [_picture(grid, each, folder) for each in shown], len(best)


def _picture(grid, best, folder):
    picture = montage(best.images)
    enlarged = max(1, -(-600 // picture.shape[1]))
    _write_png(folder / f"filters_k{best.k}.png", picture.repeat(enlarged, axis=0).repeat(enlarged, axis=1))
    text = io.BytesIO()
    _write_png(text, picture)
    data = base64.b64encode(text.getvalue()).decode("ascii")
    n_units = int(np.isfinite(best.images[:, 0, 0, 0]).sum())
    alt = f"Decoder images of the {n_units} most often active units of a net with k = {best.k}."
    scale = -(-WIDTH_IN_PAGE // picture.shape[1])
    image = (f'<img class="pixels" src="data:image/png;base64,{data}" width="{scale * picture.shape[1]}" '
             f'height="{scale * picture.shape[0]}" alt="{attribute(alt)}">')
    return Figure(f"filters_k{best.k}", f"k = {best.k}", image, alt, _origin(grid, best.trial_id))


def _origin(grid, trial_id):
    found = np.flatnonzero(grid.sweep.columns["trial_id"] == trial_id)
    if not len(found):
        return f"trial {trial_id}"
    row = found[0]
    cell = next((cell for cell in grid.cells if row in cell.rows), None)
    words = [grid.describe(cell, [axis for axis in grid.axes if axis != "k"])] if cell else []
    return ", ".join(filter(None, [*words, f"seed {grid.sweep.columns['seed'][row]}"]))


def _write_png(target, picture):
    matplotlib.image.imsave(target, picture, format="png", metadata={"Software": None})


def montage(images):
    """images: (filter, channel, height, width) -> (rows, columns, 3) bytes.

    Each filter has a scale of its own; zero is mid-grey.  One channel is drawn grey, three in colour, those of any other
    number (NORB's two cameras) side by side.
    """
    images = _side_by_side(images)
    n, _, height, width = images.shape
    columns = int(np.ceil(np.sqrt(n)))
    rows = -(-n // columns)
    canvas = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3), BACKGROUND)
    for i, image in enumerate(images):
        if np.isfinite(image).all():
            top, left = GAP + (i // columns) * (height + GAP), GAP + (i % columns) * (width + GAP)
            canvas[top:top + height, left:left + width] = _grey_or_colour(image)
    return (255 * canvas + 0.5).astype(np.uint8)


def _side_by_side(images):
    """(filter, channel, height, width) -> (filter, 1, height, channel * width), unless it is grey or colour already."""
    n, channels, height, width = images.shape
    if channels in (1, 3):
        return images
    return images.transpose(0, 2, 1, 3).reshape(n, 1, height, channels * width)


def _grey_or_colour(image):
    """image: (1 or 3, height, width) -> (height, width, 3) in [0, 1]."""
    image = np.broadcast_to(image, (3, *image.shape[1:]))
    largest = np.abs(image).max()
    return 0.5 + 0.5 * image.transpose(1, 2, 0) / (largest if largest > 0 else 1)
