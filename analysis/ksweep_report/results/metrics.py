"""The metrics that settings are chosen and judged by: one row each.  Imports no package, so that options can name them at once."""

from dataclasses import dataclass

from ..base.wording import NOTHING, bracket, number, padded, percent, signed

PERCENT_DECIMALS, DIGITS, DIGITS_OF_DIFFERENCE = 2, 4, 3


@dataclass(frozen=True)
class Metric:
    """choosing, judging: columns of sweep.h5, of the validation part and of the test set; one and the same where neither is looked at.

    instead: columns that stand in for these two in files of earlier versions; judging's is then 1 minus that column where `complement`.
    noun: in sentences; measured: what stands behind a number of the test set.  in_percent: shown as %, differences as points.
    reconstructs: falls as more units may be active, so that its best value names no best k; l0: the column that counts these.
    """
    name: str
    choosing: str
    judging: str
    noun: str
    measured: str
    more_is_better: bool = True
    in_percent: bool = True
    has_fixed_decimals: bool = False
    log: bool = False
    reconstructs: bool = False
    l0: str = "l0_training"
    curve: str = ""
    instead: tuple = ("", "")
    complement: bool = False

    @property
    def is_accuracy(self):
        return self.name == "accuracy"

    @property
    def has_parts(self):
        """Whether samples are looked at: those of the validation part to choose, those of the test set to judge."""
        return self.choosing != self.judging

    @property
    def sign(self):
        return 1 if self.more_is_better else -1

    @property
    def scale(self):
        return 100 if self.in_percent else 1

    @property
    def judged(self):
        return f"test {self.noun}" if self.has_parts else self.noun

    @property
    def chosen_on(self):
        return f"validation {self.noun}" if self.has_parts else self.noun

    @property
    def label(self):
        """Of an axis."""
        return self.judged + (" in %" if self.in_percent else "")

    @property
    def unit(self):
        return "\u00a0%" if self.in_percent else ""

    @property
    def points(self):
        """Behind a difference."""
        return " points" if self.in_percent else ""

    @property
    def worse(self):
        return "Lower" if self.more_is_better else "Higher"

    @property
    def best(self):
        return "Highest" if self.more_is_better else "Lowest"

    @property
    def better(self):
        return "Higher" if self.more_is_better else "Lower"

    @property
    def where(self):
        return " on the test set" if self.has_parts else ""

    def text(self, value):
        """A value as stored, without its unit: `98.65`."""
        if self.has_fixed_decimals:
            return percent(value, PERCENT_DECIMALS)
        return padded(self.scale * value, DIGITS) if value is not None else NOTHING

    def text_of_choosing(self, value):
        """The same of the column that is chosen by, which may be an error that stands in for it."""
        return self.text(value) if self.choosing.partition("_mse")[0] == self.choosing else padded(value, DIGITS)

    def change(self, difference):
        """With its sign: `−0.22`."""
        if self.has_fixed_decimals:
            return signed(self.scale * difference, PERCENT_DECIMALS)
        text = padded(self.scale * difference, DIGITS_OF_DIFFERENCE)
        return text if text == NOTHING or text.startswith("−") else "+" + text

    def ends(self, interval):
        """`[98.58, 98.71]`, or nothing where there is no interval."""
        return bracket(interval.low, interval.high, text=lambda value, _: self.text(value))

    def ends_of_change(self, interval):
        return bracket(interval.low, interval.high, text=lambda value, _: self.change(value))

    def sd(self, interval):
        return number(self.scale * interval.sd) if self.has_fixed_decimals else padded(self.scale * interval.sd, 2)


METRICS = (
    Metric("accuracy", "validation_accuracy", "test_accuracy", "accuracy", "test", has_fixed_decimals=True, l0="l0_encoding",
           curve="validation_accuracy_curve"),
    Metric("fvu", "validation_fvu", "test_fvu", "variance unexplained", "of test variance unexplained", more_is_better=False, log=True,
           reconstructs=True, curve="validation_fvu_curve", instead=("validation_mse", "test_fraction_of_variance_explained"), complement=True),
    Metric("fvu_by_rule", "validation_fvu_by_rule", "test_fvu_by_rule", "variance unexplained by the training's rule",
           "of test variance unexplained", more_is_better=False, log=True, reconstructs=True, l0="l0_by_rule", curve="validation_fvu_curve",
           instead=("validation_mse_by_rule", "test_fraction_of_variance_explained_by_rule"), complement=True),
    Metric("fvu_by_threshold", "validation_fvu_by_threshold", "test_fvu_by_threshold", "variance unexplained by threshold",
           "of test variance unexplained", more_is_better=False, log=True, reconstructs=True, l0="l0_by_threshold", curve="validation_fvu_curve"),
    Metric("mse", "validation_mse", "test_mse", "MSE per input", "test MSE per input", more_is_better=False, in_percent=False, log=True,
           reconstructs=True, curve="validation_mse_curve"),
    Metric("nmi", "validation_nmi", "test_nmi", "NMI", "test NMI", in_percent=False),
    Metric("true_mcc", "true_mcc", "true_mcc", "GT-MCC", "GT-MCC", in_percent=False),
    Metric("mean_decoder_cosine", "mean_decoder_cosine", "mean_decoder_cosine", "c_dec", "c_dec", more_is_better=False, in_percent=False),
)
NAMES = tuple(metric.name for metric in METRICS)


def metric_named(name):
    """None where there is none."""
    return next((metric for metric in METRICS if metric.name == name), None)
