"""Numbers and pictures → text: HTML, CSV, LaTeX.

page, settings_table, trial_data   everything → report.html
comparison        several sweeps: sentences, page and tables
explorer          one trial's weights → explorer.html
tables            CSV and LaTeX
effects_table     tables of what each axis does
headline, reach   the answer in words, and what its intervals do not cover
commands          the command that trains a setting again
templating        a template and its scripts → one file that loads nothing
"""
