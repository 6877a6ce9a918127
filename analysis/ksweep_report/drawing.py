"""How figures look and how they are written: PNG and SVG files, and SVG inside the page that follows its theme."""

import io
import re
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

# Colours of the files, and the style sheet's variables that stand for them in the page (light and dark).
INK, MUTED, GRID_LINE, PAPER = "#1c2430", "#5b6673", "#d9dee4", "#fefefe"
LINE_COLOURS = ("#0072b2", "#d55e00", "#008f68", "#b5568a", "#3d4650", "#2f97d6", "#a67c00")
THEME = {INK: "--ink", MUTED: "--muted", GRID_LINE: "--rule", PAPER: "--card",
         **{colour: f"--line-{i}" for i, colour in enumerate(LINE_COLOURS)}}
MARKERS = "osD^vPX"
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1)), (0, (8, 2)), (0, (4, 1, 1, 1, 1, 1)))
HEAT = "cividis"

STYLE = {
    "font.family": "DejaVu Sans", "font.size": 10, "axes.titlesize": 10, "axes.labelsize": 10, "legend.fontsize": 9,
    "text.parse_math": False, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": MUTED,
    "axes.titlelocation": "left", "axes.titleweight": "bold",
    "xtick.color": MUTED, "ytick.color": MUTED, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "savefig.facecolor": PAPER,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": GRID_LINE,
    "grid.linewidth": 0.7, "axes.axisbelow": True, "axes.prop_cycle": plt.cycler(color=LINE_COLOURS),
    "legend.frameon": False, "svg.hashsalt": "ksweep", "svg.fonttype": "path", "savefig.dpi": 200,
}


@dataclass(frozen=True)
class Figure:
    """A drawn figure for the page.  image: markup that needs no escaping."""
    name: str
    title: str
    image: str
    alt: str
    caption: str


def use_style():
    """Forgets the reader's own matplotlibrc: the same input gives the same bytes."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)


def new_axes(width=4.8, height=3.3):
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    return figure, axes


def finish(figure, folder, name, title, alt, caption):
    """Writes NAME.png and NAME.svg, closes the figure and returns it for the page."""
    figure.savefig(folder / f"{name}.png", metadata={"Software": None})
    figure.set_layout_engine("none")   # as laid out for the PNG
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    plt.close(figure)
    (folder / f"{name}.svg").write_text(text.getvalue(), encoding="utf-8")
    return Figure(name, title, inline_svg(text.getvalue(), name, alt), alt, caption)


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
    return f'{head} role="img" aria-label="{attribute(alt)}" style="width:{width:.0f}px">' + re.sub(r"\n\s*", "\n", body)


def attribute(text):
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
