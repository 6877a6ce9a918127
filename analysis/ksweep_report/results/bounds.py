"""Which values a measured quantity can have at all: an interval that reaches beyond them is cut there."""

from math import inf

SHARE, COSINE, NOT_NEGATIVE, ANY = (0.0, 1.0), (-1.0, 1.0), (0.0, inf), (-inf, inf)
ENDINGS = {"_accuracy": SHARE, "test_error": SHARE, "_nmi": SHARE, "_fraction_of_variance_explained": (-inf, 1.0),
           "_mse": NOT_NEGATIVE, "_fvu": NOT_NEGATIVE, "_time_s": NOT_NEGATIVE, "dead_units": NOT_NEGATIVE, "dead_units_encoding": NOT_NEGATIVE,
           "l0": NOT_NEGATIVE, "l0_training": NOT_NEGATIVE, "l0_encoding": NOT_NEGATIVE, "core_seconds": NOT_NEGATIVE,
           "output_error": NOT_NEGATIVE, "always_on_units": NOT_NEGATIVE, "dead_units_validation": NOT_NEGATIVE, "_norm_ratio": NOT_NEGATIVE,
           "mean_decoder_cosine": SHARE, "_cosine": COSINE, "true_mcc": COSINE, "true_uniqueness": SHARE, "true_found": SHARE,
           "consistency": COSINE, "consistency_by_chance": COSINE, "reappearing_units": SHARE}
RULES = ("_by_rule", "_by_threshold")


def bounds_of(quantity):
    """(least, most) of a column or curve of sweep.h5."""
    name = quantity.removesuffix("_curve")
    for rule in RULES:
        name = name.removesuffix(rule)
    return next((bounds for ending, bounds in ENDINGS.items() if name.endswith(ending)), ANY)


def bounds_of_difference(quantity):
    least, most = bounds_of(quantity)
    return least - most, most - least
