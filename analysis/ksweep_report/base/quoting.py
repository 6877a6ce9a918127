"""How values are written in a sweep file (src/sweep/quoting.h)."""


def quoted(text):
    """In quotes if it must be."""
    plain = text and not set(text) & set(',&#"') and text == text.strip(" \t\r\n")
    return text if plain else '"' + text.replace('"', '""') + '"'


def unquoted(part):
    """What a value says."""
    return part[1:-1].replace('""', '"') if len(part) > 1 and part[0] == part[-1] == '"' else part
