import csv

import numpy as np
import pytest
from ksweep_report.base.wording import value_text
from ksweep_report.pages.summary_tex import summary_tex, write_latex
from ksweep_report.pages.tables import write_csv
from ksweep_report.pages.tex import tex_escape
from ksweep_report.results.answer import find_answer
from ksweep_report.results.effects import find_effects
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from sample_sweeps import FAILED, MISSING, baselines, product, trial, write_sweep
from scipy import stats


@pytest.fixture
def tables(tmp_path):
    def write(trials):
        grid = Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials)))
        write_csv(grid, find_answer(grid), find_effects(grid, find_answer(grid)), tmp_path)
        write_latex(grid, find_answer(grid), tmp_path)
        return grid, tmp_path
    return write


def test_effects_and_interactions_of_axes_are_files_of_their_own(tables):
    grid, folder = tables(product((10, 25, 40), (0.0, 0.001), range(4)))
    effects = find_effects(grid, find_answer(grid))
    rows = rows_of(folder / "effects.csv")
    assert [(row["axis"], row["reference"], row["value"]) for row in rows] == [
        (each.axis, value_text(each.reference), value_text(effect.value)) for each in effects.axes for effect in each.effects]
    first = effects.axes[0].effects[0]
    names = ("difference_mean", "difference_simultaneous95_low", "difference_simultaneous95_high", "pairs", "settings")
    assert [float(rows[0][name]) for name in names] == [first.difference.mean, first.difference.low, first.difference.high, 4, first.settings]
    row, = rows_of(folder / "interactions.csv")
    assert float(row["deviation_mean"]) == effects.interactions[0].difference.mean and {row["axis"], row["other_axis"]} == {"k", "sparsity_weight"}


def test_one_axis_alone_has_no_files_of_effects(tables):
    _, folder = tables(product((10, 25)))
    assert not (folder / "effects.csv").exists() and not (folder / "interactions.csv").exists()


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_trials_csv_has_a_row_for_each_planned_trial(tables):
    trials = product((10, 25), seeds=(0, 1))
    trials[1]["status"] = MISSING
    trials[2].update(status=FAILED, reason='said "no",\nand ended')
    grid, folder = tables(trials)
    rows = rows_of(folder / "trials.csv")
    assert [row["status"] for row in rows] == ["done", "missing", "failed", "done"]
    assert rows[1]["test_accuracy"] == "" and rows[2]["reason"] == 'said "no", and ended'
    assert float(rows[3]["test_accuracy"]) == grid.sweep.columns["test_accuracy"][3]


def test_summary_csv_agrees_with_scipy(tables):
    grid, folder = tables(product((10, 25), seeds=range(5)))
    row = rows_of(folder / "summary.csv")[1]
    values = grid.numbers(grid.cells[1], "test_accuracy")
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    assert (row["k"], row["n_done"], row["n_planned"]) == ("25", "5", "5")
    assert float(row["test_accuracy_mean"]) == pytest.approx(values.mean())
    assert float(row["test_accuracy_sd"]) == pytest.approx(values.std(ddof=1))
    assert [float(row["test_accuracy_ci95_low"]), float(row["test_accuracy_ci95_high"])] == pytest.approx([low, high])
    assert float(row["test_error_mean"]) == pytest.approx(1 - values.mean())


def test_summary_csv_names_the_chosen_setting_once(tables):
    _, folder = tables(product((10, 25, 40), (0.0, 0.001)) + baselines((10,), (0, 1)))
    rows = rows_of(folder / "summary.csv")
    assert [row["chosen"] for row in rows].count("1") == 1
    assert [row["kind"] for row in rows][-2:] == ["random", "raw"]


def test_summary_tex_is_a_booktabs_table_with_equal_columns(tables):
    _, folder = tables(product((10, 25)) + baselines((10, 25), (0, 1)))
    lines = (folder / "summary.tex").read_text().splitlines()
    body = [line for line in lines if line.endswith(r"\\")]
    columns = next(line for line in lines if line.startswith(r"\begin{tabular}")).removeprefix(r"\begin{tabular}{@{}").removesuffix("@{}}")
    assert {line.count(" & ") + 1 for line in body} == {len(columns)}
    assert [line for line in lines if line.startswith("\\") and "rule" in line] == \
        ["\\toprule", "\\midrule", "\\midrule", "\\bottomrule"]
    assert sum("\\textbf" in line for line in body) == 1


def test_summary_tex_has_caption_and_label_and_as_many_columns_as_fit(tables):
    grid, folder = tables(product((10, 25, 40), seeds=range(6)))
    text = (folder / "summary.tex").read_text()
    assert "\\begin{table}[t]" in text and "\\label{tab:accuracy-versus-k-on-digits}" in text and "resizebox" not in text
    assert "\\caption{Accuracy versus k on digits. Test: accuracy in \\%, mean over 6 seeds, with its 95 \\% t interval in brackets." in text
    assert "Bold: chosen by validation accuracy." in text and "exact sign-flip test" in text
    assert "validation" not in text.split("\\toprule")[1]


def test_columns_of_summary_tex_can_be_chosen(tables):
    grid, _ = tables(product((10, 25, 40), seeds=range(6)))
    text = summary_tex(grid, find_answer(grid), ("test", "n"))
    head = text.split("\\toprule\n")[1].split("\n")[0]
    assert head == r"k & \shortstack[r]{test\\(\%)} & n/N \\" and "Difference" not in text and "brackets" not in text
    wide = summary_tex(grid, find_answer(grid), ("n", "validation", "test", "interval", "error", "difference", "difference_interval", "p"))
    assert "\\begin{table*}[t]" in wide and "Two columns wide" in wide


def test_symbols_are_explained_in_the_caption(tables):
    _, folder = tables(product((10, 25), (0.0, 0.001)))
    text = (folder / "summary.tex").read_text()
    assert r"$\lambda$: sparsity weight." in text


def test_latex_specials_are_escaped(tables):
    assert tex_escape(r"a_b & 50% {x} #1 $y$ ~ ^ \z") == \
        r"a\_b \& 50\% \{x\} \#1 \$y\$ \textasciitilde{} \textasciicircum{} \textbackslash{}z"
    _, folder = tables([trial(k, 0.0, 0, data_set=name) for k in (10, 25) for name in ("my_data & co", "b$%")])
    text = (folder / "summary.tex").read_text()
    assert r"my\_data \& co" in text and r"b\$\%" in text and r"\shortstack[l]{data\\set}" in text
