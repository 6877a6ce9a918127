import sys
from pathlib import Path

REPORT = Path(__file__).parents[2] / "analysis" / "report"
PUBLISHED = REPORT.with_name("published")
sys.path[:0] = [str(REPORT.parent), str(Path(__file__).parents[1])]
