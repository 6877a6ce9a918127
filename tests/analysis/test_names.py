"""What the report calls keys: by itself, by the sweep file, by --names."""

import pytest
from ksweep_report.base.errors import ReportError
from ksweep_report.main import main
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from sample_sweeps import product, trial, write_sweep

TRIALS = product((10, 25), (0.0, 0.001), hidden=100)


def grid_of(tmp_path, names="", trials=TRIALS, stored=""):
    sweep = read_sweep(write_sweep(tmp_path / "sweep.h5", trials, attributes={"report_names": stored}))
    return Grid(sweep, names=names)


def test_keys_are_called_as_papers_write_them(tmp_path):
    grid = grid_of(tmp_path)
    assert grid.describe(grid.cells[0]) == "k = 10, λ = 0"
    assert grid.names.full("sparsity_weight") == "sparsity weight λ" and grid.names.full("k") == "k"
    assert grid.names.short("learning_rate") == "learning rate" and grid.names.short("probe_l2_requested") == "probe l2"


def test_names_of_the_sweep_file_go_before_and_those_of_the_command_line_before_these(tmp_path):
    stored = "model.hidden: latents; model.sparsity_weight: weight"
    assert grid_of(tmp_path, stored=stored).names.short("hidden") == "latents"
    grid = grid_of(tmp_path, "sparsity_weight: β", stored=stored)
    assert grid.describe(grid.cells[0]) == "k = 10, β = 0" and grid.names.full("sparsity_weight") == "β" and grid.names.short("hidden") == "latents"


def test_keys_may_have_their_section_or_not(tmp_path):
    trials = [trial(k, seed=seed, data_set=name) for k in (10, 25) for name in ("a", "b") for seed in (0, 1)]
    for key in ("data.set", "data_set", "set"):
        assert grid_of(tmp_path, f"{key}: corpus", trials).names.short("data_set") == "corpus"


def test_stored_names_of_keys_that_the_sweep_does_not_have_are_not_used(tmp_path):
    assert grid_of(tmp_path, stored="model.dropout: p").describe is not None


@pytest.mark.parametrize("names, message", [
    ("hiden: latents", "--names: hiden is no key of sweep.h5: its name would be used nowhere. Trials differ in k and sparsity_weight."),
    ("hidden = latents", "--names: 'hidden = latents' is not KEY: NAME. Write for example \"hidden: latents; alpha: α\"."),
    ("hidden:", "--names: 'hidden:' is not KEY: NAME"),
    ("hidden: " + 41 * "x", "has 41 letters, more than 40"),
    ("hidden: a; model.hidden: b", "--names: model.hidden is named twice"),
    ("hidden: k", "--names: k and hidden are both called k: nobody could tell them apart. Rename one."),
])
def test_names_that_cannot_be_used_are_refused(tmp_path, names, message):
    with pytest.raises(ReportError) as error:
        grid_of(tmp_path, names)
    assert message in str(error.value)


def test_names_are_in_page_figures_and_table_and_keys_in_what_programs_read(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", TRIALS)
    assert main([str(path), "--output", str(tmp_path), "--names", "k: units kept; sparsity_weight: λ₁", "--format", "html,csv,latex,svg"]) == 0
    page = (tmp_path / "report.html").read_text()
    assert "Test accuracy over units kept" in page and "λ₁ = 0" in page and "sparsity_weight = 0," not in page
    assert "units" in (tmp_path / "tables" / "summary.tex").read_text()
    assert '"k = 10, sparsity_weight = 0"' in (tmp_path / "tables" / "summary.csv").read_text()


def test_of_several_sweeps_names_are_refused(tmp_path, capsys):
    paths = []
    for name in "ab":
        (tmp_path / name).mkdir()
        paths.append(str(write_sweep(tmp_path / name / "sweep.h5", TRIALS)))
    assert main([*paths, "--output", str(tmp_path), "--names", "k: units"]) == 1
    assert "--names concerns the report of one sweep" in capsys.readouterr().err
