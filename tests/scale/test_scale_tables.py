"""docs/scale.md has the tables that the simulation prints, and the simulation answers to its assumptions."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/scale.md").read_text()


def scale_tables(*assumptions):
    words = [os.environ["KSWEEP_SCALE_TABLES"], ROOT / "jobs/activations.cfg", *assumptions]
    return subprocess.run(words, capture_output=True, text=True, timeout=600)


def printed(*assumptions):
    done = scale_tables(*assumptions)
    assert done.returncode == 0, done.stderr
    return done.stdout


def missing_lines(page, text):
    """Lines of the tables that the page does not have, in the order of the page."""
    there = set(page.splitlines())
    return [line for line in text.splitlines() if line and line not in there]


def days(text, reading, nodes):
    return float(re.search(rf"^\| {reading}[^|]*\| {nodes} \|[^|]*\|[^|]*\| ([\d.]+) \|", text, re.M)[1])


@pytest.fixture(scope="module")
def tables():
    return printed()


def test_the_page_has_the_tables_that_are_printed(tables):
    assert missing_lines(PAGE, tables) == []
    assert all(table in PAGE for table in tables.strip().split("\n\n"))
    assert PAGE.count("\n| ") == tables.count("\n| ") + 1   # it has no others; the first line of all has no line before it


def test_a_figure_that_is_not_printed_is_seen(tables):
    line = next(line for line in tables.splitlines() if line.startswith("| as it is | 16 |"))
    assert missing_lines(PAGE.replace(line, line.replace("| 14 x 4 |", "| 15 x 4 |")), tables) == [line]


def test_a_changed_assumption_changes_the_tables(tables):
    slower = printed("read_latency_ms=1")
    assert missing_lines(PAGE, slower) != []
    assert days(slower, "as it is", 256) > 1.5 * days(tables, "as it is", 256)
    assert days(slower, "2: and blocks", 256) == days(tables, "2: and blocks", 256)


def test_storage_that_answers_at_once_leaves_only_the_computing(tables):
    fast = printed("read_latency_ms=1e-9", "shared_reads_per_s=1e15", "node_reads_per_s=1e15", "shared_gb_per_s=1e9", "node_gb_per_s=1e9")
    assert days(fast, "as it is", 1) == days(fast, "2: and blocks", 1) == days(tables, "2: and blocks", 1)


def test_slow_shared_storage_is_what_one_reader_a_node_helps_against():
    slow = printed("shared_gb_per_s=1")
    assert days(slow, "4: and one reader", 16) < 0.5 * days(slow, "3: and an order", 16)


def test_storage_that_takes_less_than_the_checkpoints_is_said_to_limit():
    assert re.search(r"^\| as it is \| 256 .*\| checkpoints \|$", printed("shared_write_gb_per_s=0.5"), re.M)


@pytest.mark.parametrize("wrong", ["read_latency=1", "samples", "samples=0", "cores=-1", "cores=x", "cores=1x", "cores=inf", "="])
def test_what_is_no_assumption_is_refused(wrong):
    done = scale_tables(wrong)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"scale_tables: {wrong}: is no assumption of the table with a positive value.")
