import pytest
from ksweep_report.base.errors import ReportError
from ksweep_report.published.contents import read_contents
from ksweep_report.published.introduction import core_hours
from ksweep_report.published.readme import page_text
from ksweep_report.published.searches import searches_text
from ksweep_report.published.take import take
from sample_sweeps import MISSING, trial, write_sweep
from test_published import JOBS, ONE_ROW, row_of, seeds_of

SEARCHED = ONE_ROW + """
[[search]]
name = "recipes"
table = "mine"
rows = ["k = 25"]
says = "Longer is better."
"""


@pytest.fixture
def contents(tmp_path):
    """Of one table, of one row, and a search of these trials."""
    def make(*trials, tables=SEARCHED):
        for folder in ("published", "search"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "published" / "tables.toml").write_text(tables)
        (tmp_path / "search" / "recipes.cfg").write_text("# Question: which recipe?\ntitle = Recipes\n")
        write_sweep(tmp_path / "published" / "mine.h5", seeds_of((0.975, 0.977)))
        if trials:
            write_sweep(tmp_path / "search" / "recipes.h5", trials)
        return read_contents(tmp_path)
    return make


def tried(validation, test=0.5, **keys):
    """One trial for each seed's accuracy on the validation part."""
    return [trial(seed=10 + seed, results={"test_accuracy": test, "validation_accuracy": each}, **keys) for seed, each in enumerate(validation)]


def lines_of(text, head):
    """The lines of the table that opens so, as cells."""
    table = text.split(f"| {head} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def test_settings_are_ranked_by_the_validation_part_and_held_against_the_first_one_of_the_same_seeds(contents):
    trials = [*tried((0.98, 0.97), alpha=1), *tried((0.985, 0.979), test=0.1, alpha=2), *tried((0.90, 0.92), test=0.999, alpha=3)]
    lines = lines_of(searches_text(contents(*trials)), "setting, the best first")
    assert [line[:5] for line in lines] == [["alpha = 2", "1.80", "1.50, 2.10", "−0.70", "2"], ["alpha = 1", "2.50", "2.00, 3.00", "–", "2"],
                                            ["alpha = 3", "9.00", "10.00, 8.00", "+6.50", "2"]]


@pytest.mark.parametrize("absent, line", [(1, ["1.50", "1.00, 2.00", "−1.00", "2"]), (3, ["1.00", "1.00", "−1.00", "1 of 2"])])
def test_differences_are_over_the_seeds_that_both_settings_have(contents, absent, line):
    trials = [*tried((0.98, 0.90), alpha=1), *tried((0.99, 0.98), alpha=2)]
    trials[absent]["status"] = MISSING
    assert lines_of(searches_text(contents(*trials)), "setting, the best first")[0][1:5] == line


def test_switches_are_named_as_in_sweep_files(contents):
    trials = [each for value in ("no", "yes") for each in tried((0.98,), probe_standardise=value)]
    assert {line[0] for line in lines_of(searches_text(contents(*trials)), "setting, the best first")} == {"–", "probe.standardise"}


def test_no_figure_of_the_test_set_stands_in_a_table_of_settings(contents):
    text = searches_text(contents(*tried((0.98, 0.97), test=0.1234, alpha=1), *tried((0.97, 0.96), test=0.4321, alpha=2)))
    assert not any(figure in text for figure in ("12.34", "87.66", "43.21", "56.79"))


def test_a_search_says_which_rows_it_is_for_and_whether_their_goals_are_met(contents):
    made = contents(*tried((0.98,), alpha=1))
    assert row_of(searches_text(made), "[mine](../README.md#mine), k = 25")[1:] == ["2.40 ± – ± 0.32 [2.12, 2.72]", "≤ 1.35", "not met"]
    assert "The reason is not known. What was tried: [recipes](search/README.md#recipes)." in page_text(made)


def test_hours_are_core_hours_and_all_are_summed(contents):
    trials = [trial(seed=seed, results={"validation_accuracy": 0.9, "wall_time_s": 1800.0, "threads": 2.0}) for seed in (0, 1)]
    made = contents(*trials)
    text = searches_text(made)
    assert "They took 2 core-hours (Some CPU @ 2.00GHz, at most 4 cores at a time)" in " ".join(text.split())
    assert "The [searches](search/README.md) for better recipes took 2 core-hours more." in page_text(made)
    assert core_hours(made.searched.values()) == 2


def test_errors_by_epochs_stand_side_by_side_for_recipes_of_several_lengths(contents):
    trials = [each for alpha, epochs, accuracy in ((1, 30, 0.98), (1, 90, 0.985), (2, 90, 0.984))
              for each in tried((accuracy, accuracy), alpha=alpha, epochs=epochs, probe_kind="softmax")]
    text = searches_text(contents(*trials))
    assert "Validation error, %, by epochs:" in text and lines_of(text, "setting | 30 | 90") == [["alpha = 1", "2.00", "1.50"]]


def test_epochs_of_fine_tuned_networks_are_those_of_the_probe(contents):
    trials = [each for epochs, accuracy in ((30, 0.98), (90, 0.985))
              for each in tried((accuracy, accuracy), epochs=15, probe_epochs=epochs, probe_kind="fine-tune")]
    assert lines_of(searches_text(contents(*trials)), "setting | 30 | 90") == [["–", "2.00", "1.50"]]


def test_a_search_without_results_has_none(contents):
    made = contents()
    text = searches_text(made)
    assert "None has been run yet." in text and "search/README.md" not in page_text(made)
    assert "[`recipes.cfg`](recipes.cfg): no stored results." in text and "the best first" not in text
    assert "**What it says.** Longer is better." in text


@pytest.mark.parametrize("wrong, message", [
    (('rows = ["k = 25"]', 'rows = ["k = 24"]'), "recipes: table mine has no row 'k = 24'"),
    (('rows = ["k = 25"]', "rows = []"), "recipes: is for no row"), (("says =", "sais ="), "recipes: unknown key sais"),
])
def test_a_mistake_in_a_search_is_named(contents, wrong, message):
    with pytest.raises(ReportError, match="tables.toml: .*Mend the line") as error:
        contents(tables=SEARCHED.replace(*wrong))
    assert message in str(error.value)


def test_results_are_taken_to_the_folder_that_has_their_sweep_file(contents, tmp_path):
    contents()
    for name in ("recipes", "mine"):
        (tmp_path / "results" / name).mkdir(parents=True)
        write_sweep(tmp_path / "results" / name / "sweep.h5", tried((0.98,)))
    assert take(tmp_path / "results" / "recipes", tmp_path) == tmp_path / "search" / "recipes.h5"
    assert take(tmp_path / "results" / "mine", tmp_path) == tmp_path / "published" / "mine.h5"


def test_searches_use_other_seeds_than_the_tables_that_they_are_for():
    made = read_contents(JOBS)
    for search in made.searches:
        if search.name in made.searched:
            seeds = {name: set(map(int, sweeps[of].columns["seed"])) for name, sweeps, of in
                     (("search", made.searched, search.name), ("table", made.sweeps, search.table))}
            assert not seeds["search"] & seeds["table"]


def test_every_sweep_file_of_the_searches_is_on_their_page():
    named = {search.name for search in read_contents(JOBS).searches}
    assert named == {path.stem for path in (JOBS / "search").glob("*.cfg")} >= {path.stem for path in (JOBS / "search").glob("*.h5")}
