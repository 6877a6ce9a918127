"""LaTeX: text escaped, how wide plain LaTeX sets it at 8 pt, and booktabs tables of it that fit a column of a paper or span two."""

import re
from dataclasses import dataclass

from ..base.choices import COLUMN_WIDTH
from ..base.wording import NOTHING

TEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
       "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
       "|": r"\textbar{}", "…": r"\ldots{}", "×": r"$\times$", '"': r"\textquotedbl{}", NOTHING: "--", "−": "$-$", "’": "'", "≥": r"$\geq$",
       "→": r"$\to$"}
GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu",
         "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega", "Δ": "Delta", "Σ": "Sigma", "Ω": "Omega"}
TEX |= {letter: f"$\\{name}$" for letter, name in GREEK.items()}
COLUMN_WIDTH_PT = 72.27 * COLUMN_WIDTH
GAP_PT = 2.5   # \tabcolsep; twice that lies between two columns
# Points of cmr8's letters, by their widths; bold ones are wider by BOLD.
WIDTHS = ((2.4, ".,;:!|'[]ijl"), (3.4, " -frstI*()"), (4.5, "0123456789aceozgvkxy/"), (4.8, "bdhnpqu$"), (6.3, "ABCDEFGHJKLPSTZ&#"),
          (7.3, "mwMNOQRUVXY+=<>−×%@"))
WIDEST_LETTER, BOLD = 8.8, 1.17


def tex_escape(text):
    """What plain pdflatex has no letter for becomes a question mark."""
    return "".join(TEX.get(each, each if 31 < ord(each) < 256 else "?") for each in " ".join(text.split()))


def width_pt(text, bold=False):
    """Of a line, not escaped; rather too much than too little."""
    widths = (next((width for width, letters in WIDTHS if letter in letters), WIDEST_LETTER) for letter in text)
    return sum(widths) * (BOLD if bold else 1)


def label_of(title):
    """`tab:accuracy-versus-k` of "Accuracy versus k"."""
    return "tab:" + (re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40] or "summary")


@dataclass(frozen=True)
class Column:
    """head: its lines; cells: texts, not escaped, one for each row."""
    name: str
    head: tuple
    cells: tuple
    left: bool = False

    def width(self, bold_row):
        texts = [width_pt(text, i == bold_row) for i, text in enumerate(self.cells)]
        return max([*texts, *map(width_pt, self.head)])


def table_width(columns, bold=None):
    return sum(column.width(bold) for column in columns) + 2 * GAP_PT * (len(columns) - 1)


def table_tex(columns, caption, label, bold=None, rule_before=None, comments=(), if_wide="Two columns wide."):
    """bold, rule_before: a row, or None.  comments: lines before the table; if_wide: one of them, of a table that is wider than a column."""
    rows = [" & ".join(_bold(tex_escape(column.cells[i]), i == bold) for column in columns) + r" \\" for i in range(len(columns[0].cells))]
    if rule_before is not None:
        rows.insert(rule_before, "\\midrule")
    wide = table_width(columns, bold) > COLUMN_WIDTH_PT
    table = "table*" if wide else "table"
    note = f"% {if_wide}" if wide else f"% Fits a column of {COLUMN_WIDTH} in at 8 pt."
    return "\n".join([f"% \\usepackage{{booktabs{',graphicx' if wide else ''}}}", note, *comments,
                      f"\\begin{{{table}}}[t]", "\\centering", f"\\caption{{{tex_escape(caption)}}}", f"\\label{{{label}}}",
                      f"\\fontsize{{8}}{{9.6}}\\selectfont\\setlength{{\\tabcolsep}}{{{GAP_PT}pt}}",
                      *(["\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%"] if wide else []),
                      "\\begin{tabular}{@{}" + "".join("l" if column.left else "r" for column in columns) + "@{}}", "\\toprule",
                      " & ".join(map(_head, columns)) + r" \\", "\\midrule", *rows,
                      "\\bottomrule", "\\end{tabular}" + "}" * wide, f"\\end{{{table}}}"]) + "\n"


def _bold(text, chosen):
    return f"\\textbf{{{text}}}" if chosen and text else text


def _head(column):
    lines = list(map(tex_escape, column.head))
    side = "l" if column.left else "r"
    return lines[0] if len(lines) == 1 else f"\\shortstack[{side}]{{" + r"\\".join(lines) + "}"
