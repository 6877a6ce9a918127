"""Root folders with a Debian of their own, and commands that run inside: what images and containers are without Docker and Apptainer."""

import os
import shutil
import subprocess
from pathlib import Path

HOURS_S = 3 * 3600  # for a build on a busy machine
DEBIAN = {"debian:12-slim": "bookworm"}

# What Docker's slim images have besides what debootstrap installs: no documentation, and no service starts.
SLIM = {
    "etc/dpkg/dpkg.cfg.d/docker": "".join(f"path-exclude /usr/share/{each}/*\n" for each in ("doc", "info", "locale", "man")),
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
}


def reason_to_skip():
    """Why no root can be made here, or None."""
    if os.geteuid() != 0:
        return "only root can make a root folder and run commands in it"
    if not shutil.which("debootstrap"):
        return "debootstrap is not installed, which stands for the images that Docker and Apptainer begin with"
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode != 0:
        return "root may not mount anything here"
    return None


def bootstrap(base, root):
    """Fills a folder with what an image of this name holds."""
    subprocess.run(["unshare", "--mount", "debootstrap", "--variant=minbase", DEBIAN[base], root], check=True, timeout=HOURS_S,
                   stdout=subprocess.DEVNULL)
    for path, text in SLIM.items():
        (root / path).write_text(text)
        (root / path).chmod(0o755)
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(path, root / path[1:])


CLEAN = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"]
ENTER = """exec chroot "$root" sh -e -c 'cd "$1"; command=$2; shift 2; eval "$command"' sh "$@" """


def words_inside(root, command, *arguments, folder="/", shared=(), apart=True):
    """The command line that runs a shell command in a root.

    shared: pairs of a folder of this machine and the one inside that shows it.  apart: with an environment and processes of its own.
    """
    mounts = [("/dev", "/dev"), ("/sys", "/sys"), *([] if apart else [("/proc", "/proc")]), *shared]
    for _, inside in mounts:
        (root / str(inside).lstrip("/")).mkdir(parents=True, exist_ok=True)
    steps = [f"root='{root}'", *(f"mount --rbind '{outside}' \"$root\"'{inside}'" for outside, inside in mounts)]
    if apart:
        steps.append('mount -t proc proc "$root"/proc')
    return [*(CLEAN if apart else []), "unshare", "--mount", *(["--pid", "--fork", "--kill-child"] if apart else []),
            "sh", "-e", "-c", "\n".join([*steps, ENTER]), "sh", str(folder), command, *map(str, arguments)]


def run_inside(root, command, *arguments, **options):
    """Runs a shell command in a root and returns what it printed; raises where it fails."""
    ended = subprocess.run(words_inside(root, command, *arguments, **options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, timeout=HOURS_S)
    assert ended.returncode == 0, f"{command}\nended with {ended.returncode}:\n{ended.stdout[-6000:]}"
    return ended.stdout


def copy_into(root, source, target):
    """Copies as COPY and %files do: the contents of a folder, or a file into a folder whose name ends in a slash."""
    path = root / target.lstrip("/")
    if source.is_dir():
        shutil.copytree(source, path, symlinks=True, dirs_exist_ok=True)
    else:
        path = path / source.name if target.endswith("/") else path
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, path)


def copy_of(root, target):
    """A second root that begins with what is in the first."""
    subprocess.run(["cp", "-a", "--reflink=auto", root, target], check=True)
    return Path(target)
