"""The images of packaging/ are made, from a clean clone, by the commands that their definitions hold, and train a sweep and report on it.

Neither Docker nor Apptainer is needed: debootstrap makes what the images begin with.  Takes an hour on a small machine.
KSWEEP_IMAGES=DIR keeps the images in this folder, where the next run of the tests finds them.
"""

import os
import shutil
import subprocess
from pathlib import Path

import h5py
import pytest
import roots
from image_commands import read_definition, read_dockerfile

PROJECT = Path(__file__).resolve().parents[2]
PACKAGING = PROJECT / "packaging"
SWEEP = """[data]
set = digits
train = 200
validation = 50
test = 100
[model]
hidden = 16
k = 2, 4
[train]
epochs = 2
batch = 50
"""

pytestmark = pytest.mark.skipif(roots.reason_to_skip() is not None, reason=str(roots.reason_to_skip()))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A folder for several gigabytes, which go when the tests end."""
    if os.environ.get("KSWEEP_IMAGES"):
        yield Path(os.environ["KSWEEP_IMAGES"]).absolute()
        return
    folder = tmp_path_factory.mktemp("images")
    yield folder
    shutil.rmtree(folder)


def made(folder, make):
    """The folder, which make(folder) fills unless it is there; one that it left unfinished counts for nothing."""
    part = folder.with_name(folder.name + ".part")
    if not folder.exists():
        shutil.rmtree(part, ignore_errors=True)
        make(part)
        part.rename(folder)
    return folder


@pytest.fixture(scope="module")
def sources(workshop):
    return made(workshop / "sources", lambda folder: subprocess.run(["git", "clone", "-q", PROJECT, folder], check=True))


@pytest.fixture(scope="module")
def base(workshop):
    """What all stages begin with."""
    names = {stage.base for stage in docker_stages() + apptainer_stages()}
    assert len(names) == 1
    return made(workshop / "base", lambda root: roots.bootstrap(names.pop(), root))


def docker_stages():
    return read_dockerfile((PACKAGING / "Dockerfile").read_text())


def apptainer_stages():
    return read_definition((PACKAGING / "ksweep.def").read_text())


def begin(root, stage, base, sources, before):
    """Fills a root with what the stage copies, before its commands run.  before: roots of other stages by name."""
    roots.copy_of(base, root)
    subprocess.run(["sh", "-e", "-c", stage.setup], cwd=sources, env=os.environ | {"APPTAINER_ROOTFS": str(root)}, check=True)
    for origin, source, path in stage.copies:
        roots.copy_into(root, before[origin] / source.lstrip("/") if origin else sources / source, path)


def names_in(folder):
    """The files below a folder but for git's own."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)


@pytest.fixture(scope="module")
def built(base, sources, workshop):
    """The root in which both definitions build ksweep: they begin with the same sources and run the same commands."""
    docker, apptainer = docker_stages()[0], apptainer_stages()[0]
    assert docker.commands.split() == apptainer.commands.split()

    def build(root):
        begin(root, docker, base, sources, {})
        files = names_in(root / "src")
        shutil.rmtree(root)
        begin(root, apptainer, base, sources, {})
        assert names_in(root / "src") == files
        roots.run_inside(root, docker.commands)

    return made(workshop / "build", build)


def image(folder, stages, base, sources, built, **options):
    """The root of the last stage, and that stage."""
    def build(root):
        begin(root, stages[1], base, sources, {stages[0].name: built})
        roots.run_inside(root, stages[1].commands, **options)

    return made(folder, build), stages[1]


@pytest.fixture(scope="module")
def docker_image(base, sources, workshop, built):
    return image(workshop / "docker", docker_stages(), base, sources, built)


@pytest.fixture(scope="module")
def apptainer_image(base, sources, workshop, built):
    """Apptainer shows the host's /tmp inside while it builds."""
    return image(workshop / "apptainer", apptainer_stages(), base, sources, built, shared=[("/tmp", "/tmp")])


def docker_run(root_and_stage, folder, *words):
    """As `docker run -v folder:/work` does."""
    root, stage = root_and_stage
    return roots.run_inside(root, stage.program, *words, folder=stage.folder, shared=[(folder, stage.folder)])


def apptainer_words(root_and_stage, folder, *words):
    """The command line that does what `apptainer run` does: the host's processes and /tmp, and the folder under its own name."""
    root, stage = root_and_stage
    return roots.words_inside(root, stage.environment + stage.program, *words, folder=folder, apart=False,
                              shared=[("/tmp", "/tmp"), (folder, str(folder))])


def apptainer_run(root_and_stage, folder, *words, launcher=()):
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"} if launcher else {}
    ended = subprocess.run([*launcher, *apptainer_words(root_and_stage, folder, *words)], env=os.environ | allowed, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=roots.HOURS_S)
    assert ended.returncode == 0, ended.stdout[-6000:]
    return ended.stdout


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tiny.cfg").write_text(SWEEP)
    return tmp_path


def n_ranks_of(folder):
    with h5py.File(folder / "results/tiny/sweep.h5") as file:
        return int(file.attrs["ranks"])


def commit_of(sources):
    return subprocess.run(["git", "rev-parse", "--short=7", "HEAD"], cwd=sources, capture_output=True, text=True, check=True).stdout.strip()


def test_the_docker_image_names_its_commit(docker_image, sources, folder):
    assert commit_of(sources) in docker_run(docker_image, folder, "--version")


def test_the_docker_image_runs_a_sweep_on_two_ranks_and_reports(docker_image, folder):
    docker_run(docker_image, folder, "run", "tiny.cfg", "--ranks", 2, "--threads", 1)
    assert n_ranks_of(folder) == 2
    assert docker_run(docker_image, folder, "report", "results/tiny").endswith("report.html\n")
    assert (folder / "results/tiny/report/report.html").stat().st_size > 10_000


def test_the_apptainer_image_passes_its_own_test(apptainer_image):
    root, stage = apptainer_image
    roots.run_inside(root, "set -e\n" + stage.environment + stage.test)


def test_the_apptainer_image_runs_a_sweep_on_two_ranks_and_reports(apptainer_image, folder):
    apptainer_run(apptainer_image, folder, "run", "tiny.cfg", "--ranks", 2, "--threads", 1)
    assert n_ranks_of(folder) == 2
    apptainer_run(apptainer_image, folder, "report", "results/tiny")
    assert (folder / "results/tiny/report/report.html").stat().st_size > 10_000


def test_the_mpirun_of_the_host_starts_the_apptainer_image_once_for_each_rank(apptainer_image, folder):
    apptainer_run(apptainer_image, folder, "run", "tiny.cfg", "--threads", 1, launcher=["mpirun", "--oversubscribe", "-n", "2"])
    assert n_ranks_of(folder) == 2
