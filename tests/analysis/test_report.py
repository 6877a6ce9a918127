import resource
import subprocess
import sys

import pytest
from conftest import REPORT
from sample_sweeps import product, write_sweep


def report(*arguments, **more):
    return subprocess.run([sys.executable, str(REPORT), *map(str, arguments)], capture_output=True, text=True, **more)


def files_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def cpu_seconds():
    """Of all programs run by this one: unlike the wall clock, it does not hang on what else the machine does."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.fixture
def sweep(tmp_path):
    return write_sweep(tmp_path / "sweep.h5", product((10, 25), (0.0, 0.001)), probe_every=1)


def test_the_last_line_is_the_path_of_the_page(sweep, tmp_path):
    done = report(sweep, "--output", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == str(tmp_path / "out" / "report.html")
    assert (tmp_path / "out" / "report.html").is_file()


def test_the_program_runs_by_itself(sweep, tmp_path):
    done = subprocess.run([str(REPORT), str(sweep), "--output", str(tmp_path / "out")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_same_input_gives_the_same_bytes(sweep, tmp_path):
    for name in ("one", "two"):
        assert report(sweep, "--output", tmp_path / name, "--format", "html,csv,latex,png,svg,pdf").returncode == 0
    one, two = files_of(tmp_path / "one"), files_of(tmp_path / "two")
    assert one.keys() == two.keys() and len(one) > 20
    assert [path for path in one if one[path] != two[path]] == []


def cost_of_report(tmp_path, name, trials, *options):
    """Seconds of CPU and bytes of the page."""
    path = write_sweep(tmp_path / f"{name}.h5", trials)
    start = cpu_seconds()
    assert report(path, "--output", tmp_path / name, *options).returncode == 0
    seconds, size = cpu_seconds() - start, (tmp_path / name / "report.html").stat().st_size
    print(f"\n{len(trials):,} trials {' '.join(options)}: {seconds:.1f} s of CPU, page of {size / 1e6:.2f} MB")
    return seconds, size


def test_a_report_grows_slower_than_its_sweep_and_stays_below_five_megabytes(tmp_path):
    weights, page = (0.0, 0.001, 0.01, 0.1, 1.0), ("--format", "html,csv")
    of_1000, _ = cost_of_report(tmp_path, "page", product(range(5, 105, 5), weights, range(10)), *page)
    of_10000, size = cost_of_report(tmp_path, "larger", product(range(5, 205, 5), weights, range(50)), *page)
    assert of_10000 < 10 * of_1000 and size < 5e6


def test_a_thousand_trials_with_all_figures_take_less_than_five_megabytes(tmp_path):
    _, size = cost_of_report(tmp_path, "all", product(range(5, 105, 5), (0.0, 0.001, 0.01, 0.1, 1.0), range(10)))
    assert size < 5e6


def test_only_what_was_asked_for_is_written(sweep, tmp_path):
    done = report(sweep, "--output", tmp_path / "out", "--format", "csv,pdf")
    assert done.stdout.strip() == str(tmp_path / "out")
    assert {path.suffix for path in (tmp_path / "out").rglob("*") if path.is_file()} == {".csv", ".pdf"}


def test_the_bca_interval_is_named_where_it_is_used(tmp_path):
    sweep = write_sweep(tmp_path / "sweep.h5", product((10, 25), seeds=range(6)))
    assert report(sweep, "--output", tmp_path / "out", "--interval", "bca", "--format", "html,latex").returncode == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "BCa bootstrap interval (nominally 95\u00a0%) of the mean over seeds" in page and "t interval of the mean" not in page.split("<script")[0]
    assert "BCa bootstrap interval" in (tmp_path / "out" / "tables" / "summary.tex").read_text()


@pytest.mark.parametrize("arguments, message", [
    (["none.h5", "--output", "out"], "none.h5: no such file"),
    (["text.h5", "--output", "out"], "text.h5: cannot be read as a sweep"),
    (["sweep.h5", "sweep.h5", "--output", "out"], "is given twice"),
    (["sweep.h5", "--output", "out", "--format", "docx"], "'docx' is none of html, csv, latex, png, svg, pdf"),
    (["sweep.h5", "--output", "out", "--watch", "0"], "no number of seconds"),
    (["sweep.h5", "--output", "out", "--explore", "../../x"], "there is no such trial"),
    (["sweep.h5", "--output", "out", "--explore", "0000000000000003"], "weights were not saved"),
    (["sweep.h5", "--output", "out", "--references", "none.cfg"], "none.cfg: cannot be read"),
    (["sweep.h5", "--output", "out", "--interval", "bca"], "--interval bca needs 6 seeds"),
    (["sweep.h5", "--output", "out", "--choose-by", "other-seeds"], "at least 2 seeds of each half"),
    (["sweep.h5", "other.h5", "--output", "out", "--choose-by", "other-seeds"], "in a comparison of several nothing is chosen"),
    (["sweep.h5"], "--output"),
    (["sweep.h5", "--output", "text.h5"], "text.h5"),
])
def test_a_mistake_is_one_clear_line_and_exit_code_1(sweep, tmp_path, arguments, message):
    (tmp_path / "text.h5").write_text("no sweep")
    done = report(*arguments, cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("report: ") and message in done.stderr


def test_missing_packages_are_named_with_the_command_that_installs_them(sweep, tmp_path):
    bare = "import importlib.util as u; old = u.find_spec; u.find_spec = lambda n, *a: None if n == 'h5py' else old(n, *a); "
    run = (f"import runpy, sys; sys.path.insert(0, {str(REPORT.parent)!r}); {bare} sys.argv = ['report', {str(sweep.parent)!r}]; "
           f"runpy.run_path({str(REPORT)!r}, run_name='__main__')")
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True)
    assert done.returncode == 3 and "apt-get install python3-h5py " in done.stderr


def test_the_folder_of_a_sweep_is_enough(sweep, tmp_path):
    """Without --output the report goes into the folder report of the results, as `ksweep report DIR` has it."""
    done = report(tmp_path, "--format", "html,csv")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout == f"{tmp_path}/report/report.html\n"


def test_where_the_report_of_several_sweeps_belongs_must_be_told(sweep, tmp_path):
    done = report(tmp_path, sweep.with_name("other.h5"))
    assert done.returncode == 1 and "--output DIR is missing: several sweeps are compared" in done.stderr


def test_help_needs_no_package(tmp_path):
    """-S: without the packages of the distribution."""
    done = subprocess.run([sys.executable, "-S", str(REPORT), "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("Usage: ksweep report DIR|FILE... [options]\n")
