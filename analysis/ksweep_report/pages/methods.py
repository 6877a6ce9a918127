"""The methods paragraph of a paper, from what is stored: data, split, training, seeds, selection, intervals and tests, software."""

import numpy as np

from ..base.wording import capitalised, joined, plural, value_text
from ..results.grid import CLASSIFIER, concerns, kind_name
from ..results.statistics import interval_name
from ..results.test_set import n_test_samples
from .racing import bounds_of_differences, methods_of_race

FILE = "methods.txt"
MOST_VALUES = 12
WHOLE, WITHOUT_VALIDATION = 0, -1   # of data.train, data.validation and data.test


def statistics_of_differences(race=None):
    """What is said of differences and tests wherever a paper's reader meets them."""
    if race:
        return bounds_of_differences(race)
    return ("simultaneous t intervals of paired differences to the chosen setting, adjusted for the number of comparisons; the exact sign-flip "
            "test beside them; below 3 seeds no interval")


def write_methods(grid, answer, folder):
    (folder / FILE).write_text(methods(grid, answer) + "\n", encoding="utf-8")


def methods(grid, answer):
    """A paragraph to paste."""
    sentences = [_data(grid), _split(grid), _training(grid), _settings(grid), _probe(grid), _seeds(grid), _selection(grid, answer),
                 _statistics(grid, answer), _software(grid)]
    return " ".join(filter(None, sentences))


def _values(grid, name):
    """Different values of a column, over the whole sweep; none where it is not stored."""
    return sorted(set(grid.sweep.columns[name].tolist())) if name in grid.sweep.columns else []


def _listed(values):
    texts = [value_text(value) for value in values]
    return joined(texts if len(texts) <= MOST_VALUES else [*texts[:MOST_VALUES - 2], "…", texts[-1]])


def _data(grid):
    hashes = dict(line.partition(" ")[::2] for line in str(grid.sweep.attributes.get("data_hash", "")).splitlines() if " " in line)
    sources = [line.strip() for line in str(grid.sweep.attributes.get("data_source", "")).splitlines() if line.strip()]
    named = [source + (f" (SHA-256 of the content {hashes[name][:16]}…)" if (name := source.partition(":")[0]) in hashes else "")
             for source in sources]
    return f"Data: {'; '.join(named)}." if named else ""


def _split(grid):
    train, validation, test = (_values(grid, f"data_{part}") for part in ("train", "validation", "test"))
    cell = next((cell for cell in grid.all_cells if len(cell.reporting)), None)
    n_test = n_test_samples(grid, cell) if cell is not None else None
    parts = []
    if len(train) == 1:
        parts.append("all other training samples" if train[0] == WHOLE else f"{train[0]:,} training samples")
    if len(validation) == 1 and validation[0] != WITHOUT_VALIDATION:
        size = "a sixth of the training set" if validation[0] == WHOLE else plural(validation[0], "sample")
        parts.append(f"a validation part of {size}, which each seed draws anew from the training set")
    if n_test or (len(test) == 1 and test[0] != WHOLE):
        parts.append(f"one fixed test set of {plural(n_test or test[0], 'sample')}")
    return f"Split: {'; '.join(parts)}." if parts else ""


def _training(grid):
    kinds = joined(sorted({kind_name(cell) for cell in grid.all_cells}))
    facts = []
    epochs, samples = _values(grid, "epochs"), _values(grid, "samples")
    if len(samples) == 1 and samples[0] > 0:
        facts.append(plural(samples[0], "sample"))
    elif len(epochs) == 1 and epochs[0] > 0:
        facts.append(plural(epochs[0], "epoch"))
    for name, form in (("optimizer", "optimizer {}"), ("learning_rate", "learning rate {}"), ("batch", "mini-batches of {}")):
        values = _values(grid, name)
        if len(values) == 1 and values[0]:
            facts.append(form.format(value_text(values[0])))
    return f"Models: {kinds}" + (f"; trained with {', '.join(facts)}." if facts else ".")


def _settings(grid):
    """The axes with their values, as far as they concern a trial."""
    axes = [axis for axis in grid.all_axes if axis != "kind"]
    texts = []
    for axis in axes:
        values = sorted({grid.value(cell, axis) for cell in grid.all_cells if concerns(axis, cell)})
        if len(values) > 1:
            texts.append(f"{grid.names.full(axis)} = {_listed(values)}")
    return f"Settings compared: {'; '.join(texts)} ({plural(len(grid.all_cells), 'setting')})." if texts else ""


def _probe(grid):
    probes = _values(grid, "probe_kind")
    if not grid.metric.is_accuracy or not probes or all(cell.kind == CLASSIFIER for cell in grid.all_cells):
        return ""
    return f"Accuracy is that of {'probes' if len(probes) > 1 else 'a probe'} ({_listed(probes)}) trained on the features with their labels."


def _seeds(grid):
    seeds, status = sorted(set(grid.sweep.columns["seed"].tolist())), grid.sweep.status
    done = int(np.sum(status == 1))
    left = f" {done:,} of {plural(len(status), 'trial')} had finished." if done < len(status) else ""
    if len(seeds) == 1:
        return f"Each setting was trained once, with seed {seeds[0]}.{left}"
    if grid.race:
        return f"{methods_of_race(grid.race, len(seeds))} Seeds draw split, initial weights and the order of the samples.{left}"
    return (f"Each setting was trained with {plural(len(seeds), 'seed')} ({_listed(seeds)}), which draw split, initial weights and the order of the "
            f"samples and are the same for all settings, so that differences are paired.{left}")


def _selection(grid, answer):
    metric = grid.metric
    if answer.only_improves:
        return (f"No setting is called best, because {metric.noun} only falls with L0: the frontier over the measured L0 is given, and the change "
                "from each setting to the one with the next larger L0, paired by seed.")
    if answer.chosen is None or len(grid.all_cells) == 1:
        return ""
    halves = ""
    if grid.has_halves:
        halves = f"; seeds {_listed(grid.choosing_seeds)} chose, and all results are of seeds {_listed(grid.reporting_seeds)}"
    if grid.race:
        return f"The leader of the race was chosen{f' and is reported by {metric.judged}' * metric.has_parts}."
    reported = f" and is reported by {metric.judged}" if metric.has_parts else ""
    return f"The setting with the {metric.best.lower()} mean {metric.chosen_on} over seeds was chosen{reported}{halves}."


def _statistics(grid, answer):
    n_most = max((len(grid.judged(cell)) for cell in grid.all_cells), default=0)
    if n_most == 0:
        return "Nothing was measured."
    if n_most == 1:
        return "Of a single seed there is neither interval nor test."
    fixed = "; another test set would change them, which is in no interval" if grid.metric.has_parts else ""
    means = f"Numbers are means over seeds with the {interval_name()} of the mean, on one test set{fixed}." if grid.metric.has_parts else \
        f"Numbers are means over seeds with the {interval_name()} of the mean."
    return means + (f" {capitalised(statistics_of_differences(grid.race))}." if answer.comparisons or answer.others else "")


def _software(grid):
    attributes = grid.sweep.attributes
    build = ", ".join(str(attributes[name]) for name in ("compiler", "mpi_library", "instruction_set") if str(attributes.get(name, "")).strip())
    commit = str(attributes.get("commit", "")).strip()
    known = f", commit {commit}" if commit and commit != "unknown" else ""
    return (f"Software: {attributes.get('generator', 'ksweep')} {attributes.get('version', '')}{known}" + (f" ({build})" if build else "")
            + f"; results SHA-256 {str(attributes.get('results_sha256', ''))[:16]}….")
