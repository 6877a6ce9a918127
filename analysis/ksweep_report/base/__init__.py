"""What knows no sweep.

errors, choices   what a user is told is wrong; what numbers depend on and the command line lets a user choose
wording, quoting  numbers and names as text; values as a sweep file holds them
in_child          reads hostile files in a child process
one_thread, no_locks   linear algebra uses one thread; files are read without a lock
"""
