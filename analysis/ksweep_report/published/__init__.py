"""jobs/README.md: published figures beside those of jobs/published/*.h5; jobs/search/README.md: the searches for recipes.

main         command line → files
definitions  tables.toml → Table, Search, Race
contents     the folder of the sweep files → tables, searches and their results
settings     Sweep → settings: the trials that differ in nothing but the seed; which of them a row takes
introduction what the page says before its tables
uncertainty  a figure with what seeds and test set leave open, and what is called met
quantities   what is measured, as a reader's units and text
rows, over_all, by_epoch, paired   the parts of a section
sections     what a section opens with
readme       contents → jobs/README.md
races        races beside their full grids
searches     contents → jobs/search/README.md
take         a folder of results → a small file of them
"""
