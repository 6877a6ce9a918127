"""How figures look and where they go: SVG inside the page, or files at the column width of a paper."""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib

from ..base.choices import COLUMN_WIDTH, PAGE_WIDTH

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  behind the choice of what draws

# Colours of the files, and the style sheet's variables that stand for them in the page (light and dark).
INK, MUTED, GRID_LINE, PAPER = "#1c2430", "#5b6673", "#d9dee4", "#fefefe"
LINE_COLOURS = ("#0072b2", "#d55e00", "#008f68", "#b5568a", "#3d4650", "#2f97d6", "#a67c00")
THEME = {INK: "--ink", MUTED: "--muted", GRID_LINE: "--rule", PAPER: "--card",
         **{colour: f"--line-{i}" for i, colour in enumerate(LINE_COLOURS)}}
MARKERS = "osD^vPX"
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (8, 2)), (0, (4, 1, 1, 1, 1, 1)))
HEAT = "cividis"
PAGE, FILES = "page", "files"
USUAL, FULL = (3.4, 2.75), (10.4, 3.7)   # inches: four beside each other fill the page, three a sheet of paper; one does
# The widest figures, in inches, of each class of the style sheet, which gives them their places: on a sheet of paper a third, a half, two thirds,
# or all of its width, so that letters have at least 7 pt.
ROOMS = ((USUAL[0], ""), (5.2, "half"), (6.8, "broad"), (FULL[0], "whole"))
WIDE = 6.5   # inches: wider figures take both columns of a paper
WIDE_NAME = "_wide"   # at the end of the names of files of the width of both columns that have a twin of one
WIDE_LEAST, NARROW_LEAST = 480, 280   # CSS pixels
PIXEL_DPI = 130   # of crowded dots, which are one image inside the SVG of the page
FILE_FORMATS = ("png", "svg", "pdf")
NO_DATES = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None, "Creator": None, "Producer": None}}

STYLE = {
    "font.family": "DejaVu Sans", "font.size": 10, "axes.titlesize": 10, "axes.labelsize": 10, "legend.fontsize": 10,
    "text.parse_math": False, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": MUTED,
    "axes.titlelocation": "left", "axes.titleweight": "bold",
    "xtick.color": MUTED, "ytick.color": MUTED, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": PAPER,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": GRID_LINE,
    "grid.linewidth": 0.7, "axes.axisbelow": True, "axes.prop_cycle": plt.cycler(color=LINE_COLOURS),
    "legend.frameon": False, "svg.hashsalt": "ksweep", "svg.fonttype": "none", "pdf.fonttype": 42, "savefig.dpi": 300,
}
FILE_STYLE = {"font.size": 8, "axes.titlesize": 8, "axes.labelsize": 8, "legend.fontsize": 8, "xtick.labelsize": 8,
              "ytick.labelsize": 8, "svg.fonttype": "path", "figure.facecolor": "white", "axes.facecolor": "white",
              "savefig.facecolor": "white"}


@dataclass(frozen=True)
class Figure:
    """A drawn figure for the page.  image: markup that needs no escaping.  marks: what the pointer finds, see finish().

    width: in inches, as drawn.  full: the same as wide as the page, for screens that have the room.
    """
    name: str
    title: str
    image: str
    alt: str
    caption: str
    marks: tuple = ()
    width: float = 0
    full: object = None

    @property
    def room(self):
        """The class of the style sheet that gives it its place."""
        return next((room for widest, room in ROOMS if self.width <= widest), "whole")


@dataclass(frozen=True)
class Output:
    """Where figures go: PAGE, or FILES into the folder in these formats, as wide as one column of a paper or as both."""
    where: str = PAGE
    folder: Path = None
    formats: tuple = field(default=())
    file_width: float = COLUMN_WIDTH

    def use_style(self):
        """Forgets the reader's own matplotlibrc: the same input gives the same bytes."""
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE | (FILE_STYLE if self.where == FILES else {}))

    def new_axes(self, width=USUAL[0], height=USUAL[1]):
        """Inches on the page; files have the width of a column or, wide ones, of two, and the proportions of the page unless
        what is narrow would grow higher than its letters need."""
        if self.where == FILES:
            scale = (self.file_width if width <= WIDE else PAGE_WIDTH) / width
            width, height = width * scale, height * min(scale, FILE_STYLE["font.size"] / STYLE["font.size"])
        return plt.subplots(figsize=(width, height), layout="constrained")

    def finish(self, figure, name, title, alt, caption, marks=()):
        """Closes the figure and returns it for the page.  marks: (x, y, text, row of the trial or None) in data coordinates."""
        name = file_name(name)
        if self.where == FILES:
            _lighten(figure)
            twin = WIDE_NAME if self.file_width == PAGE_WIDTH else ""
            for each in self.formats:
                figure.savefig(self.folder / f"{name}{twin}.{each}", metadata=NO_DATES[each])
            plt.close(figure)
            return Figure(name, title, "", alt, caption)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None}, dpi=PIXEL_DPI)
        found, width = _placed(figure, marks), figure.get_figwidth()
        plt.close(figure)
        return Figure(name, title, inline_svg(text.getvalue(), name, alt), alt, caption, found, width)

    def discard(self, figure):
        plt.close(figure)


def _lighten(figure):
    """Marks and lines of the page are too heavy at the width of a column."""
    for axes in figure.axes:
        legend = axes.get_legend()
        for line in [*axes.lines, *(legend.get_lines() if legend else [])]:
            line.set_markersize(0.65 * line.get_markersize())
            line.set_linewidth(0.7 * line.get_linewidth())
            line.set_markeredgewidth(0.6 * line.get_markeredgewidth())
        for collection in axes.collections:
            if hasattr(collection, "set_sizes"):
                collection.set_sizes(0.4 * collection.get_sizes())


def file_name(name):
    """Names of figures may hold names of columns, which a file may call what it likes."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)[:80]


def _placed(figure, marks):
    """Marks as (share of the width, share of the height from the top, text, row); those outside the frame are left out."""
    if not marks:
        return ()
    to_figure = figure.axes[0].transData + figure.transFigure.inverted()
    box = figure.axes[0].get_position().expanded(1.001, 1.001)
    places = to_figure.transform([(x, y) for x, y, _, _ in marks])
    return tuple((round(float(x), 4), round(1 - float(y), 4), text, row)
                 for (x, y), (_, _, text, row) in zip(places, marks) if box.contains(x, y))


def inline_svg(svg, name, alt):
    """The <svg> element alone, with ids of its own, the page's colours and no address in it."""
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'href="#', f'href="#{name}-', svg)
    svg = svg.replace("url(#", f"url(#{name}-")
    svg = re.sub("|".join(THEME), lambda found: f"var({THEME[found[0]]})", svg)
    width = float(re.search(r'\bwidth="([\d.]+)pt"', svg)[1]) / 0.75
    head, body = svg.split(">", 1)
    head = re.sub(r'\s(?:width|height)="[\d.]+pt"', "", head)
    body = re.sub(r'\b(?:d|x|y|transform|points)="[^"]*"', lambda found: re.sub(r"(\d\.\d\d)\d+", r"\1", found[0]), body)
    body = re.sub(r"\n\s*", "\n", body)
    least = min(width, WIDE_LEAST if width > WIDE * 96 else NARROW_LEAST)   # narrower, its letters are too small: it scrolls
    return f'{head} role="img" aria-label="{attribute(alt)}" style="width:{width:.0f}px;min-width:{least:.0f}px">' + body


def attribute(text):
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
