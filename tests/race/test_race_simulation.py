"""docs/racing.md has what the simulation prints, and the best setting leaves as rarely as it says; published_values.txt is what its script prints."""

import os
import subprocess
from pathlib import Path

import published_values
import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs/racing.md").read_text(encoding="utf-8")
TABLE = Path(__file__).with_name("published_values.txt")
RACES = 2000
MOST = 5 + 3 * 100 * (0.05 * 0.95 / RACES) ** 0.5   # %: the error and 3 standard errors


def simulation(*words):
    return subprocess.run([os.environ["KSWEEP_RACE_SIMULATION"], *map(str, words)], capture_output=True, text=True, timeout=1200)


def printed(*words):
    done = simulation(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells(line):
    return line.strip("| ").split(" | ")


def test_the_page_has_the_simulated_rows_of_normal_values_and_they_hold_the_error():
    races, losses = printed("races", "normal").split("\n\n")
    head, line, *rows = races.splitlines()
    assert "\n".join([head, line, *rows]) in PAGE
    shares = [float(cell.split("/")[0]) for row in rows for cell in cells(row)[2:]]
    assert len(shares) == 16 and max(shares) < MOST
    assert losses.strip() in PAGE
    all_equal, two_equal, slope, far = map(float, cells(losses.splitlines()[2])[1:])
    assert all_equal == two_equal == far == 0 and 0 < slope < 0.05


def test_the_page_has_the_races_of_published_settings_and_they_hold_the_error():
    text = printed("published", TABLE)
    assert text in PAGE
    rows = [cells(row) for row in text.splitlines()[2:]]
    assert [row[0] for row in rows] == [line[1:-1] for line in TABLE.read_text().splitlines() if line.startswith("[")]
    assert all(float(share) < MOST for row in rows for share in row[4].split("/"))


def test_core_hours_weigh_what_each_training_takes(tmp_path):
    """The first setting is the best and never leaves, the others do after 4 seeds of 20: the race ends then."""
    text = "[one]\n{} 0.90 0.91 0.90\n1 0.10 0.12 0.11\n1 0.20 0.21 0.22\n1 0.901 0.909 0.905\n"
    (tmp_path / "table.txt").write_text(text.format(1))
    (tmp_path / "dear.txt").write_text(text.format(1000))
    same, dear = (cells(printed("published", tmp_path / name).splitlines()[2]) for name in ("table.txt", "dear.txt"))
    trainings, hours = ([int(share) for share in row[i].split("/")] for row, i in ((same, 6), (dear, 7)))
    assert same[6] == same[7] == dear[6]
    assert 55 < trainings[0] < 62 and hours[0] > 95   # two of four settings to the end, 4 of 20 seeds of the two others


def test_the_page_has_the_races_with_a_tolerance():
    assert printed("tolerances", TABLE) in PAGE


def test_the_page_has_the_races_of_normal_values_to_which_values_of_k_are_added_and_they_hold_the_error():
    curves, laws = printed("refined", "normal").split("\n\n")
    assert curves in PAGE and laws.strip() in PAGE
    rows = [cells(row) for row in curves.splitlines()[2:]]
    assert len(rows) == 32 and all(float(share) < MOST for row in rows for share in row[3].split("/"))


def test_the_published_values_are_those_of_the_results():
    assert TABLE.read_text() == published_values.text()


@pytest.mark.parametrize("which", ["races", "refined"])
def test_an_unknown_law_is_refused(which):
    done = simulation(which, "uniform")
    assert done.returncode == 2 and "normal" in done.stderr and "uniform" in done.stderr


@pytest.mark.parametrize("text", ["", "[one]\n1 0.5 0.6\n", "[one]\n1 0.5 0.6\n1 0.5\n", "[one]\n1 0.5 0.6\n1 0.5 0.5\n"])
def test_what_is_no_table_of_published_values_is_refused(tmp_path, text):
    (tmp_path / "table.txt").write_text(text)
    done = simulation("published", tmp_path / "table.txt")
    assert done.returncode == 2 and done.stdout == "" and "published_values.py" in done.stderr


def test_the_page_says_how_its_tables_are_printed():
    assert all(f"race_simulation {which}" in PAGE for which in ("methods", "races", "published", "tolerances", "refined"))
    assert simulation().returncode == 2
