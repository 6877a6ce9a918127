"""The one error that a user can mend."""


class ReportError(Exception):
    """What is wrong, where, why it matters, what to do: printed as one line, exit code 1."""
