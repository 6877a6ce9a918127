"""jobs/fetch-data against a server on this machine."""

import hashlib
import http.server
import io
import json
import os
import socket
import subprocess
import tarfile
import threading
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "jobs" / "fetch-data"
FILES = {"images.gz": bytes(range(256)) * 1000, "labels.gz": b"0123456789"}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves FILES under any folder; the folder's name says how it misbehaves."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []  # (path, Range header or None)
        self.cuts_left = 1

    def url(self, folder):
        return f"http://127.0.0.1:{self.server_port}/{folder}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, self.headers.get("Range")))
        folder, name = self.path.strip("/").split("/")
        content = FILES.get(name)
        if folder == "absent" or content is None:
            return self.send_error(404)
        if folder == "corrupted":
            content = content[:-1] + b"X"
        if folder == "busy" and self.server.cuts_left:
            self.server.cuts_left -= 1
            return self.send_error(503)
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1]) if folder != "norange" else 0
        if start >= len(content):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if folder in ("cut", "norange") and self.server.cuts_left:
            self.server.cuts_left -= 1
            content = content[: start + (len(content) - start) // 2]
        elif folder == "alwayscut":
            content = content[: start + 3]
        self.wfile.write(content[start:])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def fetch(tmp_path, server):
    """Runs the script with the server's folders as mirrors; files go to tmp_path/data/mnist."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"files": {n: sha256(c) for n, c in FILES.items()}}))

    def run(*folders):
        mirrors = [word for folder in folders for word in ("--mirror", server.url(folder))]
        command = [SCRIPT, "mnist", "--to", tmp_path / "data", "--manifest", manifest, *mirrors]
        environment = {**os.environ, "FETCH_DATA_PAUSE_S": "0.01", "no_proxy": "127.0.0.1"}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    run.folder = tmp_path / "data" / "mnist"
    return run


def expect_complete(run, folder):
    assert run.returncode == 0, run.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES


def test_downloads_all_files_and_says_how_to_use_them(fetch):
    run = fetch("good")
    expect_complete(run, fetch.folder)
    assert "0.26 of 0.26 MB (100 %)" in run.stdout
    assert f"mnist is complete in {fetch.folder}" in run.stdout
    assert f"--data-dir {fetch.folder.parent}" in run.stdout


def test_does_nothing_when_the_right_files_are_there(fetch, server):
    fetch("good")
    server.requests.clear()
    run = fetch("good")
    expect_complete(run, fetch.folder)
    assert server.requests == []
    assert run.stdout.count("already there") == 2


def test_replaces_a_file_that_is_wrong(fetch):
    fetch.folder.mkdir(parents=True)
    (fetch.folder / "labels.gz").write_bytes(b"wrong")
    run = fetch("good")
    expect_complete(run, fetch.folder)
    assert "labels.gz: there, but its SHA-256 is wrong" in run.stdout


def test_takes_the_next_mirror_after_a_404(fetch):
    run = fetch("absent", "good")
    expect_complete(run, fetch.folder)
    assert "absent/images.gz: HTTP 404" in run.stderr


def test_takes_the_next_mirror_after_a_corrupted_file(fetch):
    run = fetch("corrupted", "good")
    expect_complete(run, fetch.folder)
    assert "wrong SHA-256, discarded" in run.stderr


def test_takes_the_next_mirror_where_nobody_listens(fetch, server):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # nobody else can take the port
        nobody = f"http://127.0.0.1:{silent.getsockname()[1]}/nobody"
        server.url, url = (lambda folder: nobody if folder == "nobody" else url(folder)), server.url
        run = fetch("nobody", "good")
    expect_complete(run, fetch.folder)
    assert "Connection refused" in run.stderr


def test_goes_on_after_a_cut_connection(fetch, server):
    run = fetch("cut")
    expect_complete(run, fetch.folder)
    assert "the connection broke after 128000 of 256000 bytes" in run.stderr
    assert ("/cut/images.gz", "bytes=128000-") in server.requests


def test_starts_anew_where_the_server_cannot_go_on(fetch):
    expect_complete(fetch("norange"), fetch.folder)


def test_tries_again_when_the_server_is_busy(fetch):
    run = fetch("busy")
    expect_complete(run, fetch.folder)
    assert "HTTP 503" in run.stderr


def test_starts_anew_if_the_part_at_hand_is_too_long(fetch):
    fetch.folder.mkdir(parents=True)
    (fetch.folder / "labels.gz.part").write_bytes(b"x" * 100)
    expect_complete(fetch("good"), fetch.folder)


@pytest.mark.parametrize("mirror", ["absent", "corrupted", "alwayscut"])
def test_never_leaves_a_wrong_file_and_says_what_is_missing(fetch, mirror):
    run = fetch(mirror)
    assert run.returncode == 2
    assert not (fetch.folder / "images.gz").exists()
    assert "images.gz" in run.stderr and "--mirror URL" in run.stderr


def test_the_part_of_a_killed_download_is_used(fetch, server):
    fetch.folder.mkdir(parents=True)
    (fetch.folder / "images.gz.part").write_bytes(FILES["images.gz"][:1000])
    expect_complete(fetch("good"), fetch.folder)
    assert ("/good/images.gz", "bytes=1000-") in server.requests


def test_a_wrong_part_at_hand_does_not_cost_the_only_mirror(fetch):
    fetch.folder.mkdir(parents=True)
    (fetch.folder / "images.gz.part").write_bytes(b"wrong")
    expect_complete(fetch("good"), fetch.folder)


def test_wrong_usage_ends_with_1(tmp_path):
    run = subprocess.run([SCRIPT, "cifar"], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "invalid choice: 'cifar'" in run.stderr
    run = subprocess.run([SCRIPT, "mnist", "--manifest", tmp_path / "absent"], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "is no table of files" in run.stderr
    (tmp_path / "file").write_text("")
    run = subprocess.run([SCRIPT, "mnist", "--to", tmp_path / "file"], capture_output=True, text=True, check=False)
    assert run.returncode == 1 and "cannot be written" in run.stderr


@pytest.fixture
def script():
    module = types.ModuleType("fetch_data")
    SourceFileLoader("fetch_data", str(SCRIPT)).exec_module(module)
    return module


def test_an_archive_gives_the_files_asked_for_without_its_folders(script, tmp_path):
    archive = tmp_path / "archive.tar.gz"
    with tarfile.open(archive, "w:gz") as members:
        for name in ("cifar-10-batches-bin/data_batch_1.bin", "../test_batch.bin", "cifar-10-batches-bin/readme.html"):
            member = tarfile.TarInfo(name)
            member.size = len(name)
            members.addfile(member, io.BytesIO(name.encode()))
    script.unpack(archive, ["data_batch_1.bin", "test_batch.bin", "absent.bin"])
    archive.unlink()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "data_batch_1.bin": "cifar-10-batches-bin/data_batch_1.bin", "test_batch.bin": "../test_batch.bin"}


def test_the_table_of_files_agrees_with_real_data(script):
    real = Path(os.environ.get("KSWEEP_DATA") or Path(__file__).parents[3] / "shared" / "data")
    if not (real / "mnist").exists():
        pytest.skip("MNIST is not here: run jobs/fetch-data mnist --to DIR and set KSWEEP_DATA=DIR")
    compared = {name: 0 for name in script.SETS}
    for name, table in script.SETS.items():
        for file, digest in table["files"].items():
            if (real / name / file).exists():
                assert sha256((real / name / file).read_bytes()) == digest, file
                compared[name] += 1
    print("files compared:", compared)
    assert compared["mnist"] == 4
