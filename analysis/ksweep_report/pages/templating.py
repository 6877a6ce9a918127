"""A template and its scripts → one file that loads nothing."""

import base64
import hashlib
import json
import os
from pathlib import Path

import jinja2
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[1] / "templates"
LIVE = "live.js"   # of pages that load themselves again


def rendered(template, **context):
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.get_template(template).render(**context)


def write_template(path, template, scripts, **context):
    """Whole or not at all: a browser may reload the page at any moment."""
    scripts = (*scripts, *([LIVE] if context.get("refresh") else []))
    script = "\n" + "".join((TEMPLATES / each).read_text(encoding="utf-8") for each in scripts)
    text = rendered(template, style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")), markup=Markup, script=Markup(script),
                    script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(), **context)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text + "\n", encoding="utf-8")
    os.replace(temporary, path)


def json_text(data):
    """For a script element: what could end it is written as an escape, so that no text of the sweep can leave it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
