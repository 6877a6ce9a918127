"""The packages that jobs/packages.txt lists."""

from pathlib import Path

LIST = Path(__file__).resolve().parents[1] / "jobs/packages.txt"


def packages_of(section):
    """Those of [section]."""
    return LIST.read_text().partition(f"\n[{section}]\n")[2].partition("\n[")[0].split()
