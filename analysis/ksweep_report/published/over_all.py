"""The best settings of all results together."""

from .definitions import Row
from .markdown import table_text
from .quantities import NOT_RUN, QUANTITIES
from .rows import Measured, Pick
from .settings import chosen_text, epochs_text, matching, name_of, ranked
from .uncertainty import figure_of

NAMING = ("kind", "hidden", "layers", "k", "alpha", "lifetime", "dropout", "input_noise", "probe_kind", "probe_c_requested")


def best_rows(table, settings):
    """At most `shown`, the best by the validation part first; those of too few seeds are left out."""
    left = [each for each in matching(settings, table.where) if len(each.done) >= table.over_all["least_seeds"] and not each.has_left]
    best = ranked(left, table.choose)[:table.over_all["shown"]]
    rows = [Measured(table, Row(name_of(each, NAMING), {}, goal=None if place else table.goal),
                     tuple(Pick(column, each, [each]) for column in table.column)) for place, each in enumerate(best)]
    nothing = tuple(Pick(each, None, []) for each in table.column)
    return rows or [Measured(table, Row("best on validation", {}, goal=table.goal), nothing)]


def over_all_text(table, rows):
    least, shown = table.over_all["least_seeds"], table.over_all["shown"]
    titles = [column.title for column in table.column]
    head = ["", "table", "validation accuracy, %", *titles, "seeds", "epochs", "chosen on validation"]
    lines = [_line(each) for each in rows if each.first.setting]
    goal = f"Goal of the first one: {rows[0].goal_text()}; verdict: {rows[0].verdict().text}."
    return (f"The {shown} best by mean accuracy on the validation part, of those with {least} seeds or more; "
            f"the first one is the choice. {goal}\n\n"
            + (table_text(head, lines) if lines else f"{NOT_RUN}\n"))


def _line(each):
    setting = each.first.setting
    validation = figure_of(setting, "validation_accuracy").text(QUANTITIES["validation_accuracy"].decimals)
    return [each.row.label, setting.table, validation,
            *[pick.text for pick in each.picks], setting.count_text, epochs_text(setting), chosen_text(setting, [setting])]
