"""Commands are checked by the program itself, where KSWEEP names one: its plan has the ids of the trials."""

import os
import re
import shlex
import subprocess

import pytest
from ksweep_report.pages.commands import Commands, sweep_file
from ksweep_report.results.columns import column_of
from ksweep_report.results.grid import Grid
from ksweep_report.results.reading import read_sweep
from sample_sweeps import baselines, product, trial, write_sweep

PROGRAM = os.environ.get("KSWEEP")
SWEEP = """title = every key
[data]
train = 300
test = 100
validation = 100
[model]
kind = raw, rbm, plain, k-sparse, k-sparse
k = 10, 10, 10, 5, 20
dropout = 0, 0, 0.5, 0, 0
hidden = 30
[train]
epochs = 1
seed = 0..1
[probe]
l2 = 0.001, 0.01
[grid]
zip = model.kind, model.k, model.dropout
exclude = probe.l2=0.01 & train.seed=1
"""


def commands_of(tmp_path, trials, **more):
    return Commands(Grid(read_sweep(write_sweep(tmp_path / "sweep.h5", trials, **more))))


def test_a_command_sets_every_axis_to_one_value(tmp_path):
    commands = commands_of(tmp_path, product((10, 25), (0.0, 0.001)))
    assert commands.of_cell(commands.grid.cells[3]) == ("ksweep run jobs/mnist-k.cfg --set model.k=25 --set model.sparsity_weight=0.001 "
                                                        "--set train.seed=0,1,2")


def test_a_key_that_does_not_concern_a_kind_keeps_a_value_that_the_program_takes(tmp_path):
    commands = commands_of(tmp_path, product((10, 25)) + baselines((10,), (0, 1, 2)))
    raw = next(cell for cell in commands.grid.all_cells if cell.kind == "raw")
    assert "--set model.kind=raw --set model.k=10 " in commands.of_cell(raw) + " "


def test_hostile_values_are_quoted_for_the_shell(tmp_path):
    commands = commands_of(tmp_path, [trial(data_set=name) for name in ("a; rm -rf /", "$(b)")])
    for cell in commands.grid.cells:
        assert shlex.split(commands.of_cell(cell))[4] == f"data.set={cell.setting['data_set']}"


@pytest.mark.parametrize("name, written", [
    ("/d/with,comma.npz", '"/d/with,comma.npz"'), ("/d/C#/a.npz", '"/d/C#/a.npz"'), ('say "k"', '"say ""k"""'), (" a", '" a"'),
    ("/d/a b.npz", "/d/a b.npz")])
def test_values_are_quoted_for_the_sweep_file_too(tmp_path, name, written):
    commands = commands_of(tmp_path, [trial(data_set=each) for each in (name, "mnist")])
    found = [shlex.split(commands.of_cell(cell))[4] for cell in commands.grid.cells]
    assert f"data.set={written}" in found and "data.set=mnist" in found


@pytest.mark.parametrize("command, word", [
    ("ksweep run $'caf\\xe9.cfg' --set train.seed=0", "$'caf\\xe9.cfg'"), ("ksweep run 'my sweep.cfg'", "'my sweep.cfg'"),
    ("ksweep run a.cfg;rm", "'a.cfg;rm'"), ("ksweep run $'a'$(rm)", "'$a$(rm)'")])
def test_the_sweep_file_is_quoted_for_the_shell(tmp_path, command, word):
    commands = commands_of(tmp_path, product((10, 25)), attributes={"command": command})
    assert commands.of_cell(commands.grid.cells[0]).startswith(f"ksweep run {word} --set")


@pytest.mark.parametrize("command, file", [
    ("mpirun -n 2 ksweep run jobs/a.cfg --set train.seed=0", "jobs/a.cfg"), ("ksweep run --output out 'my sweep.cfg'", "my sweep.cfg"),
    ("", "SWEEP.cfg"), ("ksweep run 'broken", "SWEEP.cfg"), ("ksweep merge a b", "SWEEP.cfg")])
def test_the_sweep_file_is_found_in_the_command(command, file):
    assert sweep_file(command) == file


def test_columns_of_keys():
    columns = {"probe_l2", "probe_l2_requested", "probe_kind"}
    assert [column_of(key, columns) for key in ("model.k", "train.seed", "data.set", "probe.l2", "probe.kind")] == [
        "k", "seed", "data_set", "probe_l2_requested", "probe_kind"]


@pytest.mark.skipif(not PROGRAM, reason="KSWEEP does not name the program: commands are not checked by it")
def test_the_program_plans_exactly_the_trials_of_each_command(tmp_path):
    (tmp_path / "sweep.cfg").write_text(SWEEP)
    done = subprocess.run([PROGRAM, "run", "sweep.cfg", "--output", "out", "--set", "train.batch=50"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    commands = Commands(Grid(read_sweep(tmp_path / "out" / "sweep.h5")))
    ids = commands.grid.sweep.columns["trial_id"]
    assert sum(len(cell.rows) for cell in commands.grid.all_cells) == len(ids) == len(set(ids)) > 10
    for cell in commands.grid.all_cells:
        words = shlex.split(commands.of_cell(cell))
        plan = subprocess.run([PROGRAM, "plan", "--list", *words[2:]], cwd=tmp_path, capture_output=True, text=True)
        assert plan.returncode == 0, plan.stderr
        assert set(re.findall(r"^([0-9a-f]{16}) ", plan.stdout, re.M)) == set(ids[cell.rows]), commands.of_cell(cell)
