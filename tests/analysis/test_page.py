import base64
import functools
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from ksweep_report.reports import write_report
from sample_sweeps import FAILED, MISSING, activations, baselines, product, trial, write_sweep

VOID = {"meta", "img", "br", "path", "use"}


def half_finished():
    trials = product((10, 25, 40), (0.0, 0.001))
    for each in trials[::3]:
        each["status"] = MISSING
    trials[1].update(status=FAILED, reason="loss is NaN in epoch 3")
    return trials


SAMPLES = {
    "complete": (product((5, 25, 70), (0.0, 0.001, 0.01), range(7)) + baselines((5, 25, 70), range(7)), {"probe_every": 1}),
    "half finished": (half_finished(), {}),
    "single seed": (product((10, 25, 40), seeds=(0,)), {"probe_every": 4}),
    "single k": (product((25,)), {}),
    "one classifier": ([trial(0, seed=seed, kind="classifier", results={"validation_accuracy": np.nan}) for seed in (0, 1, 2)], {}),
    "single trial": ([trial()], {}),
    "all failed": ([dict(each, status=FAILED, reason="no") for each in product((10, 25))], {}),
    "all missing": ([dict(each, status=MISSING) for each in product((10, 25))], {}),
    "baselines alone": (baselines((10, 25), (0, 1)), {}),
    "no labels": (product((10, 25)), {"measured": False}),
    "activations": (activations((4, 8, 16, 32, 64), (512, 2048), seeds=(0, 1, 2)),
                    {"measured": False, "leave_out": ("filters", "test_confusion", "test_accuracy_per_class")}),
    "colour": (product((10, 25)), {"image_shape": (3, 8, 8)}),
    "texts as axes": ([trial(25, 0.0, s, activation=a) for a in ("linear", "relu") for s in (0, 1)], {}),
    "without optional variables": (product((10, 25)), {"leave_out": ("filters", "test_confusion", "train_loss_curve",
                                                                     "host", "threads", "specification")}),
    "hostile": ([dict(each, status=FAILED, reason='</td><script>alert(1)</script>"\x1b') if each["seed"] == 2 else each
                 for each in product((10, 25))], {"title": '</title><script src="http://x/y.js"></script> $x^$ & <img src=x>'}),
    "hostile columns": ([trial(k, seed=s, **{'z"><script>alert(2)</script>..': z}) for k in (10, 25) for z in (1, 2) for s in (0, 1)], {}),
    "hostile values": ([trial(k, seed=s, data_set=z) for k in (10, 25) for z in ('"><img src=x onerror=1>', "../../../k = 3/x") for s in (0, 1)],
                       {"attributes": {"sweep_text": "</pre><script>1</script>\n# reference: </p><b>", "command": "ksweep run ../../etc/x '"}}),
}


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    """page_of(name): the page of a sample, made once."""
    @functools.cache
    def make(name):
        trials, more = SAMPLES[name]
        folder = tmp_path_factory.mktemp("page")
        return write_report(write_sweep(folder / "sweep.h5", trials, **more), folder / "out", ("html", "csv")).read_text(encoding="utf-8")
    return make


class Balance(HTMLParser):
    """Fails on a tag that is not closed, and gathers ids and attributes that load something."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.loads, self.scripts = [], [], [], []

    def handle_starttag(self, tag, attributes):
        if tag == "script":
            self.scripts.append(dict(attributes))
        if any(name.startswith("on") for name, _ in attributes):
            self.loads.append(f"handler in {tag}")
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "srcset", "data", "poster") or (name == "href" and tag != "a"):
                self.loads.append(value)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("name", SAMPLES)
def test_P13_every_sample_is_a_whole_page_that_loads_nothing(page_of, name):
    page = page_of(name)
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert [each for each in parser.loads if not each.startswith(("data:image/png;base64,", "#"))] == []
    assert not re.search(r"url\((?!#)|@import|<link|<iframe|<object|<embed", page)
    assert len(parser.ids) == len(set(parser.ids))
    assert parser.scripts == [{"type": "application/json", "id": "data"}, {"type": "application/json", "id": "marks"}, {}]
    assert " nan" not in page.lower().replace("loss is nan", "")


@pytest.mark.parametrize("name", ["complete", "half finished", "single k", "no labels", "activations", "colour"])
def test_no_address_stands_in_a_page_of_harmless_texts(page_of, name):
    page = page_of(name).replace("http-equiv", "")
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "", 1)   # the name of a namespace, which nothing loads


@pytest.mark.parametrize("name", SAMPLES)
def test_the_browser_is_told_to_load_nothing_and_to_run_this_script_alone(page_of, name):
    page = page_of(name)
    script = page.rsplit("<script>", 1)[1].split("</script>")[0]
    assert script.count("<") and "</" not in script
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert (f"content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'\"") in page


@pytest.mark.parametrize("name", SAMPLES)
def test_the_trials_are_in_the_page_as_data(page_of, name):
    data = data_of(page_of(name))
    trials = SAMPLES[name][0]
    assert data["n"] == len(trials) == len(data["columns"]["trial_id"])
    assert data["columns"]["seed"] == [each["seed"] for each in trials]
    assert set(data["metrics"]) <= data["columns"].keys()


def data_of(page):
    return json.loads(page.split('id="data">', 1)[1].split("</script>", 1)[0])


def test_every_picture_has_an_alt_text(page_of):
    page = page_of("complete")
    assert page.count("<svg") > 5 and page.count("<img") > 0
    assert all(re.search(r'aria-label="[^"]{20,}', tag) for tag in re.findall(r"<svg[^>]*>", page))
    assert all(re.search(r'alt="[^"]{20,}', tag) for tag in re.findall(r"<img[^>]*>", page))
    page = page.split("<script")[0]
    assert page.count("<svg") + page.count("<img") == page.count("data-plot=") >= page.count("<figure ")


def test_hostile_texts_are_shown_and_not_obeyed(page_of):
    page = page_of("hostile")
    assert "&lt;/title&gt;&lt;script src=" in page and "&lt;/td&gt;&lt;script&gt;alert(1)" in page
    assert page.count("<script") == 3 and page.count("</script") == 3 and "<img src=x" not in page
    assert '</td><script>alert(1)</script>"\x1b' in data_of(page)["columns"]["reason"]["texts"]


@pytest.mark.parametrize("name", ["hostile", "hostile columns", "hostile values"])
def test_hostile_texts_write_nothing_outside_the_folder(tmp_path, name):
    trials, more = SAMPLES[name]
    (tmp_path / "in").mkdir()
    before = set(tmp_path.parent.rglob("*"))
    write_report(write_sweep(tmp_path / "in" / "sweep.h5", trials, **more), tmp_path / "out" / "deep", ("html", "csv", "latex", "png", "svg", "pdf"))
    new = set(tmp_path.parent.rglob("*")) - before - {tmp_path / "in" / "sweep.h5", tmp_path / "out", tmp_path / "out" / "deep"}
    assert new and all((tmp_path / "out" / "deep") in path.parents for path in new)
    for path in new:
        if path.suffix == ".svg":
            assert "<script" not in path.read_text() and "<img" not in path.read_text()


def test_a_half_finished_sweep_says_so_at_the_top_and_in_each_row(page_of):
    page = page_of("half finished")
    assert "Best k so far by validation" in page and "11 of 18 trials done, 1 failed, 6 missing." in page
    assert ">1/3<" in page and ">2/3<" in page
    assert "loss is NaN in epoch 3" in page


def test_sections_stand_in_the_order_that_readers_ask_in(page_of):
    sections = re.findall(r'<section id="(\w+)">', page_of("half finished"))
    assert sections == ["accuracy", "effects", "settings", "classes", "curves", "weights", "reconstruction", "filters", "cost", "trials", "failed",
                        "methods", "provenance"]


def test_captions_and_the_head_name_the_interval_and_what_it_rests_on(page_of):
    page = page_of("complete")
    assert "Square brackets hold the 95\u00a0% t interval" in page and "approximate normality" in page


def test_what_a_caption_says_is_said_once(page_of):
    page = page_of("complete")
    assert page.count("Dots: single seeds.") == 1 and "What a caption says holds for the figures below it, too." in page


def test_the_first_figure_stands_below_the_answer_and_is_as_wide_as_the_page_or_beside_its_enlarged_twin(page_of):
    page = page_of("complete")
    assert page.index('id="answer"') < page.index('class="main"') < page.index("Square brackets") < page.index('id="settings"')
    assert page.index('id="figure-accuracy"') < page.index('id="figure-accuracy_enlarged"') < page.index("</header>")
    page = page_of("single seed")
    assert 'class="plot on-narrow" data-plot="accuracy"' in page and 'class="plot on-wide" data-plot="accuracy_full"' in page


def test_each_setting_has_its_command(page_of):
    page = page_of("complete")
    assert ("ksweep run jobs/mnist-k.cfg --set model.kind=k-sparse --set model.k=25 --set model.sparsity_weight=0.001 "
            "--set train.seed=0,1,2,3,4,5,6</code>") in page


def test_what_is_not_shown_for_want_of_weights_is_said(page_of):
    assert "Not shown: reconstructions, hidden activations and activation densities, because the weights were not saved" in page_of("complete")


def test_a_complete_sweep_has_no_banner(page_of):
    page = page_of("complete")
    assert 'class="banner"' not in page and "so far by validation" not in page and "raw pixels" in page


def test_a_sweep_without_labels_has_no_columns_of_accuracy(page_of):
    assert "validation&nbsp;%" in page_of("complete")
    page = page_of("no labels")
    assert "error&nbsp;%" not in page and "Test accuracy" not in page_of("activations").split("<script")[0]
    assert "validation&nbsp;MSE" in page and "sign-flip" not in page


def test_commands_and_provenance_are_there(page_of):
    page = page_of("single seed")
    assert "mpirun -n 2 ksweep run jobs/mnist-k.cfg --set &#39;train.seed=0..2&#39;" in page
    assert "ksweep report sweep.h5 --output DIR" in page
    assert "[model]\nkind = k-sparse\nk = 25\n" in page
    assert "cdcdcdcd" in page and "Some CPU" in page


def test_one_setting_is_not_compared_with_anything(page_of):
    page = page_of("one classifier").split("<body>")[1].split("<script")[0]
    assert "Holm" not in page and ">difference<" not in page and ">chosen<" not in page and "Accuracy over" not in page


def test_regressions_that_were_stopped_early_are_counted(tmp_path):
    def text_with(*fits):
        trials = [trial(25, seed=seed, results={"probe_l2": l2, "probe_gradient": gradient}) for seed, (l2, gradient) in enumerate(fits)]
        return write_report(write_sweep(tmp_path / "sweep.h5", trials), tmp_path / "out", ("html",)).read_text(encoding="utf-8")

    some_early = text_with((1e-7, 9e-7), (3e-7, 3e-7), (1e-5, 9e-7), (np.nan, np.nan), (1e-6, 9e-7))
    assert "In 2 of 4 trials the softmax regression was stopped before" in some_early
    assert "stopped before its L2" not in text_with((1e-5, 9e-7), (1e-6, 9e-7))


def test_the_page_tells_notes_on_the_data_and_labels_of_the_classes(tmp_path):
    labels = [f"animal {i} <b>" for i in range(10)]
    sweep = write_sweep(tmp_path / "sweep.h5", product((10, 25)), attributes={
        "data_notes": "zoo: not used: <x>\nzoo: two", "class_labels": "\t".join(["zoo", *labels])})
    page = write_report(sweep, tmp_path / "out", ("html",)).read_text(encoding="utf-8")
    assert "zoo: not used: &lt;x&gt;.<br>zoo: two." in page
    assert 'taken for animal' in page and "<b>" not in page.split('<section id="classes">')[1].split("</section>")[0].replace("&lt;b&gt;", "")
