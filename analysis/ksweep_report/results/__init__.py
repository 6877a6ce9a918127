"""Files → numbers: what was measured, and what can be said about it.

reading, columns  sweep.h5 → Sweep; names of its columns, and core-seconds
confusions        sweep.h5 → which classes a few trials take for which
status_files      status.json beside sweep.h5 → what runs now
trial_files       trials/*.h5 beside it → filters, weights
grid, panels      Sweep → cells: the trials that differ in nothing but the seed; cells → lines over x
names             what the report calls keys
race, finish      what sweep.h5 says of a race; its settings as cells, in the order of its finish
idle              keys that a trial's kind does not look at
statistics, bounds   numbers over seeds; where quantities end
effects           what each axis does over all settings of the others, and which pairs do not add up
answer, pairing   the choice and its comparisons; several sweeps → pairs by setting and seed
test_set          what the size of the test set leaves open
coverage          measures by simulation what share of intervals covers
references        published figures that a sweep file names
network, samples, codes   saved weights, test samples, and the codes that the first make of the second
"""
