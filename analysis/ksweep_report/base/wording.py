"""Numbers, and what names of files hold, as text."""

import math
import os

KIND_NAMES = {"raw": "raw pixels", "random": "untrained weights", "rbm": "RBM", "wta": "winner-take-all"}
NOTHING = "–"


def value_text(value):
    """A value of a key, as short as it is exact enough to tell from its neighbours."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else format(float(value), ".6g")


def valid_text(text):
    """With bytes that are no UTF-8, which names of files may hold, as \\xe9: nothing else can be written to a page."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def number(value, decimals=2):
    return NOTHING if value is None or not math.isfinite(value) else f"{value:.{decimals}f}".replace("-", "−")


def signed(value, decimals=2):
    return NOTHING if not math.isfinite(value) else ("+" if value >= 0 else "") + number(value, decimals)


def significant(value, digits=3):
    return NOTHING if value is None or not math.isfinite(value) else f"{value:.{digits}g}".replace("-", "−")


def padded(value, digits=3):
    """As significant(), with the zeros at the end, for columns of numbers."""
    return NOTHING if value is None or not math.isfinite(value) else f"{value:#.{digits}g}".rstrip(".").replace("-", "−")


def percent(fraction, decimals=2):
    return number(100 * fraction, decimals)


def bracket(low, high, decimals=2, text=number):
    """[low, high], or nothing where there is no interval."""
    return f"[{text(low, decimals)}, {text(high, decimals)}]" if math.isfinite(low) and math.isfinite(high) else ""


def unbroken(text):
    """With no line break in `95 %`, `p = 0.06` or `(L0 8)`."""
    return text.replace(" %", "\u00a0%").replace(" = ", "\u00a0=\u00a0").replace(" < ", "\u00a0<\u00a0").replace("(L0 ", "(L0\u00a0")


def p_text(p):
    return NOTHING if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def axis_name(axis):
    """As readers know it: what was asked for and what was used share a name."""
    return axis.removesuffix("_requested")


def joined(words, last=" and "):
    words = list(words)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + last + words[-1] if words else ""


def capitalised(text):
    """Its first letter alone: `MSE per input` keeps its own."""
    return text[:1].upper() + text[1:]


def plural(count, noun):
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def duration(seconds):
    if not math.isfinite(seconds):
        return NOTHING
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds >= 9.995 else f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds:.3g} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
