"""Published figures that a sweep file names, in comments such as

    # reference: k = 25: 1.35 % error, Makhzani & Frey 2014
    # reference: 98.80 % accuracy, Makhzani & Frey 2015

the first at one value of an axis, the second at all.
"""

import re
from dataclasses import dataclass

FORM = re.compile(r"#\s*reference:\s*(?:([a-z_]+(?:\.[a-z_]+)?)\s*=\s*([-+.\de]+)\s*:\s*)?([\d.]+)\s*%\s*(error|accuracy)\b[,;:\s]*(.*)")
ANY = re.compile(r"#\s*reference:\s*(.*)")


@dataclass(frozen=True)
class Reference:
    """level: in %, of what `of` says.  axis: None if it holds at any x."""
    axis: str
    value: float
    level: float
    of: str
    source: str
    text: str


def level_of(reference):
    """Its accuracy in %."""
    return 100 - reference.level if reference.of == "error" else reference.level


def read_references(sweep_text):
    """(references, lines that say `reference:` and cannot be read)."""
    found, unread = [], []
    for line in map(str.strip, str(sweep_text).splitlines()):
        match = FORM.match(line)
        try:
            if match:
                axis = match[1].split(".")[-1] if match[1] else None
                found.append(Reference(axis, float(match[2]) if axis else 0.0, float(match[3]), match[4],
                                       match[5].strip(), ANY.match(line)[1]))
        except ValueError:
            match = None
        if not match and ANY.match(line):
            unread.append(line)
    return tuple(found), tuple(unread)
