"""What verdicts rest on, in words, for every page, table and file alike."""

from ..base.choices import LEAST_FOR_INTERVAL
from ..base.wording import plural
from ..results.statistics import interval_name, least_p_of, least_pairs, rests_on
from ..results.verdicts import UNTESTABLE

LEAST_SEEDS = f"fewer than {LEAST_FOR_INTERVAL} paired seeds"


def most_pairs(judged):
    return max((each.n_pairs for each in judged), default=0)


def basis(judged):
    """A sentence on the intervals that decide; "" where there is none."""
    some = next((each for each in judged if each.verdict != UNTESTABLE), None)
    if some is None:
        return ""
    over = "" if some.at_once == 1 else f", simultaneous for {plural(some.at_once, 'difference')} by Bonferroni's correction"
    return f"Decided by the {interval_name()} of the difference{over}; it rests on {rests_on()}."


def sign_flips(judged, named):
    """A sentence on the test that takes no law, with the smallest p that it can give.  named: words for some of what is judged."""
    n_pairs, n = most_pairs(judged), len([each for each in judged if each.p_adjusted is not None])
    if n == 0 or n_pairs < LEAST_FOR_INTERVAL:
        return ""
    floor = least_p_of(n, n_pairs)
    words = f"{plural(n_pairs, 'paired seed')} and {plural(n, 'comparison')} (Holm)"
    if floor > 0.05:
        return f"The sign-flip test, which needs no such law, cannot pass: with {words} its p is never below {floor:.2g}; " \
               f"p < 0.05 takes {least_pairs(n)} seeds."
    passing = [each for each in judged if each.passes_sign_flips]
    found = "for none of them" if not passing else "for all of them" if len(passing) == n else f"for {named(passing)}"
    beyond = [each for each in passing if not each.distinguishable]
    found += f", among them {named(beyond)}, where the interval holds zero" if beyond else ""
    return f"The sign-flip test, which needs no such law, gives p ≤ 0.05 {found} (with {words} its p is never below {floor:.2g})."
