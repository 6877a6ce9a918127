"""docs/racing.md has the rows that the simulation prints, and races of symmetric values lose the best setting as rarely as they say."""

import os
import subprocess
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs/racing.md").read_text(encoding="utf-8")
RACES = 2000


def simulation(*words):
    return subprocess.run([os.environ["KSWEEP_RACE_SIMULATION"], *words], capture_output=True, text=True, timeout=1200)


def rows_of(law):
    done = simulation("races", law)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_page_has_the_simulated_rows_of_normal_values_and_they_hold_the_error():
    head, line, *rows = rows_of("normal")
    assert f"{head}\n{line}\n" + "\n".join(rows) in PAGE
    shares = [float(cell.split("/")[0]) for row in rows for cell in row.strip("| ").split(" | ")[2:]]
    assert len(shares) == 16 and max(shares) < 5 + 3 * 100 * (0.05 * 0.95 / RACES) ** 0.5   # 3 standard errors


def test_an_unknown_law_is_refused():
    done = simulation("races", "uniform")
    assert done.returncode == 2 and "normal" in done.stderr and "uniform" in done.stderr


def test_the_page_says_how_its_tables_are_printed():
    assert "race_simulation methods" in PAGE and "race_simulation races" in PAGE and simulation().returncode == 2
