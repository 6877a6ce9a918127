from ksweep_report.results.grid import Grid, concerns, evenly
from ksweep_report.results.panels import panel_of, panels_of
from ksweep_report.results.reading import read_sweep
from sample_sweeps import FAILED, MISSING, baselines, product, trial, write_sweep


def grid_of(tmp_path, trials):
    return Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials)))


def test_a_cell_holds_the_seeds_of_one_setting(tmp_path):
    trials = product((10, 25), (0.0, 0.1), seeds=(0, 1, 2))
    trials[0]["status"] = MISSING
    trials[1].update(status=FAILED, reason="x")
    grid = grid_of(tmp_path, trials)
    assert [(cell.setting["k"], cell.setting["sparsity_weight"]) for cell in grid.cells] == [(10, 0), (10, 0.1), (25, 0), (25, 0.1)]
    assert grid.cells[0].count_text == "1/3" and grid.cells[0].failed == 1


def test_kinds_with_a_k_are_lines_and_kinds_without_are_references(tmp_path):
    grid = grid_of(tmp_path, product((10, 25)) + baselines((10, 25), (0, 1)) + [trial(25, kind="batch-topk"), trial(0, kind="wta")])
    assert [cell.kind for cell in grid.references] == ["raw", "wta"]
    assert grid.values_of("k") == [10, 25]
    assert [grid.name(cell) for cell in grid.references] == ["raw pixels", "winner-take-all"]
    assert [(line.label, len(line.cells)) for line in panels_of(grid)[0].lines] == [("batch-topk", 1), ("k-sparse", 2), ("untrained weights", 2)]


def test_what_follows_from_other_axes_does_not_split_a_line(tmp_path):
    trials = [trial(k, seed=seed, epochs=epochs) for k, epochs in ((10, 20), (25, 40), (40, 80)) for seed in (0, 1)]
    grid = grid_of(tmp_path, trials)
    assert grid.axes == ["k"] and [len(line.cells) for line in panels_of(grid)[0].lines] == [3]


def probed(kinds, ks, probes):
    return [trial(k if kind != "raw" else 0, 0.0, seed, kind=kind, probe_kind=probe)
            for kind in kinds for k in (ks if kind != "raw" else [0]) for probe in probes for seed in (0, 1)]


def test_probes_are_never_mixed_in_a_cell_or_a_line(tmp_path):
    grid = grid_of(tmp_path, probed(("k-sparse", "raw"), (10, 25), ("softmax", "svm")))
    assert grid.x == "k"
    assert [line.label for line in panels_of(grid)[0].lines] == ["probe kind = softmax", "probe kind = svm"]
    assert [grid.name(cell) for cell in grid.references] == ["raw pixels, probe kind = softmax", "raw pixels, probe kind = svm"]


def test_an_axis_of_probes_concerns_raw_pixels_and_no_other_axis_does(tmp_path):
    grid = grid_of(tmp_path, probed(("k-sparse", "raw"), (10, 25), ("softmax", "svm")))
    assert concerns("probe_kind", grid.references[0]) and not concerns("k", grid.references[0])
    assert concerns("probe_kind", grid.cells[0]) and concerns("k", grid.cells[0])


def test_the_file_says_which_kinds_look_at_a_key(tmp_path):
    trials = [trial(k, weight, kind=kind) for kind in ("k-sparse", "random") for k in (10, 25) for weight in (0.0, 0.1)]
    path = write_sweep(tmp_path / "sweep.h5", trials, looked_at_by={"k": ("k-sparse", ""), "sparsity_weight": ("random", "")})
    trained, untrained = (next(cell for cell in Grid(read_sweep(path)).all_cells if cell.kind == kind) for kind in ("k-sparse", "random"))
    assert concerns("k", trained) and not concerns("k", untrained)
    assert concerns("sparsity_weight", untrained) and not concerns("sparsity_weight", trained)


def test_pairs_are_differences_of_the_seeds_that_both_have(tmp_path):
    trials = product((10, 25), seeds=(0, 1, 2))
    trials[0]["status"] = MISSING
    grid = grid_of(tmp_path, trials)
    ten, twenty_five = (grid.by_seed(cell, "test_accuracy") for cell in grid.cells)
    expected = [twenty_five[1] - ten[1], twenty_five[2] - ten[2]]
    assert grid.pairs(grid.cells[0], grid.cells[1], "test_accuracy").tolist() == expected


def test_x_is_k_else_the_weight_else_the_kind_else_the_axis_with_most_values(tmp_path):
    assert grid_of(tmp_path, product((10, 25), (0.0, 0.1))).x == "k"
    assert grid_of(tmp_path, product((10,), (0.0, 0.1))).x == "sparsity_weight"
    assert grid_of(tmp_path, product((10,))).x == "k"
    assert grid_of(tmp_path, [trial(kind=kind) for kind in ("k-sparse", "random")]).x == "kind"
    assert grid_of(tmp_path, [trial(hidden=n, activation=a) for n in (1, 2, 3) for a in ("relu", "linear")]).x == "hidden"
    assert grid_of(tmp_path, [trial(activation=a) for a in ("relu", "linear")]).x == "activation"
    assert grid_of(tmp_path, [trial(0, kind="plain")]).x == "kind"


def test_few_combinations_are_lines_of_one_panel(tmp_path):
    panels = panels_of(grid_of(tmp_path, product((10, 25), (0.0, 0.1, 0.2))))
    assert [line.label for line in panels[0].lines] == ["λ = 0", "λ = 0.1", "λ = 0.2"]
    assert len(panels) == 1


def test_many_combinations_get_a_panel_for_each_further_axis(tmp_path):
    trials = [trial(k, weight, 0, activation=activation) for k in (10, 25) for weight in (0.0, 0.1, 0.2, 0.3)
              for activation in ("linear", "relu")]
    panels = panels_of(grid_of(tmp_path, trials))
    assert [panel.label for panel in panels] == ["activation = linear", "activation = relu"]
    assert [len(panel.lines) for panel in panels] == [4, 4]


def test_the_line_of_the_kept_cell_is_never_left_out(tmp_path):
    grid = grid_of(tmp_path, product((10, 25), [i / 10 for i in range(20)], seeds=(0,)))
    for cell in grid.cells:
        panel = panel_of(grid, cell)
        assert panel.n_left_out == 13
        assert any(cell is other for line in panel.lines for other in line.cells)


def test_evenly_keeps_the_ends():
    assert evenly(range(10), 4) == [0, 3, 6, 9]
    assert evenly(range(10), 4, keep=5) == [0, 3, 5, 9]
    assert evenly("abc", 4) == ["a", "b", "c"]
