"""The comparison report of a sweep: which k, and how sure are we?

main      command line → files
reading   sweep.h5 → Sweep
grid      Sweep → cells: the trials that differ in nothing but the seed
statistics, answer   numbers over seeds; the choice and what can be said about it
drawing, lines, heatmaps, filters   figures
tables    CSV and LaTeX
page      everything → report.html
published   folder: the tables of jobs/README.md, published beside measured
"""
