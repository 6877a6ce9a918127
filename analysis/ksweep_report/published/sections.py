"""What a section of the pages opens with: heading, question, where the numbers are from and what they cost."""

from dataclasses import dataclass
from pathlib import Path

from ..base.quoting import unquoted
from ..base.wording import capitalised
from ..results.race_outcome import raced
from .markdown import plain
from .settings import cost_text


@dataclass(frozen=True)
class Section:
    """about: a Table or a Search.  folder: of its sweep file.  results: their place as the page sees it.  sweep: None without results."""
    about: object
    folder: Path
    results: str
    sweep: object

    def heading(self):
        titles = [unquoted(line.split("=", 1)[1].strip()) for line in self._sweep_text() if line.split("=")[0].strip() == "title"]
        title = self.about.title or (titles[0] if titles else self.about.name)
        return f'<a id="{self.about.name}"></a>\n\n## {title}\n'

    def question(self):
        """The first sentence of the comment that the sweep file opens with, unless the tables have one."""
        comment = []
        for line in self._sweep_text():
            if not line.startswith("#"):
                break
            comment.append(line.lstrip("# "))
        words = " ".join(" ".join(comment).removeprefix("Question:").split())
        question, mark, _ = words.partition("?")
        return paragraph("Question", self.about.question or (capitalised(plain(question + mark)) if mark else ""))

    def results_text(self):
        """Where the numbers are from and what they cost."""
        name, sweep = self.about.name, self.sweep
        source = f"[`{name}.cfg`]({name}.cfg)" if self._sweep_text() else f"`{name}`"
        if sweep is None:
            return f"{source}: no stored results.\n"
        text = f"{source}, [results]({self.results}): {cost_text(sweep)}."
        text += f" {capitalised(raced(sweep.race)[2:])}." if sweep.race else ""
        overrides = " ".join(str(sweep.attributes.get("overrides", "")).split())
        text += f" Run with `--set {overrides}`." if overrides else ""
        text += f" Of the data: {plain('; '.join(sweep.data_notes))}." if sweep.data_notes else ""
        now, then = self._sweep_text(), str(sweep.attributes.get("sweep_text", "")).splitlines()
        if "merged_from" in sweep.attributes:
            text += " Merged from several sweeps."
        elif now and _keys(now) != _keys(then):
            text += " The sweep file has changed since."
        return text + "\n"

    def _sweep_text(self):
        path = self.folder / f"{self.about.name}.cfg"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def paragraph(head, text):
    return f"**{head}.** {text.strip()}\n" if text else ""


def _keys(lines):
    """A sweep file without comments and blanks."""
    bare = ["".join(line.split("#")[0].split()) for line in lines]
    return [line for line in bare if line]
