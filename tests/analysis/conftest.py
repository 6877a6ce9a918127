import sys
from pathlib import Path

REPORT = Path(__file__).parents[2] / "analysis" / "report"
PUBLISHED = REPORT.with_name("published")
sys.path.insert(0, str(REPORT.parent))
