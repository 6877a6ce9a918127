"""jobs/README.md: published figures beside those of jobs/published/*.h5.

main         command line → file
definitions  tables.toml → Table
settings     Sweep → settings: the trials that differ in nothing but the seed; which of them a row takes
introduction what the page says before its tables
uncertainty  a figure with what seeds and test set leave open, and what is called met
quantities   what is measured, as a reader's units and text
rows, over_all, by_epoch, paired   the parts of a section
readme       everything → Markdown
"""
