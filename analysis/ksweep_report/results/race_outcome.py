"""What came of a race, in a sentence."""

from ..base.wording import plural
from .race import BUDGET_SPENT

ENDS = {"one left": "one setting was left", "within tolerance": "those left cannot differ by more than the tolerance",
        "seeds used": "all seeds are used", BUDGET_SPENT: "its budget is spent"}


def raced(race):
    """`; found by a race of 12 settings: 7 left early, 61 of 96 trials trained, one setting was left`."""
    if not race:
        return ""
    found = "found by a race" if race.has_ended else "so far, of a race"
    return f"; {found} of {plural(race.n_settings, 'setting')}: {race.n_out:,} left early, " \
           f"{race.n_trained:,} of {plural(race.n_planned, 'trial')} trained, {ending(race)}"


def ending(race):
    more = ", and may still add values of k" if race.may_grow else ""
    if not race.has_ended:
        return f"it goes on after {plural(race.n_rounds, 'seed')}{more}"
    spent = f" of {race.budget} core-hours" if race.budget else ""
    return ENDS.get(race.end, race.end).replace("its budget", f"its budget{spent}") + more.replace("and", "and with a larger one it")
