"""CPU time of a report: unlike its wall time, hardly longer on a busy machine."""

import os
import subprocess
import sys

from conftest import REPORT


def cpu_seconds_of(*arguments):
    """Of the report program with these arguments, which has to end well, and of the children that read files for it."""
    process = subprocess.Popen([sys.executable, str(REPORT), *map(str, arguments)])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime
