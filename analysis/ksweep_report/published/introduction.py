"""What the page says before its tables: what it is, what was run, how to read a row, and what is called met."""

from collections import Counter

from ..base.wording import NOTHING, joined, plural
from .quantities import NOT_RUN
from .settings import total_core_seconds
from .uncertainty import VERDICTS

TEXT = """\
# Published and measured

Figures from the literature on sparse autoencoders beside what ksweep measures in the same experiments. The first table shows which published figures
are reached; a section for each experiment follows.

## What was run

Each experiment is a sweep file of this folder, run with `ksweep run jobs/NAME.cfg`; `jobs/fetch-data` gets the data sets. The results are in
[`published/`](published), without the weights; the published figures and the goals are in [`published/tables.toml`](published/tables.toml).
The stored results took {hours:.2g} core-hours ({machines}); each section gives its share.
{searched}`analysis/published` writes this page from these files.

## How to read a row

- A **measured** figure is the mean over *seeds*: networks that were trained alike, but from different random numbers. `0.0164 [0.0162, 0.0166]` is
  a mean with its 95 % interval (Student's t). An accuracy or an error varies for a second reason, since the test set is a sample, too:
  `1.53 ± 0.05 ± 0.26 [1.30, 1.79]` is mean ± what the seeds leave open ± what the size of the test set leaves open (Wilson's 95 % interval of one
  network) [both together]. "–" stands for what one seed alone cannot tell.
- A **published** figure is nearly always a single run on one test set. Behind it stand the interval that the size of its test set gives (Wilson,
  95 %) and, in words, how it came to this page: {sources}. "Recalled" is from memory of the publication.
- A **goal** is the best of the published figures of its row, whoever measured it; where that figure is vague or
  the mean of several runs, a range about it.
- **Chosen on validation**: if a row has several settings, the one with the best mean on the validation part is shown; the test set chooses
  nothing. A setting that is the best of many has been lucky with its networks: [the report](../docs/report.md#statistics) can choose by other
  seeds than it shows.
- **Seeds** are those that finished, **epochs** the passes over the training samples (`15 + 30`: of the autoencoder, then of fine-tuning).
- Other **columns** are explained in [docs/measures.md](../docs/measures.md); names such as `alpha` or `hidden` are keys of the sweep files
  ([docs/models.md](../docs/models.md)).

## What "met" means

For accuracies and errors on the test set: a goal is **{met}** if the measured mean reaches it, **{within}** if the mean does not, but the
interval in brackets does, and else **{not_met}**. In that interval the squares of the two parts add (Newcombe 1998, Statistics in Medicine 17:873;
Zou & Donner 2008, 27:1693); the part of the test set does not shrink with the number of seeds, because all seeds share one test set.

- It is counted once, not for the published figure as well: both are mostly of the same test samples, whose difficulty they share. Two independent
  test sets would excuse gaps about 1.4 times as large. How much they share cannot be known without the predictions behind the published figure, so
  that "{within}" means that the two were not told apart, not that they are equal.
- It cuts both ways: a goal that is {met} by less than the interval's width may be missed on other test samples. Few seeds make the interval wider,
  too; each line gives their number.
- Squared errors (MSE) have no such part here: {met} if the mean over seeds reaches the goal, else {not_met}.
- "Above …, same seeds": the goal is {met} if the whole interval of the differences between networks of the same seed is above 0, else {not_met}.
  For accuracies this interval contains the test set's part, too, as if the two sides had been tested on different samples, which makes it too wide.

## Goals

{counts} Rows without a published figure compare settings of ours with one another, and some published figures
have a second row, for another training.
"""


SEARCHED = "The [searches](search/README.md) for better recipes took {hours:.2g} core-hours more.\n"


def introduction(contents, verdicts):
    """verdicts: texts, one for each line of the table that follows."""
    met, within, not_met = VERDICTS
    sweeps, searched = list(contents.sweeps.values()), list(contents.searched.values())
    return TEXT.format(sources="; ".join(contents.sources.values()), met=met, within=within, not_met=not_met,
                       machines=machines_text(sweeps), hours=core_hours(sweeps), counts=counts_text(verdicts),
                       searched=SEARCHED.format(hours=core_hours(searched)) if searched else "")


def core_hours(sweeps):
    return sum(map(total_core_seconds, sweeps)) / 3600


def counts_text(verdicts):
    """`30 goals: 22 met, 5 met within the test set's uncertainty, 3 not met.`"""
    counts = Counter(verdicts)
    parts = [f"{counts[each]} {each}" for each in VERDICTS] + [f"{counts[NOTHING]} {NOT_RUN}"] * bool(counts[NOTHING])
    return f"{len(verdicts)} goals: {', '.join(parts)}."


def machines_text(sweeps):
    """`AMD EPYC, at most 2 cores at a time`, as the results say."""
    if not sweeps:
        return NOT_RUN
    names = sorted({str(each.attributes.get("cpu", "?")) for each in sweeps})
    cores = max(int(each.attributes.get("ranks", 1)) * int(each.attributes.get("threads", 1)) for each in sweeps)
    return f"{joined(names)}, at most {plural(cores, 'core')} at a time"
