import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import browser
import pytest
from conftest import REPORT
from ksweep_report.pages.running import put_running, running_text
from ksweep_report.results.status_files import runs_of
from patience import PATIENCE_S
from sample_sweeps import MISSING, product, write_sweep


def wait_for(condition, process=None):
    """process: what is to live until then."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert process is None or process.poll() is None, process.communicate()
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def watching(tmp_path):
    processes = []

    def start(*sweeps):
        process = subprocess.Popen([sys.executable, str(REPORT), *map(str, sweeps), "--output", str(tmp_path / "out"), "--watch", "0.1",
                                    "--format", "html"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))   # jobs in the background ignore it
        processes.append(process)
        return process
    yield start
    for process in processes:
        process.kill()
        process.communicate()


def replace(path, trials):
    write_sweep(path.with_suffix(".new"), trials).replace(path)


def test_the_page_follows_the_sweep_until_it_is_complete(tmp_path, watching):
    trials = product((10, 25))
    page = tmp_path / "out" / "report.html"
    replace(tmp_path / "sweep.h5", [dict(each, status=MISSING) if each["k"] == 25 else each for each in trials])
    process = watching(tmp_path / "sweep.h5")
    wait_for(page.exists)
    assert '<meta http-equiv="refresh"' in page.read_text() and "3 of 6 trials done" in page.read_text()
    replace(tmp_path / "sweep.h5", trials)
    assert process.wait(PATIENCE_S) == 0
    text = page.read_text()
    assert 'http-equiv="refresh"' not in text and "trials done" not in text
    assert process.communicate()[0].splitlines() == [str(page), str(page)]


def test_a_sweep_that_is_not_there_yet_is_waited_for(tmp_path, watching):
    process = watching(tmp_path / "sweep.h5")
    wait_for(lambda: "no such file" in process.stderr.readline())
    replace(tmp_path / "sweep.h5", product((10, 25)))
    assert process.wait(PATIENCE_S) == 0 and (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize("path", ["nowhere", "nowhere/sweep.h5"])
def test_a_folder_that_does_not_exist_is_not_waited_for(tmp_path, watching, path):
    process = watching(tmp_path / path)
    assert process.wait(PATIENCE_S) == 1
    text = process.communicate()[1]
    assert f"there is no folder {tmp_path / 'nowhere'}, so that --watch would wait for nothing. Start `ksweep run`" in text


def test_an_interrupt_ends_it_in_good_order(tmp_path, watching):
    replace(tmp_path / "sweep.h5", [dict(each, status=MISSING) for each in product((10, 25))])
    process = watching(tmp_path / "sweep.h5")
    wait_for((tmp_path / "out" / "report.html").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 0 and process.communicate()[1] == ""


KSWEEP = os.environ.get("KSWEEP") or shutil.which("ksweep")
SWEEP = """title = Watched
[data]
set = digits
train = 2000
validation = 100
test = 100
[model]
hidden = 256
k = 4, 8
[train]
epochs = 20000
seed = 0
"""


@pytest.fixture
def running_sweep(tmp_path):
    """A sweep that runs into tmp_path/results; it is stopped with the test."""
    if not KSWEEP:
        pytest.skip("NOT TESTED: KSWEEP names no program")
    (tmp_path / "x.cfg").write_text(SWEEP)
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    process = subprocess.Popen([KSWEEP, "run", "x.cfg", "--output", "results", "--threads", "1", "--quiet"], cwd=tmp_path, env=environment,
                               stderr=subprocess.DEVNULL)
    wait_for((tmp_path / "results").is_dir, process)   # a report does not wait for a folder
    yield process
    process.terminate()
    process.wait(PATIENCE_S)


def test_the_page_of_a_running_sweep_shows_what_runs_and_ends_in_the_finished_page(tmp_path, watching, running_sweep):
    page = tmp_path / "out" / "report.html"
    process = watching(tmp_path / "results" / "sweep.h5")
    wait_for(lambda: page.exists() and 'aria-label="training loss from' in page.read_text(), process)
    text = page.read_text()
    section = re.search(r'<section id="running".*?</section>', text, re.S)[0]
    assert re.search(r'<td class="n">0</td><td>k=[48]</td><td class="n">[1-9][\d,]* of 20,000</td><td class="n">\d+ %</td>', section), section
    assert "data-refresh=" in text and "Running now" in text
    running_sweep.send_signal(signal.SIGTERM)
    running_sweep.wait(PATIENCE_S)
    wait_for(lambda: "Running now" not in page.read_text())
    assert "0 of 2 trials done" in page.read_text() and process.poll() is None   # stopped, not complete: it may run again
    replace(tmp_path / "results" / "sweep.h5", product((4, 8)))   # as if it had gone on to its end
    assert process.wait(PATIENCE_S) == 0
    text = page.read_text()
    assert "data-refresh=" not in text and 'http-equiv="refresh"' not in text and "trials done" not in text and "Running now" not in text


STATUS = """{"title": "A", "state": "running", "host": "node1", "n_trials": 6, "n_done": 2, "n_failed": 1, "n_running": 40, "left_s": 90,
 "updated_unix_s": 1000, "running": [{"rank": 3, "trial": "k=25 <b>", "more_trials": 1, "share": 0.5, "epochs_done": 3, "epochs": null,
 "loss_epochs": [1, 2, 3], "losses": [9, null, 4]}]}"""


def test_a_status_says_what_each_rank_is_at(tmp_path):
    (tmp_path / "status.json").write_text(STATUS)
    run, = runs_of(tmp_path, now=1002)
    assert (run.host, run.n_running, run.silent_s, run.trials[0].losses) == ("node1", 40, 0, ((1, 9.0), (3, 4.0)))
    assert runs_of(tmp_path, now=1100)[0].silent_s == 100


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"state": "complete"}', STATUS.replace('"rank": 3', '"rank": "x"'), "[" * 60000])
def test_a_status_that_cannot_be_read_says_nothing(tmp_path, text):
    (tmp_path / "status.json").write_text(text)
    assert runs_of(tmp_path) == []


def test_what_runs_is_put_into_the_page_as_text_and_a_silent_run_is_told(tmp_path):
    (tmp_path / "status.json").write_text(STATUS)
    page = tmp_path / "page.html"
    page.write_text("before<!--running-->old<!--/running-->after")
    put_running(page, [tmp_path / "sweep.h5"])
    text = page.read_text()
    assert text.startswith("before<!--running-->") and text.endswith("<!--/running-->after") and "old" not in text
    assert "k=25 &lt;b&gt; and 1 trial of the same training" in text and "2 of 6 trials done, 1 failed" in text
    assert "No sign of life for" in text and "39 more ranks are at work" in text
    (tmp_path / "status.json").unlink()
    put_running(page, [tmp_path / "sweep.h5"])
    assert page.read_text() == "before<!--running--><!--/running-->after" and running_text([tmp_path / "sweep.h5"]) == ""


def say_running(folder, epochs_done):
    """As a run that lives does, again and again."""
    status = json.loads(STATUS) | {"updated_unix_s": time.time() + 3600}   # of the future: never silent, however slow the test
    status["running"][0] |= {"epochs_done": epochs_done, "epochs": 8, "loss_epochs": list(range(1, epochs_done + 1)),
                             "losses": [9 - epoch for epoch in range(epochs_done)]}
    (folder / "new.json").write_text(json.dumps(status))
    (folder / "new.json").replace(folder / "status.json")


CHOOSE = """(() => { location.hash = '%s';
    const box = document.getElementById('filter'); box.value = '%s'; box.dispatchEvent(new Event('input', {bubbles: true}));
    [...document.querySelectorAll('#provenance details')].at(-1).open = false; scrollTo(0, 600); window.isChosen = true; })()"""
PLACE = """[document.getElementById('trial-count').textContent, Math.round(scrollY),
            [...document.querySelectorAll('#provenance details')].at(-1).open]"""


def test_an_open_page_shows_what_runs_and_keeps_its_readers_place(tmp_path, watching):
    driver, page, trials = browser.start(), tmp_path / "out" / "report.html", product((10, 25))
    from selenium.common.exceptions import WebDriverException   # behind start(), which skips where there is no selenium

    def shown(script):
        """None while the page loads itself again."""
        try:
            return driver.execute_script(f"return document.readyState === 'complete' ? {script} : null")
        except WebDriverException:
            return None

    def epochs():
        return shown("document.querySelector('#running tbody td:nth-child(3)')?.textContent")

    def kept_by_the_next_page(anchor, words, count):
        """What is chosen in a page that is about to leave is lost: then it is chosen again."""
        shown(CHOOSE % (anchor, words))
        wait_for(lambda: shown("window.isChosen === undefined") is True)
        return shown(PLACE) == [count, 600, False]
    try:
        replace(tmp_path / "sweep.h5", [dict(each, status=MISSING) if each["k"] == 25 else each for each in trials])
        say_running(tmp_path, 3)
        process = watching(tmp_path / "sweep.h5")
        wait_for(page.exists)
        browser.show(driver, page)
        wait_for(lambda: epochs() == "3 of 8")
        before = re.search('<path class="mean"[^>]* d="([^"]*)"', page.read_text())[1]
        wait_for(lambda: kept_by_the_next_page("settings", "", "1–6 of 6 trials"))
        wait_for(lambda: kept_by_the_next_page("", "k = 10", "1–3 of 3 trials"))
        say_running(tmp_path, 5)
        wait_for(lambda: epochs() == "5 of 8")
        wait_for(lambda: shown("document.querySelector('#running path').getAttribute('d')") not in (None, before))
        wait_for(lambda: shown(PLACE) == ["1–3 of 3 trials", 600, False])
        assert [each for each in browser.complaints(driver) if "favicon" not in each] == []
        (tmp_path / "status.json").unlink()
        replace(tmp_path / "sweep.h5", trials)
        assert process.wait(PATIENCE_S) == 0
        wait_for(lambda: shown("document.querySelector('main').dataset.refresh === undefined") is True)
        assert driver.execute_script("return document.getElementById('running')") is None
    finally:
        driver.quit()


def open_files(pid):
    """Where the open files of a process lead."""
    found = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(each))
        except FileNotFoundError:
            pass  # it has just been closed
    return found


def test_watching_opens_no_port_and_writes_into_its_folder_alone(tmp_path, watching):
    replace(tmp_path / "sweep.h5", [dict(each, status=MISSING) for each in product((10, 25))])
    process = watching(tmp_path / "sweep.h5")
    wait_for((tmp_path / "out" / "report.html").exists)
    assert not [each for each in open_files(process.pid) if each.startswith("socket:")]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "sweep.h5"]
