import hashlib
import subprocess
import sys

import h5py
import numpy as np
import pytest
from conftest import PUBLISHED
from ksweep_report.base.errors import ReportError
from ksweep_report.base.wording import NOTHING
from ksweep_report.published.contents import read_contents
from ksweep_report.published.definitions import Goal
from ksweep_report.published.introduction import counts_text
from ksweep_report.published.readme import page_text
from ksweep_report.published.settings import matching, settings_of
from ksweep_report.published.take import LEFT_OUT, PRIVATE
from ksweep_report.published.uncertainty import MET, NOT_MET, WITHIN, decide, difference_figure, plain_figure, share_figure
from ksweep_report.results.reading import read_sweep
from ksweep_report.results.statistics import pairs_interval, t_interval
from sample_sweeps import FAILED, MISSING, N_EPOCHS, product, trial, write_sweep
from scipy import stats

JOBS = PUBLISHED.parents[1] / "jobs"
ONE_ROW = """
[sources]
recalled = "recalled, not checked"
[[table]]
name = "mine"
column = [{ quantity = "test_error" }]
[[table.row]]
label = "k = 25"
where = { k = 25 }
published = [{ value = "1.35", source = "recalled" }]
goal = { most = 1.35 }
"""


def published(*arguments):
    return subprocess.run([sys.executable, str(PUBLISHED), *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def page(tmp_path):
    """The page of these tables and of sweeps of these trials."""
    def make(tables, text="# Question: why?\ntitle = Mine\n", **trials_of):
        (tmp_path / "published").mkdir(exist_ok=True)
        (tmp_path / "published" / "tables.toml").write_text(tables)
        (tmp_path / "mine.cfg").write_text(text)
        for name, trials in trials_of.items():
            write_sweep(tmp_path / "published" / f"{name}.h5", trials, probe_every=1)
        return page_text(read_contents(tmp_path))
    return make


def row_of(page, start, nth=0):
    """The nth line of a table that starts with this cell, as cells."""
    lines = [line for line in page.splitlines() if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in lines[nth].strip("|").split(" | ")]


def measured(test, validation=0.9, **more):
    return {"test_accuracy": test, "validation_accuracy": validation, **more}


def seeds_of(tests, validation=0.9, **more):
    return [trial(seed=seed, results=measured(test, validation), **more) for seed, test in enumerate(tests)]


def test_the_committed_page_is_what_the_stored_results_give(tmp_path):
    done = published("--output", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    pages = ("README.md", "search/README.md")
    assert done.stdout.splitlines() == [str(tmp_path / page) for page in pages]
    for page in pages:
        assert (tmp_path / page).read_text() == (JOBS / page).read_text(), "run analysis/published"


def test_every_table_has_a_sweep_file_or_a_question():
    text = page_text(read_contents(JOBS))
    for name in ("paper-mnist", "paper-fine-tuned", "wta-mnist", "best", "classifier", "owner-log", "sigmoid-autoencoder",
                 "penalties-fashion", "shifted-targets", "topk-mnist", "paper-norb", "superposition", "cifar-patches", "natural-images"):
        section = text.split(f'<a id="{name}"></a>')[1]
        assert section.lstrip().startswith("## ") and "?" in section.split("\n|")[0]


def test_a_table_without_results_is_printed_as_not_run(page):
    text = page(ONE_ROW)
    assert row_of(text, "k = 25") == ["k = 25", "1.35 (test set of unknown size) (recalled, not checked)", "not run", "≤ 1.35", "–", "–", "–", "–"]
    assert "**Question.** Why?\n" in text and "## Mine" in text and "[`mine.cfg`](mine.cfg): no stored results." in text
    assert "1 goals: 0 met, 0 met within the test set's uncertainty, 0 not met, 1 not run." in text


def test_the_interval_over_seeds_agrees_with_scipy(page):
    errors = np.array([1.30, 1.41, 1.22, 1.35, 1.47])
    trials = [trial(seed=seed, results=measured(0.9, test_mse=value)) for seed, value in enumerate(errors)]
    text = page(ONE_ROW.replace("test_error", "test_mse"), mine=trials)
    low, high = stats.t.interval(0.95, 4, loc=errors.mean(), scale=stats.sem(errors))
    assert row_of(text, "k = 25")[2] == f"{errors.mean():.4f} [{low:.4f}, {high:.4f}]"
    assert row_of(text, "k = 25")[5] == "5"


def wilson(percent, n=10_000):
    """Wilson's interval in %, as SciPy has it."""
    interval = stats.binomtest(round(percent / 100 * n), n).proportion_ci(method="wilson")
    return 100 * interval.low, 100 * interval.high


def test_a_share_of_test_samples_is_printed_with_what_seeds_and_test_set_leave_open(page):
    errors = np.array([1.40, 1.41, 1.32, 1.35, 1.47])   # their mean is 139 of 10,000 samples
    text = page(ONE_ROW, mine=seeds_of(1 - errors / 100))
    seeds, (low, high) = stats.t.ppf(0.975, 4) * stats.sem(errors), wilson(1.39)
    ends = 1.39 - np.hypot(seeds, 1.39 - low), 1.39 + np.hypot(seeds, high - 1.39)
    assert row_of(text, "k = 25")[2] == f"1.39 ± {seeds:.2f} ± {high - 1.39:.2f} [{ends[0]:.2f}, {ends[1]:.2f}]"


def test_the_published_run_has_the_interval_of_the_results_test_set_and_says_its_source(page):
    low, high = wilson(1.35)
    assert row_of(page(ONE_ROW, mine=seeds_of((0.98,))), "k = 25")[1] == f"1.35 [{low:.2f}, {high:.2f}] (recalled, not checked)"


def test_another_test_set_of_the_published_run_counts(page):
    low, high = wilson(1.35, 2000)
    own = ONE_ROW.replace('value = "1.35",', 'value = "1.35", samples = 2000,')
    assert row_of(page(own, mine=seeds_of((0.98,))), "k = 25")[1].startswith(f"1.35 [{low:.2f}, {high:.2f}]")


def test_without_results_the_table_says_how_large_the_test_set_of_the_published_run_is(page):
    low, high = wilson(1.35, 24_300)
    tables = ONE_ROW.replace("[[table.row]]", "test_samples = 24300\n[[table.row]]")
    assert row_of(page(tables), "k = 25")[1].startswith(f"1.35 [{low:.2f}, {high:.2f}]")


def test_the_test_sets_part_does_not_shrink_with_the_number_of_seeds():
    many = share_figure(t_interval(np.tile([1.49, 1.51], 500)), 10_000)
    low, high = wilson(1.50)
    assert (many.low, many.high) == pytest.approx((low, high), abs=1e-4)


def test_one_seed_has_the_test_sets_interval_alone(page):
    low, high = wilson(2.0)
    assert row_of(page(ONE_ROW, mine=seeds_of((0.98,))), "k = 25")[2] == f"2.00 ± – ± {high - 2:.2f} [{low:.2f}, {high:.2f}]"


@pytest.mark.parametrize("goal, value, side, gap", [
    (Goal(most=1.35), 1.35, 0, 0), (Goal(most=1.35), 1.36, 1, 0.01), (Goal(below=1.2), 1.2, 1, 0), (Goal(above=92.07), 92.07, -1, 0),
    (Goal(above=92.07), 92.08, 0, 0), (Goal(least=7.2, most=7.7), 7.1, -1, -0.1), (Goal(least=7.2, most=7.7), 7.7, 0, 0),
    (Goal(least=7.2, most=7.7), 7.8, 1, 0.1),
])
def test_a_goal_says_on_which_side_of_it_a_value_lies_and_how_far(goal, value, side, gap):
    assert goal.side(value) == side and goal.gap(value) == pytest.approx(gap)


# Means of 5 seeds whose interval is ± 0.05 or so, of 10,000 samples, whose own interval is - 0.22 and + 0.26 at 1.53.
@pytest.mark.parametrize("goal, mean, verdict", [
    (Goal(most=1.35), 1.35, MET), (Goal(most=1.35), 1.53, WITHIN), (Goal(most=1.35), 1.60, NOT_MET), (Goal(below=1.20), 1.20, WITHIN),
    (Goal(above=92.07), 92.00, WITHIN), (Goal(above=92.07), 91.00, NOT_MET), (Goal(least=94.05, most=94.45), 94.50, WITHIN),
    (Goal(least=94.05, most=94.45), 94.20, MET), (Goal(least=94.05, most=94.06), 94.20, WITHIN), (Goal(least=94.05, most=94.45), 93.00, NOT_MET),
])
def test_a_share_of_test_samples_may_meet_a_goal_within_the_test_sets_uncertainty(goal, mean, verdict):
    figure = share_figure(t_interval(mean + np.array([-0.05, -0.02, 0, 0.02, 0.05])), 10_000)
    assert decide(goal, figure).text == verdict


def test_the_verdict_says_how_far_the_mean_is_off_and_how_far_the_intervals_reach():
    seeds = t_interval(np.array([2.5, 2.55, 2.6]))
    found = decide(Goal(most=1.81), share_figure(seeds, 10_000))
    low, _ = wilson(2.55)
    assert found.gap == pytest.approx(0.74) and found.reach_of_seeds == pytest.approx(2.55 - seeds.low)
    assert found.reach == pytest.approx(np.hypot(2.55 - seeds.low, 2.55 - low))


def test_other_figures_meet_a_goal_by_their_mean_alone():
    figure = plain_figure(t_interval(np.array([0.010, 0.030])))
    assert decide(Goal(most=0.02), figure).text == MET and decide(Goal(most=0.019), figure).text == NOT_MET


def test_differences_meet_a_goal_by_their_whole_interval_which_holds_the_test_sets_part_where_they_are_of_shares():
    seeds, means = t_interval(np.array([0.9, 1.0, 1.1])), (97.0, 96.0)
    assert decide(Goal(above=0), difference_figure(seeds, means, "test_accuracy", 10_000)).text == MET
    assert decide(Goal(above=0), difference_figure(seeds, means, "test_accuracy", 1000)).text == NOT_MET
    assert decide(Goal(above=0), difference_figure(seeds, means, "test_nmi", 1000)).text == MET
    assert decide(Goal(above=0), difference_figure(t_interval([1.0]), means, "test_nmi", 1000)).text == NOT_MET


def test_without_a_goal_or_a_figure_there_is_no_verdict():
    assert decide(None, plain_figure(t_interval([1.0]))).text == decide(Goal(most=1), None).text == NOTHING
    assert decide(Goal(most=1), plain_figure(t_interval([]))).text == NOTHING


def test_the_verdicts_are_counted():
    assert counts_text([MET, NOT_MET, MET, WITHIN, NOTHING]) == (
        "5 goals: 2 met, 1 met within the test set's uncertainty, 1 not met, 1 not run.")


def test_the_page_counts_the_verdicts_that_its_rows_have():
    text = (JOBS / "README.md").read_text()
    verdicts = [line.strip("| ").split(" | ")[-1] for line in text.split("## Goals")[1].split("<a id=")[0].splitlines() if line.startswith("| [")]
    assert counts_text(verdicts) in text and {MET, WITHIN, NOT_MET} <= set(verdicts) <= {MET, WITHIN, NOT_MET, NOTHING}
    assert [row_of(text, f"k-sparse, k = {k}")[4] for k in (10, 25)] == [WITHIN, WITHIN]
    assert row_of(text, "dropout")[4] == WITHIN and row_of(text, "RBM")[4] == NOT_MET


def test_a_goal_that_is_not_reached_is_explained(page):
    off = ONE_ROW.replace("goal =", 'reason = "Too few epochs."\ngoal =')
    lines = [line for line in page(off, mine=seeds_of((0.97, 0.971))).splitlines() if line.startswith("- k = 25")]
    assert lines[0].startswith("- k = 25, not met: the mean is 1.60 above the goal; its interval reaches down by ")
    assert lines[0].endswith(" Too few epochs.")
    assert "The reason is not known." in page(ONE_ROW, mine=seeds_of((0.97, 0.971)))
    near = page(ONE_ROW, mine=seeds_of((0.986, 0.9861)))
    assert f"- k = 25, {WITHIN}: the mean is 0.05 above the goal" in near and "The reason" not in near


def test_intervals_of_consistency_allow_for_pairs_that_share_a_seed(page):
    tables = ONE_ROW.replace("test_error", "consistency")
    values = np.array([0.81, 0.79, 0.80, 0.83])
    trials = [trial(seed=seed, results=measured(0.9, consistency=value)) for seed, value in enumerate(values)]
    expected = pairs_interval(values)
    assert row_of(page(tables, mine=trials), "k = 25")[2] == f"{values.mean():.3f} [{expected.low:.3f}, {expected.high:.3f}]"


def test_the_validation_part_chooses_and_the_other_settings_are_listed(page):
    chosen = seeds_of((0.975, 0.9805, 0.986), validation=0.98, alpha=1)
    better_on_test = seeds_of((0.990, 0.9905, 0.991), validation=0.97, alpha=3)
    text = page(ONE_ROW, mine=better_on_test + chosen)
    row = row_of(text, "k = 25")
    assert row[2].startswith("1.95 ") and row[4] == WITHIN and row[-1].startswith("alpha = 1 (of 3, 1)")
    assert row_of(text, "alpha = 3")[1:3] == ["97.00", "0.95 ± 0.12 ± 0.21 [0.74, 1.19]"]


def test_reconstructions_are_chosen_by_the_least_validation_error(page):
    tables = ONE_ROW.replace("[[table.row]]", 'choose = "validation_mse"\n[[table.row]]')
    trials = [trial(alpha=alpha, results=measured(test, validation_mse=error))
              for alpha, test, error in ((1, 0.99, 2), (3, 0.98, 1))]
    assert row_of(page(tables, mine=trials), "k = 25")[2].startswith("2.00 ")


def test_settings_of_which_nothing_was_run_are_not_listed(page):
    trials = seeds_of((0.98,)) + [dict(trial(k=k, status=status), results={}) for k, status in ((40, MISSING), (70, FAILED))]
    text = page(ONE_ROW, mine=trials)
    assert "| k = 40 |" not in text and row_of(text, "k = 70")[1:] == ["–", "–", "0 of 1"]


def test_missing_and_failed_trials_are_counted(page):
    trials = seeds_of((0.98, 0.98, 0.98, 0.98))
    trials[1]["status"], trials[2]["status"] = MISSING, FAILED
    text = page(ONE_ROW, mine=trials)
    assert row_of(text, "k = 25")[5] == "2 of 4"
    assert "2 of 4 trials done, 1 failed" in text


def test_the_probes_own_choices_are_printed(page):
    trials = [trial(seed=seed, results=measured(0.98, probe_l2=l2)) for seed, l2 in enumerate((1e-4, 1e-6, 1e-5))]
    assert row_of(page(ONE_ROW, mine=trials), "k = 25")[-1] == "L2 = 1e-06 … 0.0001"


def test_names_of_settings_are_those_of_sweep_files(page):
    trials = [each for c in (1, 10) for each in seeds_of((0.98, 0.98), validation=0.9 + c / 1000, kind="wta", probe_c_requested=c)]
    text = page(ONE_ROW, mine=trials)
    assert row_of(text, "k = 25")[-1].startswith("probe.c = 10 (of 1, 10)") and row_of(text, "probe.c = 1")
    trials = [each for hidden, layers in ((1000, "none"), (30, "1000-30")) for each in seeds_of((0.98,), hidden=hidden, layers=layers)]
    assert row_of(page(ONE_ROW, mine=trials), "k = 25")[-1].split("; ")[1] == "layers = 1000 (of 1000, 1000-30)"
    text = page(ONE_ROW.replace("where = { k = 25 }", "where = { k = 3 }"), mine=seeds_of((0.98,), kind="wta") + seeds_of((0.98,), kind="raw"))
    assert row_of(text, "winner-take-all") and row_of(text, "raw pixels")


def test_what_the_program_noted_of_the_data_is_said(page, tmp_path):
    page(ONE_ROW, mine=seeds_of((0.98,)))
    write_sweep(tmp_path / "published" / "mine.h5", seeds_of((0.98,)), attributes={"data_notes": "mine: no test part\nmine: few samples\n"})
    assert "1 of 1 trials done. Of the data: mine: no test part; mine: few samples." in page_text(read_contents(tmp_path))


def test_cost_is_time_times_threads(page):
    trials = [trial(seed=seed, results=measured(0.98, wall_time_s=1800.0, threads=2.0)) for seed in range(3)]
    text = page(ONE_ROW, mine=trials)
    assert ": 3 core-hours (Some CPU @ 2.00GHz, avx512 kernels, ranks: 2, threads each: 2); 3 of 3 trials done" in text
    assert "The stored results took 3 core-hours (Some CPU @ 2.00GHz, at most 4 cores at a time);" in " ".join(text.split())


def test_a_sweep_file_that_changed_since_is_told(page):
    same = "# Another comment\ntitle = Accuracy versus k\n\n[model]\nk = 10,25, 40, 70  # as before\n"
    assert "has changed since" not in page(ONE_ROW, text=same, mine=seeds_of((0.98,)))
    assert "has changed since" in page(ONE_ROW, text=same + "alpha = 3\n")


def test_curves_stand_beside_the_published_ones(page):
    tables = ONE_ROW + '[[table.by_epoch]]\nquantity = "train_loss_curve"\npublished = [1.5, 2.5]\nsteps = 1000\n'
    text = page(tables, mine=product((25,), seeds=(0, 1, 2)))
    half = stats.t.ppf(0.975, 2) * 0.1 / np.sqrt(3)
    assert row_of(text, "1000") == ["1000", "1.50", f"18.10 ± {half:.2f}"]
    assert row_of(text, str(1000 * N_EPOCHS))[1] == "–"


def test_epochs_that_were_not_trained_have_no_line(page):
    asked = 'by_epoch = [{ quantity = "train_loss_curve", epochs = [1, 5, 50, "last"] }]\n[[table.row]]'
    tables = ONE_ROW.replace("[[table.row]]", asked)
    text = page(tables, mine=product((25,), seeds=(0, 1)))
    after = text.split("| after epoch |")[1]
    assert [line.split(" | ")[0] for line in after.splitlines()[2:5]] == ["| 1", "| 5", "| last"]


def test_accuracies_by_class_stand_beside_the_published_ones(page, tmp_path):
    tables = ONE_ROW.replace("[[table.row]]", "per_class = { published = [98.06, 97.62] }\n[[table.row]]")
    text = page(tables, mine=seeds_of((0.98, 0.981, 0.979)))
    accuracy = 100 * read_sweep(tmp_path / "published" / "mine.h5").class_accuracy[:, 1]
    assert row_of(text, "1")[1].startswith("97.62 ± ") and row_of(text, "1")[2].startswith(f"{accuracy.mean():.2f} ± ")


def test_differences_are_paired_by_seed(page):
    tables = """
[[table]]
name = "mine"
row_keys = ["targets"]
column = [{ quantity = "test_nmi", heading = "NMI" }]
paired = { key = "targets", value = "inputs", goals = ["NMI"] }
"""
    plain, shifted = (0.50, 0.60, 0.40), (0.56, 0.65, 0.47)
    trials = [trial(seed=seed, targets=name, results=measured(0.9, test_nmi=value))
              for name, values in (("inputs", plain), ("classes", shifted)) for seed, value in enumerate(values)]
    text = page(tables, mine=trials[:3] + trials[:2:-1])   # seeds in another order
    gain = np.subtract(shifted, plain)
    low, high = stats.t.interval(0.95, 2, loc=gain.mean(), scale=stats.sem(gain))
    assert row_of(text, "targets = classes", 1)[1:] == [f"+{gain.mean():.3f} [+{low:.3f}, +{high:.3f}]", "3", "met"]
    assert "NMI: above targets = inputs, same seeds" in text


def test_each_column_may_be_of_another_probe(page):
    tables = """
[[table]]
name = "mine"
row_keys = ["k"]
column = [
  { quantity = "test_accuracy", heading = "svm", where = { probe_kind = "svm" } },
  { quantity = "test_accuracy", heading = "knn", where = { probe_kind = "knn" } },
]
"""
    trials = seeds_of((0.98,), probe_kind="svm") + seeds_of((0.97,), probe_kind="knn")
    assert row_of(page(tables, mine=trials), "k = 25")[1:3] == ["98.00 ± – ± 0.29 [97.71, 98.26]", "97.00 ± – ± 0.35 [96.65, 97.32]"]


BEST = """
[[table]]
name = "best"
title = "Best"
question = "Which?"
where = { kind = "!raw", targets = "!classes" }
column = [{ quantity = "test_error" }]
goal = { below = 1.20 }
over_all = { least_seeds = 2, shown = 2 }
"""


def test_the_best_over_all_is_chosen_on_validation_among_those_with_enough_seeds(page):
    one = (seeds_of((0.98, 0.98), 0.982, k=40, targets="inputs") + seeds_of((0.999,), 0.999, k=70, targets="inputs")
           + seeds_of((0.999, 0.999), 0.999, targets="classes"))
    other = (seeds_of((0.97, 0.97), 0.985, k=10, targets="inputs") + seeds_of((0.99, 0.99), 0.97, k=5, targets="inputs")
             + seeds_of((0.999, 0.999), 0.999, kind="raw", targets="inputs"))
    text = page(BEST, one=one, other=other)
    best = text.split('<a id="best"></a>')[1].split('<a id="one"></a>')[0]
    rows = [line.split(" | ")[:4] for line in best.splitlines() if line.startswith("| k-sparse")]
    assert [row[0] for row in rows] == ["| k-sparse, k = 10", "| k-sparse, k = 40"]
    assert [row[1] for row in rows] == ["other", "one"] and rows[0][3].startswith("3.00")
    both = [each for c in (1, 10) for each in seeds_of((0.99, 0.99), 0.985 + c / 1000, k=5, targets="inputs", probe_c_requested=c)]
    assert all(row_of(page(BEST, other=both), f"k-sparse, k = 5, probe.c = {c}") for c in (1, 10))
    assert f"verdict: {NOT_MET}" in best and "| k-sparse, k = 10 | – | test error, %: < 1.20 | 3.00" in text


def test_results_without_a_table_are_listed_setting_by_setting(page):
    text = page(ONE_ROW, another=seeds_of((0.98, 0.98), k=10) + seeds_of((0.97, 0.97), k=40))
    assert "## another" in text
    assert row_of(text, "k = 10")[1:3] == ["90.00", "2.00 ± – ± 0.29 [1.74, 2.29]"] and row_of(text, "k = 40")[2].startswith("3.00")


@pytest.mark.parametrize("where, found", [
    ({"k": 10}, [0]), ({"k": ">10"}, [1, 2]), ({"layers": "*-*"}, [1]), ({"layers": "!*-*"}, [0, 2]),
    ({"layers": "none|1000"}, [0, 2]), ({"layers": "!none|1000"}, [1]), ({"layers": ">1"}, []), ({"layers": 1000}, []),
    ({"absent": 1}, []), ({"k": 10, "layers": "1000-1000"}, []),
])
def test_conditions_find_their_trials(tmp_path, where, found):
    trials = [trial(k=k, layers=layers) for k, layers in ((10, "none"), (25, "1000-1000"), (40, "1000"))]
    settings = settings_of(read_sweep(write_sweep(tmp_path / "sweep.h5", trials)), "mine")
    assert [settings.index(each) for each in matching(settings, where)] == found


@pytest.mark.parametrize("tables, message", [
    (ONE_ROW.replace("published =", "publshed ="), "unknown key publshed"),
    (ONE_ROW.replace("test_error", "test_eror"), "unknown quantity test_eror"),
    (ONE_ROW.replace("[[table]]", "[[table"), "tables.toml: "),
    (ONE_ROW.replace("[[table.row]]", 'choose = "test_accuracy"\n[[table.row]]'), "choose = test_accuracy is none of"),
    (ONE_ROW.replace('source = "recalled"', 'source = "M"'), "source = M is none of recalled"),
    (ONE_ROW.replace("[[table.row]]", 'paired = { key = "k", value = 1, goals = ["x"] }\n[[table.row]]'), "'x' is the heading"),
])
def test_a_mistake_in_the_tables_is_named(page, tables, message):
    with pytest.raises(ReportError, match="tables.toml: .*Mend the line") as error:
        page(tables)
    assert message in str(error.value)


def test_a_folder_without_tables_and_damaged_results_are_one_line_and_exit_code_1(tmp_path):
    done = published("--jobs", tmp_path)
    assert done.returncode == 1 and done.stderr.startswith("published: ") and "tables.toml: No such file" in done.stderr
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "tables.toml").write_text(ONE_ROW)
    (tmp_path / "published" / "mine.h5").write_text("no sweep")
    done = published("--jobs", tmp_path)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "mine.h5: cannot be read" in done.stderr


@pytest.mark.parametrize("path", sorted([*JOBS.glob("published/*.h5"), *JOBS.glob("search/*.h5")]), ids=lambda path: path.stem)
def test_published_results_name_no_place(path):
    with h5py.File(path) as file:
        assert not PRIVATE & set(file.attrs) and not LEFT_OUT & file.keys()


def test_results_are_taken_without_paths_and_host_names(tmp_path):
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "tables.toml").write_text(ONE_ROW)
    (tmp_path / "mine.cfg").write_text("# Question: why?\ntitle = Mine\n")
    results = tmp_path / "mine"
    results.mkdir()
    write_sweep(results / "sweep.h5", [trial(k=25, seed=seed) for seed in (0, 1)], attributes={"sweep_file": "/home/me/mine.cfg"})
    done = published("--jobs", tmp_path, "--take", results)
    assert done.returncode == 0, done.stderr
    with h5py.File(results / "sweep.h5") as old, h5py.File(tmp_path / "published" / "mine.h5") as new:
        assert "filters" in old and all(name == "host" or name.startswith(("best_", "filter", "pixel")) for name in old.keys() - new.keys())
        assert not {"host", "filters"} & new.keys()
        assert not {"command", "data_source", "hosts", "sweep_file"} & set(new.attrs)
        for name in new:
            np.testing.assert_array_equal(new[name][()], old[name][()])
            assert [list(dimension) for dimension in new[name].dims] == [list(dimension) for dimension in old[name].dims]
    image, line = (tmp_path / "published" / "mine.h5").read_bytes().rsplit(b"\nksweep sweep sha256 ", 1)
    assert line.decode() == hashlib.sha256(image).hexdigest() + "\n"
    assert "k = 25" in (tmp_path / "README.md").read_text()
    assert published("--jobs", tmp_path, "--take", tmp_path / "none").returncode == 1
