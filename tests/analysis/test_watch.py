import signal
import subprocess
import sys
import time

import pytest
from conftest import REPORT
from patience import PATIENCE_S
from sample_sweeps import MISSING, product, write_sweep


def wait_for(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
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


def test_an_interrupt_ends_it_in_good_order(tmp_path, watching):
    replace(tmp_path / "sweep.h5", [dict(each, status=MISSING) for each in product((10, 25))])
    process = watching(tmp_path / "sweep.h5")
    wait_for((tmp_path / "out" / "report.html").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 0 and process.communicate()[1] == ""
