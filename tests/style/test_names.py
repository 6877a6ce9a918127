"""The names of C++ tests are CamelCase sentences, as CONTRIBUTING.md says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"\b(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)")
CAMEL_CASE = re.compile(r"[A-Z][A-Za-z0-9]*")


def other_names(text):
    """Names of tests and of their suites that are not CamelCase."""
    return [name for pair in NAMED.findall(text) for name in pair if not CAMEL_CASE.fullmatch(name)]


def test_names_are_camel_case():
    texts = {path: path.read_text() for path in sorted((ROOT / "tests").rglob("*.cpp"))}
    assert sum(len(NAMED.findall(text)) for text in texts.values()) > 500
    assert {path.name: other_names(text) for path, text in texts.items() if other_names(text)} == {}


@pytest.mark.parametrize("line, found", [("TEST(Suite, a_sentence) {", ["a_sentence"]), ("TEST_F(suite, ASentence) {", ["suite"]),
                                         ("TEST_P(Suite,\n       ASentence) {", [])])
def test_other_names_are_seen(line, found):
    assert other_names(line) == found
