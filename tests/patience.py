"""How long tests wait."""

PATIENCE_S = 900  # what must end does so by then on a machine however busy: only what hangs does not.  Below the TIMEOUTs of ctest
