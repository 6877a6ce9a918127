"""Effects of axes on a made-up sweep whose true effects are known: additive ones, one interaction and noise by seed."""

import itertools

import numpy as np
import pytest
from ksweep_report.figures import drawing
from ksweep_report.figures.effect_plot import effect_plot
from ksweep_report.figures.heatmaps import pairs_of_axes
from ksweep_report.pages.effects_table import effects_tables
from ksweep_report.results.answer import find_answer
from ksweep_report.results.effects import complete_block, find_effects
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from ksweep_report.results.statistics import t_interval
from sample_sweeps import FAILED, MISSING, trial, write_sweep

K, HIDDEN, RATE = {10: -0.02, 25: 0.0, 40: -0.01}, {100: 0.0, 200: 0.004}, {0.1: 0.0, 0.5: -0.0001}
TOGETHER = 0.003   # beyond their sum, of k = 40 and hidden = 100, against k = 25 and hidden = 200


def law(k, hidden, rate):
    return 0.95 + K[k] + HIDDEN[hidden] + RATE[rate] + TOGETHER * (k == 40 and hidden == 100)


def trials(seeds, sd=0.0002):
    return [trial(k, 0.0, seed, hidden=hidden, rate=rate, results=results(law(k, hidden, rate), seed, (k, hidden, int(10 * rate)), sd))
            for k, hidden, rate, seed in itertools.product(K, HIDDEN, RATE, range(seeds))]


def results(mean, seed, cell, sd):
    shared, own = np.random.default_rng(seed), np.random.default_rng([seed, *cell])
    return {"test_accuracy": mean + 0.01 * shared.standard_normal() + sd * own.standard_normal(), "validation_accuracy": mean}


def grid_of(tmp_path, planned):
    return Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", planned)))


def effects_of(tmp_path, planned):
    grid = grid_of(tmp_path, planned)
    return grid, find_effects(grid, find_answer(grid))


def found(effects):
    return {(each.axis, effect.value): effect for each in effects.axes for effect in each.effects}


TRUTH = {("k", 10): -0.02, ("k", 40): -0.01 + TOGETHER / 2, ("hidden", 100): -0.004 + TOGETHER / 3, ("rate", 0.5): -0.0001}


def test_effects_are_those_of_the_law_and_the_largest_comes_first(tmp_path):
    _, effects = effects_of(tmp_path, trials(8))
    assert [each.axis for each in effects.axes] == ["k", "hidden", "rate"]
    assert {key: effect.difference.mean for key, effect in found(effects).items()} == pytest.approx(TRUTH, abs=0.0003)
    assert all(effect.difference.low < TRUTH[key] < effect.difference.high for key, effect in found(effects).items())
    assert all(each.is_complete for each in effects.axes) and found(effects)["k", 10].settings == 4
    strongest = effects.interactions[0]
    assert (strongest.axes, strongest.references, strongest.values) == (("k", "hidden"), (25, 200), (40, 100))
    assert strongest.difference.mean == pytest.approx(TOGETHER, abs=0.0004) and strongest.difference.low > 0
    assert max(abs(each.difference.mean) for each in effects.interactions[1:]) < TOGETHER / 10
    assert effects.n_contrasts == 2 + 2 + 1


def test_what_a_seed_does_to_all_settings_is_in_no_effect(tmp_path):
    _, effects = effects_of(tmp_path, trials(4, sd=0))
    assert {key: effect.difference.mean for key, effect in found(effects).items()} == pytest.approx(TRUTH)
    assert max(effect.difference.sd for effect in found(effects).values()) < 1e-9


def test_intervals_of_an_axis_hold_together_and_so_do_those_of_interactions(tmp_path):
    """Of 400 sweeps of 4 seeds: at least 93 % of the axes' families, and of all interactions at once."""
    grid = grid_of(tmp_path, trials(4))
    answer, noise = find_answer(grid), np.random.default_rng(7)
    column = grid.sweep.columns["test_accuracy"]
    mean = np.array([law(*(grid.sweep.columns[name][row] for name in ("k", "hidden", "rate"))) for row in range(len(column))])
    held = {"k": 0, "hidden": 0, "rate": 0, "interactions": 0}
    for _ in range(400):
        column[:] = mean + 0.001 * noise.standard_normal(len(column))
        effects = find_effects(grid, answer)
        for each in effects.axes:
            held[each.axis] += all(effect.difference.low <= TRUTH[each.axis, effect.value] <= effect.difference.high for effect in each.effects)
        truth = [TOGETHER * (each.axes == ("k", "hidden") and each.values == (40, 100)) for each in effects.interactions]
        held["interactions"] += all(each.difference.low <= true <= each.difference.high for each, true in zip(effects.interactions, truth))
    assert all(share >= 0.93 * 400 for share in held.values()), held
    assert held["hidden"] <= 0.98 * 400   # a single comparison: 95 %, not wider than it says


def test_an_interval_is_of_differences_within_each_seed(tmp_path):
    grid, effects = effects_of(tmp_path, trials(5))
    columns = grid.sweep.columns
    by_seed = [np.mean([columns["test_accuracy"][(columns["seed"] == seed) & (columns["rate"] == rate)].mean() * sign
                        for rate, sign in ((0.5, 2), (0.1, -2))]) for seed in range(5)]
    difference = found(effects)["rate", 0.5].difference
    wanted = t_interval(by_seed)
    assert (difference.mean, difference.low, difference.high) == pytest.approx((wanted.mean, wanted.low, wanted.high))


def test_below_three_seeds_there_is_no_interval(tmp_path):
    grid, effects = effects_of(tmp_path, trials(2))
    assert all(np.isnan(effect.difference.low) and np.isfinite(effect.difference.mean) for effect in found(effects).values())
    tables = effects_tables(grid, effects)
    assert any("With 2 seeds no interval is given" in note for note in tables["notes"])
    assert {row["interval"] for row in tables["rows"]} == {"–"}


def test_of_an_incomplete_grid_only_what_has_both_values_is_compared_and_that_is_said(tmp_path):
    planned = trials(4, sd=0)
    for each in planned:
        if each["k"] == 40 and each["hidden"] == 100:   # the interaction's cells are missing: what is left is additive
            each["status"] = FAILED if each["seed"] == 1 else MISSING
        if each["k"] == 10 and each["hidden"] == 200 and each["rate"] == 0.5 and each["seed"] == 3:
            each["status"] = MISSING
    grid, effects = effects_of(tmp_path, planned)
    assert {key: round(effect.difference.mean, 9) for key, effect in found(effects).items()} == {
        ("k", 10): -0.02, ("k", 40): -0.01, ("hidden", 100): -0.004, ("rate", 0.5): -0.0001}
    assert {effect.settings for effect in effects.axes[0].effects} == {2} and {effect.difference.n for effect in effects.axes[0].effects} == {3}
    tables = effects_tables(grid, effects)
    rows = {(row["axis"], row["value"]): row["settings"] for row in tables["rows"]}
    assert rows["k", "40"] == rows["k", "10"] == "2 of 4" and rows["hidden", "100"] == "4 of 6"
    assert "effects are over complete blocks alone" in tables["notes"][0]
    assert "Of k none has hidden\u00a0=\u00a0100: how they interact is not in it." in tables["notes"][0]
    assert "Of hidden none has k\u00a0=\u00a040" in tables["notes"][0]


def test_values_of_an_axis_are_compared_over_the_same_settings_and_seeds(tmp_path):
    """Settings whose values interact: with what each value happens to have, the effect of k = 10 would take that of hidden for its own."""
    planned = [trial(k, 0.0, seed, hidden=hidden, results=results(0.9 - 0.01 * (k == 10) * (hidden == 100) - 0.02 * (k == 40), seed, (k,), 0))
               for k in (10, 25, 40) for hidden in (100, 200) for seed in range(4)]
    for each in planned:
        if each["k"] == 40 and each["hidden"] == 100 or each["k"] == 10 and each["seed"] == 3:
            each["status"] = MISSING
    grid, effects = effects_of(tmp_path, planned)
    of_k = {effect.value: effect for effect in next(each for each in effects.axes if each.axis == "k").effects}
    assert {value: (round(effect.difference.mean, 9), effect.settings, effect.difference.n) for value, effect in of_k.items()} == {
        10: (0.0, 1, 3), 40: (-0.02, 1, 3)}
    assert next(each for each in effects.axes if each.axis == "k").absent == (("hidden", (100,)),)


@pytest.mark.parametrize("whole, settings, seeds", [
    (["1111", "1111"], [0, 1], [0, 1, 2, 3]),
    (["1110", "1111", "0001"], [0, 1], [0, 1, 2]),
    (["1100", "1100", "1100", "1110"], [3], [0, 1, 2]),      # three seeds give an interval, two more settings do not
    (["1000", "0100"], [0], [0]),
    (["0000"], [], [])])
def test_the_largest_complete_block_is_taken(whole, settings, seeds):
    found = complete_block(np.array([[letter == "1" for letter in row] for row in whole]))
    assert [each.tolist() for each in found] == [settings, seeds]


def test_values_that_share_no_setting_are_compared_apart_and_that_is_said(tmp_path):
    planned = [trial(k, 0.0, seed, hidden=hidden, results=results(0.9 + 0.01 * (k == 25), seed, (k,), 0))
               for k, hidden in ((10, 100), (25, 100), (25, 200), (40, 200)) for seed in range(3)]
    grid, effects = effects_of(tmp_path, planned)
    assert {effect.difference.n for effect in next(each for each in effects.axes if each.axis == "k").effects} == {3}
    assert any("No setting has every value of k: each value is compared over settings of its own" in note
               for note in effects_tables(grid, effects)["notes"])


def test_a_value_that_shares_no_setting_with_the_reference_has_no_effect(tmp_path):
    planned = [trial(k, 0.0, seed, hidden=hidden, results=results(0.9 + 0.05 * (k == 25), seed, (k,), 0))
               for k, hidden in ((10, 100), (25, 200), (40, 100), (40, 200)) for seed in range(3)]
    grid, effects = effects_of(tmp_path, planned)
    assert found(effects)["k", 10].difference.n == 0
    assert any("No setting of the other axes has both k\u00a0=\u00a010 and the reference" in note for note in effects_tables(grid, effects)["notes"])


@pytest.mark.parametrize("weights, wanted", [
    ((0.1,), {("penalty", "l1"): -0.02, ("penalty", "none"): -0.03}),   # the penalty tells which weight it is
    ((0.1, 0.2), {("penalty", "l1"): -0.02, ("sparsity_weight", 0.0): -0.02, ("sparsity_weight", 0.2): 0.0})])
def test_without_weight_a_setting_stands_beside_every_penalty(tmp_path, weights, wanted):
    planned = [trial(k, weight, seed, penalty=penalty,
                     results=results(0.9 + 0.01 * (weight > 0) + 0.02 * (penalty == "kl") + 0.001 * k, seed, (k,), 0))
               for k in (1, 2) for weight, penalty in ((0.0, "none"), *itertools.product(weights, ("l1", "kl"))) for seed in range(3)]
    _, effects = effects_of(tmp_path, planned)
    assert {key: round(effect.difference.mean, 9) for key, effect in found(effects).items()} == wanted | {("k", 1): -0.001}


def test_one_axis_alone_has_no_effects(tmp_path):
    grid, effects = effects_of(tmp_path, [trial(k, seed=seed) for k in (10, 25) for seed in range(3)])
    assert effects.axes == () and effects_tables(grid, effects) is None


def test_the_plot_has_a_row_for_each_value(tmp_path):
    grid, effects = effects_of(tmp_path, trials(4))
    out = drawing.Output()
    out.use_style()
    figure = effect_plot(out, grid, effects)
    assert [mark[2].split("\n")[0] for mark in figure.marks] == ["k = 10", "k = 40", "hidden = 100", "rate = 0.5"]
    assert "k against 25: 10: −2.0" in figure.alt and "95\u00a0% t interval over seeds" in figure.caption


def test_heat_maps_are_of_the_pairs_that_matter_with_means_over_the_others(tmp_path):
    grid, effects = effects_of(tmp_path, trials(3, sd=0))
    out = drawing.Output()
    out.use_style()
    maps = pairs_of_axes(out, grid, effects)
    assert [each.name for each in maps] == ["hidden_by_k"]
    seed_means = np.mean([0.01 * np.random.default_rng(seed).standard_normal() for seed in range(3)])
    wanted = 100 * (0.95 - 0.02 + seed_means + RATE[0.5] / 2)
    assert f"k = 10, hidden = 100\n{wanted:.2f} %" in [mark[2] for mark in maps[0].marks]
    assert "over seeds and 2 settings of rate, trials that every square has" in maps[0].caption


def test_a_heat_map_of_an_incomplete_grid_uses_what_all_squares_have(tmp_path):
    planned = trials(3, sd=0)
    next(each for each in planned if (each["k"], each["hidden"], each["rate"], each["seed"]) == (10, 100, 0.1, 2))["status"] = MISSING
    grid, effects = effects_of(tmp_path, planned)
    out = drawing.Output()
    out.use_style()
    shared = [0.01 * np.random.default_rng(seed).standard_normal() for seed in range(3)]
    mean = np.mean([np.mean([shared[seed] + RATE[rate] for rate in (0.1, 0.5) if (rate, seed) != (0.1, 2)]) for seed in range(3)])
    assert f"k = 25, hidden = 200\n{100 * (0.954 + mean):.2f} %" in [mark[2] for mark in pairs_of_axes(out, grid, effects)[0].marks]
