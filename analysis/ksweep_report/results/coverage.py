"""How often intervals that are called 95 % cover the true mean: measured by simulation, as a Markdown table."""

import numpy as np

from .statistics import bca_ends, t_interval

LAWS = {"normal": (np.random.Generator.standard_normal, 0.0), "exponential": (np.random.Generator.standard_exponential, 1.0)}
METHODS = {"t": lambda values: (t_interval(values).low, t_interval(values).high), "BCa": lambda values: bca_ends(values, resamples=999)}
NUMBERS = {"t": (3, 5, 6, 8, 10, 15, 20, 30), "BCa": (3, 5, 6, 8, 10, 15, 20, 30)}


def coverage_of(method, law, n, repeats):
    """The share of repeats in which the interval over n values of a law holds that law's mean; the same each time."""
    draw, mean = LAWS[law]
    samples = draw(np.random.default_rng(n), (repeats, n))
    ends = (METHODS[method](values) for values in samples)
    return sum(low <= mean <= high for low, high in ends) / repeats


def table(repeats):
    numbers = NUMBERS["t"]
    lines = ["| % of 95 % intervals that cover, values per mean: | " + " | ".join(map(str, numbers)) + " |", "| --- |" + " --- |" * len(numbers)]
    for method, own in NUMBERS.items():
        for law in LAWS:
            cells = [f"{100 * coverage_of(method, law, n, repeats):.0f}" if n in own else "–" for n in numbers]
            lines.append(f"| {method}, {law} values | " + " | ".join(cells) + " |")
    return "\n".join(lines)
