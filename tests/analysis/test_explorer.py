"""Weights as a real sweep saves them, where KSWEEP names the program; else made up in the same format."""

import base64
import json
import os
import subprocess

import browser
import h5py
import numpy as np
import pytest
from ksweep_report.main import main
from ksweep_report.results import codes, samples
from ksweep_report.results.network import activations, keep_largest, network_of, reconstruct
from ksweep_report.results.reading import read_sweep
from sample_sweeps import edited, product, trial, trial_id, write_sweep

PROGRAM = os.environ.get("KSWEEP")
needs_program = pytest.mark.skipif(not PROGRAM, reason="KSWEEP does not name the program: no real weights")
HIDDEN = 12


def write_trials(folder, n, n_inputs=64, tied=True, **more):
    """Trial files with random weights beside sweep.h5."""
    for row in range(n):
        noise = np.random.default_rng(row)
        path = folder / "trials" / trial_id(row)[:2] / f"{trial_id(row)}.h5"
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(path, "w", userblock_size=512) as file:
            file["encoder"] = noise.normal(size=(HIDDEN, n_inputs)).astype(np.float32)
            file["hidden_bias"], file["visible_bias"] = np.zeros(HIDDEN, np.float32), np.zeros(n_inputs, np.float32)
            if not tied:
                file["decoder"] = noise.normal(size=(HIDDEN, n_inputs)).astype(np.float32)
            file["filters"] = np.arange(-64, -64 + 3 * n_inputs).reshape(3, n_inputs).clip(-127, 127).astype(np.int8)
            file["filter_scale"] = np.array([1, 2, 3], np.float32)


def write_idx(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.astype(np.uint8).tobytes())


def write_data(folder, side):
    """A data set of side x side samples in ten classes."""
    noise = np.random.default_rng(0)
    for part, n in (("train", 600), ("t10k", 300)):
        write_idx(folder / f"{part}-images-idx3-ubyte", noise.integers(0, 256, (n, side, side)))
        write_idx(folder / f"{part}-labels-idx1-ubyte", np.arange(n) % 10)


@pytest.fixture
def sweep(tmp_path):
    """A sweep of 8 x 8 samples with weights, and its data set in tmp_path/data."""
    path = write_sweep(tmp_path / "sweep.h5", product((2, 5), seeds=(0, 1), data_set="mnist", activation="relu", alpha=2.0))
    write_trials(tmp_path, 4)
    write_data(tmp_path / "data" / "mnist", 8)
    return path


def report(sweep, *arguments):
    return main([str(sweep), "--output", str(sweep.parent / "out"), "--format", "html", *map(str, arguments)])


def data_of(path):
    return json.loads(path.read_text().split('id="data">', 1)[1].split("</script>", 1)[0])


def test_the_k_largest_are_kept_the_lower_unit_first():
    assert keep_largest(np.array([[1.0, 3.0, 3.0, 2.0], [-1.0, -2.0, 0.0, -3.0]]), 2).tolist() == [[0, 3, 3, 0], [-1, 0, 0, 0]]
    assert keep_largest(np.array([[5.0, 5.0, 5.0]]), 1).tolist() == [[5, 0, 0]]


def test_a_trial_with_weights_becomes_a_network(sweep):
    network, why = network_of(read_sweep(sweep), 3)
    assert why == "" and (network.kept, network.kept_encoding, network.n_hidden, network.activation) == (5, 10, 12, "relu")


@pytest.mark.parametrize("key, value, reason", [("kind", "classifier", "has no code"), ("layers", "100-50", "several layers")])
def test_what_cannot_be_coded_is_said(tmp_path, key, value, reason):
    path = write_sweep(tmp_path / "sweep.h5", product((2, 5), seeds=(0,), **{key: value}))
    write_trials(tmp_path, 2)
    network, why = network_of(read_sweep(path), 0)
    assert network is None and reason in why


def test_an_id_never_leads_out_of_the_folder(tmp_path):
    path = write_sweep(tmp_path / "sub" / "sweep.h5" if (tmp_path / "sub").mkdir() is None else None, product((2,), seeds=(0,)))
    with edited(path) as file:
        file["trial_id"][...] = np.array(["../../../x"], dtype=object)
    network, why = network_of(read_sweep(path), 0)
    assert network is None and "not saved" in why


@needs_program
def test_samples_are_found_in_the_data_dir_and_their_absence_is_said(sweep, tmp_path, monkeypatch):
    monkeypatch.delenv("KSWEEP_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    found, why = samples.samples_of(read_sweep(sweep), 0, tmp_path / "data")
    assert why == "" and found.inputs.shape == (300, 64) and found.inputs.max() == 1.0 and found.labels[12] == 2
    found, why = samples.samples_of(read_sweep(sweep), 0)
    assert found is None and "data.set = mnist: there is no such data set" in why and "with --data-dir or KSWEEP_DATA" in why


def test_without_the_program_the_report_says_what_it_lacks(sweep, tmp_path, monkeypatch):
    monkeypatch.delenv("KSWEEP", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(samples, "PROGRAM", tmp_path / "none")
    assert report(sweep, "--data-dir", tmp_path / "data") == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "the program ksweep, which was not found: build it, or name it in KSWEEP" in page
    assert not (tmp_path / "out" / "explorer.html").exists()


@needs_program
@pytest.mark.parametrize("key, n_inputs", [("data_patch", 5), ("data_normalise", "standardise")])
def test_samples_are_prepared_as_the_sweep_asks(tmp_path, key, n_inputs):
    path = write_sweep(tmp_path / "sweep.h5", product((2, 5), seeds=(0,), data_set="mnist", data_test=100, **{key: n_inputs}),
                       image_shape=(1, 5, 5) if key == "data_patch" else (1, 8, 8))
    write_data(tmp_path / "data" / "mnist", 8)
    found, why = samples.samples_of(read_sweep(path), 0, tmp_path / "data")
    assert why == "" and found.inputs.shape == (100, 25 if key == "data_patch" else 64)
    assert (found.labels is None) == (key == "data_patch") and (found.inputs.min() < -1) == (key == "data_normalise")


@needs_program
def test_files_of_another_shape_are_refused(sweep, tmp_path):
    write_data(tmp_path / "data" / "mnist", 4)
    assert "have 16 inputs, the sweep was trained on 64" in samples.samples_of(read_sweep(sweep), 0, tmp_path / "data")[1]


@needs_program
def test_the_report_shows_codes_densities_and_reconstructions(sweep, tmp_path):
    assert report(sweep, "--data-dir", tmp_path / "data") == 0
    page = (tmp_path / "out" / "report.html").read_text()
    for name in ("unit_density", "units_on_off", "unit_means", "reconstructions", "code_0", "code_1"):
        assert f'id="figure-{name}"' in page
    assert 'href="explorer.html"' in page


@needs_program
def test_without_samples_the_report_says_what_it_lacks(sweep, tmp_path, monkeypatch):
    monkeypatch.delenv("KSWEEP_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    assert report(sweep) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "because the samples of mnist cannot be read: data.set = mnist: there is no such data set" in page
    assert not (tmp_path / "out" / "explorer.html").exists()


@needs_program
def test_the_explorers_numbers_are_the_networks(sweep, tmp_path):
    assert report(sweep, "--data-dir", tmp_path / "data", "--explore", trial_id(2)) == 0
    data = data_of(tmp_path / "out" / "explorer.html")
    loaded = read_sweep(sweep)
    network, inputs = network_of(loaded, 2)[0], samples.samples_of(loaded, 2, tmp_path / "data")[0].inputs
    own = activations(network, inputs)
    code = keep_largest(own, 5)
    assert data["trial"] == trial_id(2) and data["kept"] == 5 and data["ks"] == [1, 2, 5, 10, 12]
    assert data["density"] == pytest.approx(np.mean(code != 0, axis=0), abs=1e-3)
    assert data["top"][3][0] == int(np.argmax(code[:, 3])) and data["top_values"][3][0] == pytest.approx(code[:, 3].max(), rel=1e-3)
    written = np.frombuffer(base64.b64decode(data["codes"]), "<i2").reshape(-1, HIDDEN) * data["code_scale"]
    assert written == pytest.approx(own[:200], abs=data["code_scale"])
    assert data["mse"][2][7] == pytest.approx(np.mean((reconstruct(network, code[7:8]) - inputs[7]) ** 2), rel=1e-3)


@needs_program
def test_the_same_trial_gives_the_same_explorer(sweep, tmp_path):
    pages = []
    for _ in range(2):
        assert report(sweep, "--data-dir", tmp_path / "data") == 0
        pages.append((tmp_path / "out" / "explorer.html").read_bytes())
    assert pages[0] == pages[1] and len(pages[0]) < 1e6


@needs_program
def test_every_control_of_the_explorer(sweep, tmp_path):
    assert report(sweep, "--data-dir", tmp_path / "data", "--explore", trial_id(3)) == 0
    driver = browser.start()
    try:
        browser.show(driver, tmp_path / "out" / "explorer.html")
        click_through(driver, data_of(tmp_path / "out" / "explorer.html"))
        assert browser.complaints(driver) == []
        assert all(url.startswith(("file:", "data:", "about:")) for url in browser.requests(driver))
        for width in (390, 1280):
            browser.show(driver, tmp_path / "out" / "explorer.html", width)
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        driver.quit()


N_CODED = 200   # samples whose codes the explorer has


def click_through(driver, data):
    def one(selector):
        return driver.find_element("css selector", selector)

    def number(selector):
        return int(one(selector).get_attribute("value"))

    def press(selector):
        driver.execute_script("arguments[0].click()", one(selector))

    def enter(selector, value):
        driver.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))", one(selector), value)

    def click_atlas(place):
        driver.execute_script("""
            const canvas = document.getElementById("atlas-canvas"), box = canvas.getBoundingClientRect(), size = 30 * box.width / canvas.width;
            canvas.dispatchEvent(new MouseEvent("click", {clientX: box.left + (arguments[0] + 0.5) * size, clientY: box.top + 0.5 * size}))""", place)

    first = number("#unit-number")
    press("#unit-previous")
    second = number("#unit-number")
    assert second != first and "rank 2 of 12" in one("#unit-facts").text
    press("#unit-next")
    assert number("#unit-number") == first
    enter("#unit-number", 99)
    assert number("#unit-number") == HIDDEN - 1
    press("#sample-next")
    assert number("#sample-number") == 1 and one("#sample-facts").text == "class 1"
    press("#sample-previous")
    assert number("#sample-number") == 0
    press("#sample-steps button:first-child")
    assert len(driver.find_elements("css selector", "#sample-code button")) == 1
    unit = one("#sample-code button").get_attribute("aria-label")
    press("#sample-code button")
    assert f"unit {number('#unit-number')}" == unit
    coded = next(unit for unit in range(HIDDEN) if 0 < data["top"][unit][0] < N_CODED)
    not_coded = next(unit for unit in range(HIDDEN) if data["top"][unit][0] >= N_CODED)
    enter("#unit-number", coded)
    press("#unit-top button")
    assert number("#sample-number") == data["top"][coded][0]
    enter("#unit-number", not_coded)
    press("#unit-top button")
    assert number("#sample-number") == data["top"][coded][0] and "samples 0 … 199 only" in one("#sample-facts").text
    for place in (2, 5):
        click_atlas(place)
        assert number("#unit-number") == data["order"][place] and f"rank {place + 1} of 12" in one("#unit-facts").text
    assert not one("#static").is_displayed()


@needs_program
@pytest.mark.parametrize("keys", ["model.kind=k-sparse",
                                  "model.kind=k-sparse --set model.activation=relu --set model.tied=no --set model.pre_bias=yes",
                                  "model.kind=batch-topk --set model.activation=relu", "model.kind=plain --set model.activation=sigmoid",
                                  "model.kind=rbm", "model.kind=rbm --set model.dropout=0.4", "model.kind=wta --set model.activation=relu",
                                  "model.kind=plain --set model.dropout=0.4", "model.kind=k-sparse --set model.dropout=0.4",
                                  "model.kind=k-sparse --set model.dropout=0.8 --set model.k=20", "model.kind=wta --set model.dropout=0.4"])
def test_codes_and_errors_are_those_of_the_program(tmp_path, keys, monkeypatch):
    (tmp_path / "sweep.cfg").write_text("[data]\ntrain = 300\ntest = 200\nvalidation = 50\n[model]\nhidden = 40\nk = 5\n"
                                        "[train]\nepochs = 2\nseed = 0\n[results]\nsave = weights\n")
    done = subprocess.run([PROGRAM, "run", "sweep.cfg", "--output", "out", "--set", *keys.split()], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    sweep = read_sweep(tmp_path / "out" / "sweep.h5")
    network, why = network_of(sweep, 0)
    inputs = samples.samples_of(sweep, 0)[0].inputs[:200]
    own = activations(network, inputs)
    mse = np.mean((reconstruct(network, keep_largest(own, network.kept)) - inputs) ** 2)
    assert why == "" and mse == pytest.approx(sweep.columns["test_mse"][0], rel=1e-5), keys


def test_the_best_trial_is_the_one_that_is_best_on_validation(sweep):
    from ksweep_report.results.grid import Grid
    grid = Grid(read_sweep(sweep))
    row = codes.best_row(grid, grid.cells[0])
    assert row == max(grid.cells[0].done, key=lambda each: grid.sweep.columns["validation_accuracy"][each])


def test_filters_of_any_kind_are_read_from_the_files_of_trials(tmp_path):
    path = write_sweep(tmp_path / "sweep.h5", product((2, 5), seeds=(0, 1), kind="batch-topk"))
    write_trials(tmp_path, 4)
    assert report(path) == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert 'id="figure-filters_k2"' in page and 'id="figure-filters_k5"' in page


def test_filters_of_several_kinds_are_named_by_their_kind(tmp_path):
    trials = [trial(k, seed=seed, kind=kind) for kind, k in (("k-sparse", 2), ("batch-topk", 2), ("plain", 0)) for seed in (0, 1)]
    path = write_sweep(tmp_path / "sweep.h5", trials)
    write_trials(tmp_path, 6)
    assert report(path) == 0
    page = (tmp_path / "out" / "report.html").read_text().split('id="filters"')[1]
    assert "<h3>k-sparse, k = 2</h3>" in page and "<h3>batch-topk, k = 2</h3>" in page and "<h3>plain</h3>" in page
