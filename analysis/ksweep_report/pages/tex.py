"""Text for LaTeX: escaped, and how wide plain LaTeX sets it at 8 pt."""

import re

from ..base.choices import COLUMN_WIDTH
from ..base.wording import NOTHING

TEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
       "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
       "|": r"\textbar{}", "…": r"\ldots{}", "×": r"$\times$", '"': r"\textquotedbl{}", NOTHING: "--", "−": "$-$", "’": "'", "≥": r"$\geq$"}
GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu",
         "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega", "Δ": "Delta", "Σ": "Sigma", "Ω": "Omega"}
TEX |= {letter: f"$\\{name}$" for letter, name in GREEK.items()}
COLUMN_WIDTH_PT = 72.27 * COLUMN_WIDTH
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
