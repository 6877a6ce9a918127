"""Numbers and pictures → text: HTML, CSV, LaTeX.

page, settings_table, trial_data   everything → report.html
running           what runs now → a part of the page that is written again and again
comparison        several sweeps: sentences, page and tables
explorer          one trial's weights → explorer.html
tables            CSV
summary_tex, tex  a LaTeX table that fits a column; text and widths of LaTeX
methods           the methods paragraph of a paper
effects_table     tables of what each axis does
racing            a race of settings: sentences, and its table
headline, reach   the answer in words, and what its intervals do not cover
commands          the command that trains a setting again
templating        a template and its scripts → one file that loads nothing
"""
