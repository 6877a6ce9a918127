"""What users of comparable tools complain of most, each complaint by its number: nothing of it may come back."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest
from conftest import REPORT
from cpu_time import cpu_seconds_of
from ksweep_report.main import main
from sample_sweeps import product, write_sweep
from scipy import stats

KSWEEP = os.environ.get("KSWEEP") or shutil.which("ksweep")
# Twice what an idle machine takes and more: the bounds are for what grows too fast, not for a busy machine.
MOST_CPU_S_OF_10000_TRIALS, MOST_BYTES = 18, 5e6
ATTRIBUTES_THAT_LOAD = re.compile(r"""<(?:script|link|img|iframe|object|embed|audio|video|source|use|image|form|base)\b[^>]*?\b
                                  (?:src|href|data|action|srcset)\s*=\s*["']?\s*(?!data:|\#)([^"'\s>]+)""", re.VERBOSE | re.IGNORECASE)


def report(path, out, *options):
    assert main([str(path), "--output", str(out), *options]) == 0
    return (out / "report.html").read_text()


def plain(text):
    return text.replace("\u00a0", " ").replace("&nbsp;", " ")


def test_p4_the_comparison_has_mean_spread_and_interval_over_seeds(tmp_path):
    """In the page's table, in CSV and in LaTeX; all settings but for their seeds are one row."""
    seeds = range(6)
    page = plain(report(write_sweep(tmp_path / "sweep.h5", product((10, 25), (0.0, 0.001), seeds)), tmp_path / "out", "--format", "html,csv,latex"))
    tex = (tmp_path / "out" / "tables" / "summary.tex").read_text()
    with open(tmp_path / "out" / "tables" / "trials.csv", newline="") as file:
        trials = list(csv.DictReader(file))
    with open(tmp_path / "out" / "tables" / "summary.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(trials) == 4 * len(seeds) and len(rows) == 4
    for row in rows:
        own = [float(each["test_accuracy"]) for each in trials if all(float(each[key]) == float(row[key]) for key in ("k", "sparsity_weight"))]
        low, high = stats.t.interval(0.95, len(seeds) - 1, loc=np.mean(own), scale=stats.sem(own))
        found = [float(row[f"test_accuracy_{what}"]) for what in ("mean", "sd", "ci95_low", "ci95_high", "n")]
        assert found == pytest.approx([np.mean(own), np.std(own, ddof=1), low, high, len(seeds)])
        interval = f"{100 * np.mean(own):.2f} & [{100 * low:.2f}, {100 * high:.2f}]"
        assert interval in re.sub(r"\\textbf\{([^}]*)\}", r"\1", tex)
        line = next(each for each in re.findall(r"<tr.*?</tr>", page, re.S) if f"[{100 * low:.2f}, {100 * high:.2f}]" in each and "<td" in each)
        assert f"{100 * np.mean(own):.2f}" in line and f"{100 * np.std(own, ddof=1):.2f}" in line and "6/6" in line


@pytest.fixture
def halves(tmp_path):
    """Two results folders of one sweep with other seeds, and what merges them."""
    if not KSWEEP:
        pytest.skip("NOT TESTED: KSWEEP names no program")
    (tmp_path / "x.cfg").write_text("title = Two machines\n[data]\nset = digits\ntrain = 300\nvalidation = 100\ntest = 100\n"
                                    "[model]\nhidden = 16\nk = 2, 4\n[train]\nepochs = 2\nseed = 0..3\n")
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")

    def ksweep(*words, code=0):
        done = subprocess.run([KSWEEP, *map(str, words)], capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    for name, seeds in ("one", "0,1"), ("other", "2,3"):
        ksweep("run", "x.cfg", "--output", name, "--threads", 1, "--set", f"train.seed={seeds}")
    return tmp_path, ksweep


def test_p11_results_of_two_machines_are_merged_and_reported_as_one(halves):
    folder, ksweep = halves
    ksweep("merge", "--output", "both.h5", "one/sweep.h5", "other/sweep.h5")
    page = plain(report(folder / "both.h5", folder / "out", "--format", "html"))
    assert "8 trials, 4 seeds" in page and page.count(">4/4<") == 2
    assert "merged_from" in page and "trials done" not in page


def test_p11_a_conflict_of_the_merged_results_is_refused(halves):
    """A trial of the other folder, with another number under its id."""
    folder, ksweep = halves
    ksweep("run", "x.cfg", "--output", "again", "--threads", 1, "--set", "train.seed=0,1")
    content = (folder / "again" / "sweep.h5").read_bytes()
    (folder / "again" / "sweep.h5").write_bytes(content[:-86])
    with h5py.File(folder / "again" / "sweep.h5", "r+") as file:
        file["test_accuracy"][0] += 0.25
    from sample_sweeps import seal
    seal(folder / "again" / "sweep.h5")
    assert "test_accuracy" in ksweep("merge", "--output", "both.h5", "one/sweep.h5", "again/sweep.h5", code=1)
    assert not (folder / "both.h5").exists()


@pytest.mark.parametrize("n_ks, n_weights, n_seeds", [(25, 4, 100), (200, 2, 25)], ids=["100 settings", "400 settings"])
def test_p12_the_comparison_of_10000_trials_takes_seconds(tmp_path, n_ks, n_weights, n_seeds):
    trials = product(range(1, n_ks + 1), [0.001 * i for i in range(n_weights)], range(n_seeds))
    assert len(trials) == 10_000
    seconds = cpu_seconds_of(write_sweep(tmp_path / "sweep.h5", trials), "--output", tmp_path / "out", "--format", "html")
    print(f"10,000 trials: {seconds:.1f} s of CPU, {(tmp_path / 'out' / 'report.html').stat().st_size / 1e6:.2f} MB")
    assert seconds < MOST_CPU_S_OF_10000_TRIALS
    assert (tmp_path / "out" / "report.html").stat().st_size < MOST_BYTES


def test_p12_a_report_is_a_few_files_however_many_trials(tmp_path):
    counts = []
    for name, seeds in ("few", range(2)), ("many", range(60)):
        report(write_sweep(tmp_path / f"{name}.h5", product((5, 10, 25, 50), seeds=seeds)), tmp_path / name)
        counts.append(sum(path.is_file() for path in (tmp_path / name).rglob("*")))
    assert counts[0] == counts[1] < 60


@pytest.mark.parametrize("refresh", [None, 5], ids=["finished", "watched"])
def test_p13_the_page_loads_nothing(tmp_path, refresh):
    """Neither of the network nor of another file: no address but those of the page itself, and a policy that forbids all others."""
    from ksweep_report.reports import write_report
    trials = product((10, 25), seeds=range(3))
    trials[0]["status"] = 0
    text = write_report(write_sweep(tmp_path / "sweep.h5", trials), tmp_path / "out", ("html",), refresh=refresh).read_text()
    assert ATTRIBUTES_THAT_LOAD.findall(text) == []
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", text)
    assert re.search(r"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-[^ ]+'", text)
    script = text.split("<script>")[-1].split("</script>")[0]
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|importScripts|sendBeacon)\b|\bimport\s*\(", script)
    assert {each for each in re.findall(r"https?://[^\s\"'<>)]+", text) if "www.w3.org" not in each} <= set()


def test_p13_the_report_is_written_without_a_network(tmp_path):
    """In a network namespace of its own, which has not even a loopback device that is up."""
    words = ["unshare", "--net", "true"]
    if not shutil.which("unshare") or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("NOT TESTED: this user may not unshare the network")
    path = write_sweep(tmp_path / "sweep.h5", product((10, 25)))
    done = subprocess.run(["unshare", "--net", sys.executable, str(REPORT), str(path), "--output", str(tmp_path / "out")],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "report.html").read_text()
    assert json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page)[1])["n"] == 6
