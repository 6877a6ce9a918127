import shutil
import subprocess

import pytest
from ksweep_report.main import main
from sample_sweeps import baselines, product, trial, write_sweep

DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,graphicx}
\begin{document}
\noindent\input{%s}
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
    assert "Overfull" not in log   # it fits the text width of an article


def test_the_table_of_a_comparison_compiles(tmp_path):
    paths = []
    for name in ("a_1", "b&2"):
        (tmp_path / name).mkdir()
        paths.append(str(write_sweep(tmp_path / name / "sweep.h5", product((10, 25), (0.0, 0.001)))))
    assert main([*paths, "--output", str(tmp_path / "out"), "--format", "latex"]) == 0
    code, log = compiled(tmp_path / "out" / "tables", "comparison.tex")
    assert code == 0, log[-2000:]
