"""Pictures made of pixels: filters, reconstructions, codes."""

import base64
import io
import re

import matplotlib.image
import numpy as np

from ..results.codes import best_row
from ..results.grid import RANDOM, concerns, evenly, kind_name
from ..results.network import reconstruct
from ..results.trial_files import read_filters
from .drawing import FILES, Figure, attribute, file_name

MOST_GREY, MOST_COLOUR = 12, 6
WIDTH_IN_PAGE = 270   # pixels, at least; enlarged by whole factors only
GAP = 1
BACKGROUND = 1.0
SHOWN_SAMPLES, CODE_SAMPLES = 10, 100
SHOWN_FILTERS = 36


def filter_pictures(out, grid, cells):
    """One Figure for each setting (evenly chosen where there are many), and how many settings have pictures at all."""
    found = _filters_of(grid, cells) if _are_images(grid) else []
    colour = bool(found) and found[0][2].shape[1] == 3
    shown = evenly(found, MOST_COLOUR if colour else MOST_GREY)
    return [_montage_figure(out, grid, *each, i) for i, each in enumerate(shown)], len(found)


def _are_images(grid):
    """Whether inputs have a place above and below others; activations of a network are a row of numbers."""
    return min(grid.sweep.attributes.get("image_shape", (1, 1, 1))[1:]) > 1


def _filters_of(grid, cells):
    """(title, trial's id, images) of each k in sweep.h5, whatever the kind, then of each other setting from the files of trials."""
    found, covered = [], []
    for best in grid.sweep.best:
        row = np.flatnonzero(grid.sweep.columns["trial_id"] == best.trial_id)
        cell = grid.cell_of(row[0]) if len(row) else None
        covered.append((cell.kind if cell else "", best.k) if best.k else cell)
        found.append((_title(grid, cell, best.k), best.trial_id, best.images))
    for cell in cells:
        k = grid.value(cell, "k") if concerns("k", cell) else 0
        if len(cell.done) and ((cell.kind, k) if k else cell) not in covered:
            trial_id = grid.sweep.columns["trial_id"][best_row(grid, cell)]
            images = read_filters(grid.sweep, trial_id)
            if images is not None:
                found.append((_title(grid, cell, k), trial_id, images))
    return found


def _title(grid, cell, k):
    """The k, and the kind where there are several with a k; the whole setting where there is no k."""
    if cell is None or k and len({each.kind for each in grid.all_cells if grid.value(each, "k") and each.kind != RANDOM}) < 2:
        return f"k = {k}"
    return f"{kind_name(cell)}, k = {k}" if k else grid.name(cell)


def _montage_figure(out, grid, title, trial_id, images, index):
    images = images[:SHOWN_FILTERS]
    n_units = int(np.isfinite(images[:, 0, 0, 0]).sum())
    alt = f"Decoder images of the {n_units} most often active units of a net with {title}."
    name = f"filters_{title.replace(' = ', '')}" if re.fullmatch(r"k = \d+", title) else f"filters_{index}"
    return picture(out, name, title, montage(images), alt, _origin(grid, trial_id))


def _origin(grid, trial_id):
    found = np.flatnonzero(grid.sweep.columns["trial_id"] == trial_id)
    if not len(found):
        return f"trial {trial_id}"
    cell = grid.cell_of(found[0])
    words = [grid.describe(cell, [axis for axis in grid.axes if axis != "k"])]
    return ", ".join(filter(None, [*words, f"seed {grid.sweep.columns['seed'][found[0]]}"]))


def reconstructions(out, grid, codes):
    """The first sample of each class, or of as many as there is room for, and what each setting makes of it; None without codes."""
    if not codes.each or not _are_images(grid):
        return None
    shape = tuple(int(length) for length in grid.sweep.attributes["image_shape"])
    labels = codes.samples.labels
    chosen, which = _one_of_each_class(None if labels is None else labels[:len(codes.each[0].code)])
    rows = [codes.samples.inputs[chosen]] + [reconstruct(each.network, each.code[chosen]) for each in codes.each]
    images = np.concatenate(rows).reshape(-1, *shape)
    names = "; ".join(each.name for each in codes.each)
    return picture(out, "reconstructions", f"Reconstructions by {grid.x_name}", sheet(images, len(chosen)),
                   f"Test samples and their reconstructions, one row for each of: {names}.",
                   f"First row: {which}. Rows below: its reconstruction by {names}.", 560)


def _one_of_each_class(labels):
    """(positions, what they are)."""
    if labels is None:
        return np.arange(SHOWN_SAMPLES), f"the first {SHOWN_SAMPLES} test samples"
    classes = np.unique(labels)
    shown = classes[:SHOWN_SAMPLES]
    which = "a test sample of each class" if len(shown) == len(classes) else f"a test sample of each of the first {len(shown)} classes"
    return np.array([np.flatnonzero(labels == label)[0] for label in shown]), which


def hidden_activations(out, grid, codes):
    """Codes as images: (sample x unit), samples by class, units by mean activation."""
    figures = []
    for i, each in enumerate(codes.each):
        code = each.code[:CODE_SAMPLES]
        if codes.samples.labels is not None:
            code = code[np.argsort(codes.samples.labels[:len(code)], kind="stable")]
        code = code[:, np.argsort(-np.abs(each.code).mean(axis=0), kind="stable")]
        largest = np.quantile(np.abs(code[code != 0]), 0.99) if np.any(code) else 1
        shade = np.clip(np.abs(code) / largest, 0, 1)
        title, order = each.name, "" if codes.samples.labels is None else ", by class"
        figures.append(picture(out, f"code_{i}", title, (255 * (1 - shade[:, :, None].repeat(3, axis=2)) + 0.5).astype(np.uint8),
                               f"Hidden activations of {len(code)} test samples with {title}: "
                               f"{np.mean(code != 0):.1%} of them are not zero.",
                               f"{len(code)} test samples{order} (down) × {code.shape[1]} units, most active first (across); the darker, "
                               "the larger the activation's size.", code.shape[1]))
    return figures


def picture(out, name, title, pixels, alt, caption, width=WIDTH_IN_PAGE):
    """pixels: (rows, columns, 3) bytes."""
    name = file_name(name)
    if out.where == FILES:
        if "png" in out.formats:
            enlarged = max(1, -(-600 // pixels.shape[1]))
            _write_png(out.folder / f"{name}.png", pixels.repeat(enlarged, axis=0).repeat(enlarged, axis=1))
        return Figure(name, title, "", alt, caption)
    scale = -(-width // pixels.shape[1])
    image = (f'<img class="pixels" src="data:image/png;base64,{png_base64(pixels)}" width="{scale * pixels.shape[1]}" '
             f'height="{scale * pixels.shape[0]}" alt="{attribute(alt)}">')
    return Figure(name, title, image, alt, caption)


def png_base64(pixels):
    """Grey where all three colours are equal: a third of the bytes."""
    text = io.BytesIO()
    _write_png(text, pixels)
    return base64.b64encode(text.getvalue()).decode("ascii")


def _write_png(target, pixels):
    if (pixels == pixels[:, :, :1]).all():
        from PIL import Image   # comes with matplotlib
        Image.fromarray(pixels[:, :, 0], "L").save(target, format="png", optimize=True)
    else:
        matplotlib.image.imsave(target, pixels, format="png", metadata={"Software": None})


def montage(images):
    """images: (filter, channel, height, width) -> (rows, columns, 3) bytes, as square as they go.

    Each filter has a scale of its own; zero is mid-grey.  One channel is drawn grey, three in colour, those of any other
    number (NORB's two cameras) side by side.
    """
    scales = np.abs(images).max(axis=(1, 2, 3), keepdims=True)
    with np.errstate(invalid="ignore"):
        return sheet(0.5 + 0.5 * images / np.where(scales > 0, scales, 1), int(np.ceil(np.sqrt(len(images)))))


def sheet(images, columns):
    """images: (n, channel, height, width) in [0, 1], NaN where there is none -> (rows, columns, 3) bytes."""
    images = _side_by_side(images)
    n, _, height, width = images.shape
    rows = -(-n // columns)
    canvas = np.full((rows * (height + GAP) + GAP, columns * (width + GAP) + GAP, 3), BACKGROUND)
    for i, image in enumerate(images):
        if np.isfinite(image).all():
            top, left = GAP + (i // columns) * (height + GAP), GAP + (i % columns) * (width + GAP)
            canvas[top:top + height, left:left + width] = np.broadcast_to(image, (3, height, width)).transpose(1, 2, 0)
    return (255 * np.clip(canvas, 0, 1) + 0.5).astype(np.uint8)


def _side_by_side(images):
    """(filter, channel, height, width) -> (filter, 1, height, channel * width), unless it is grey or colour already."""
    n, channels, height, width = images.shape
    if channels in (1, 3):
        return images
    return images.transpose(0, 2, 1, 3).reshape(n, 1, height, channels * width)
