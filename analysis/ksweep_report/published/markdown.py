"""Markdown, as far as the tables need it."""


def table_text(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(_cell(each) for each in line) + " |\n" for line in lines)


def _cell(text):
    return " ".join(text.split()).replace("|", "\\|")


def plain(text):
    """Text of others: nothing in it is markup but what Markdown would not take for any."""
    for character in ("\\", "*", "<"):
        text = text.replace(character, "\\" + character)
    return text
