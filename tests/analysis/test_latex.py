import shutil
import subprocess

import pytest
from ksweep_report.main import main
from ksweep_report.pages.tex import tex_escape, width_pt
from sample_sweeps import baselines, product, trial, write_sweep

DOCUMENT = r"""\documentclass[twocolumn]{article}
\setlength{\textwidth}{6.75in}\setlength{\columnsep}{0.25in}
\usepackage{booktabs,graphicx}
\begin{document}
\typeout{COLUMN \the\columnwidth}
\input{%s}
\end{document}
"""
HOSTILE = "\\input{/etc/passwd} \\write18{x} $x^ #1 & 50% {~} é → \x07"


def compiled(folder, table):
    if shutil.which("pdflatex") is None:
        pytest.skip("NOT TESTED: pdflatex is not installed (texlive-latex-base), the LaTeX table was not compiled")
    (folder / "document.tex").write_text(DOCUMENT % table)
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"], cwd=folder, capture_output=True, text=True,
                          errors="replace")
    return done.returncode, done.stdout


@pytest.mark.parametrize("trials", [product((10, 25, 40), (0.0, 0.001), range(7)) + baselines((10, 25, 40), range(7)),
                                    [trial(k, seed=seed, data_set=name) for k in (10, 25) for seed in (0, 1) for name in (HOSTILE, "b_c")]])
def test_the_table_compiles(tmp_path, trials):
    assert main([str(write_sweep(tmp_path / "sweep.h5", trials)), "--output", str(tmp_path / "out"), "--format", "latex"]) == 0
    code, log = compiled(tmp_path / "out" / "tables", "summary.tex")
    assert code == 0, log[-2000:]
    assert "root:" not in log
    assert "COLUMN 234.8" in log and "Overfull" not in log   # it fits a column of 3.25 in


def test_the_tables_of_effects_compile_and_fit_a_column(tmp_path):
    trials = product((10, 25, 40), (0.0, 0.001), range(4))
    assert main([str(write_sweep(tmp_path / "sweep.h5", trials)), "--output", str(tmp_path / "out"), "--format", "latex"]) == 0
    text = (tmp_path / "out" / "tables" / "effects.tex").read_text()
    assert text.count("\\begin{table}[t]") == 2 and "k 25$\\to$40" in text and "\\label{tab:accuracy-versus-k-on-digits-interactions}" in text
    code, log = compiled(tmp_path / "out" / "tables", "effects.tex")
    assert code == 0, log[-2000:]
    assert "Overfull" not in log


def test_the_table_of_a_comparison_compiles(tmp_path):
    paths = []
    for name in ("a_1", "b&2"):
        (tmp_path / name).mkdir()
        paths.append(str(write_sweep(tmp_path / name / "sweep.h5", product((10, 25), (0.0, 0.001)))))
    assert main([*paths, "--output", str(tmp_path / "out"), "--format", "latex"]) == 0
    code, log = compiled(tmp_path / "out" / "tables", "comparison.tex")
    assert code == 0, log[-2000:]


def test_text_is_not_wider_than_it_is_taken_for(tmp_path):
    texts = ["0123456789", "98.65", "[98.58, 98.71]", "−0.22", "[−0.30, −0.14]", "<0.001", "untrained weights", "winner-take-all", "5/5", "WTA",
             "matryoshka-batch-topk", "λ", "(%)", "n/N"]
    boxes = "".join(f"\\setbox0\\hbox{{\\fontsize{{8}}{{9.6}}\\selectfont{bold} {tex_escape(text)}}}\\typeout{{WIDTH \\the\\wd0}}\n"
                    for bold in ("", "\\bfseries") for text in texts)
    (tmp_path / "boxes.tex").write_text(boxes)
    code, log = compiled(tmp_path, "boxes.tex")
    assert code == 0, log[-2000:]
    widths = [float(line.split()[1].removesuffix("pt")) for line in log.splitlines() if line.startswith("WIDTH")]
    taken = [width_pt(text, bold) for bold in (False, True) for text in texts]
    assert len(widths) == len(taken) and \
        [each for each in zip(texts + texts, widths, taken) if each[1] > each[2]] == []
    assert sum(taken) < 1.2 * sum(widths)
