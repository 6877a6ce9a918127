import functools
import re
from html.parser import HTMLParser

import pytest
from ksweep_report.main import write_report
from sample_sweeps import FAILED, MISSING, baselines, product, trial, write_sweep

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
    "single trial": ([trial()], {}),
    "all failed": ([dict(each, status=FAILED, reason="no") for each in product((10, 25))], {}),
    "all missing": ([dict(each, status=MISSING) for each in product((10, 25))], {}),
    "baselines alone": (baselines((10, 25), (0, 1)), {}),
    "no labels": (product((10, 25)), {"measured": False}),
    "colour": (product((10, 25)), {"image_shape": (3, 8, 8)}),
    "texts as axes": ([trial(25, 0.0, s, activation=a) for a in ("linear", "relu") for s in (0, 1)], {}),
    "without optional variables": (product((10, 25)), {"leave_out": ("filters", "test_confusion", "train_loss_curve",
                                                                     "host", "threads", "specification")}),
    "hostile": ([dict(each, status=FAILED, reason='</td><script>alert(1)</script>"\x1b') if each["seed"] == 2 else each
                 for each in product((10, 25))], {"title": '</title><script src="http://x/y.js"></script> $x^$ & <img src=x>'}),
}


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    """page_of(name): the page of a sample, made once."""
    @functools.cache
    def make(name):
        trials, more = SAMPLES[name]
        folder = tmp_path_factory.mktemp("page")
        return write_report(write_sweep(folder / "sweep.h5", trials, **more), folder / "out").read_text(encoding="utf-8")
    return make


class Balance(HTMLParser):
    """Fails on a tag that is not closed, and gathers ids and attributes that load something."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.loads, self.tags = [], [], [], set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
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
def test_every_sample_is_a_whole_page_that_loads_nothing(page_of, name):
    page = page_of(name)
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert [each for each in parser.loads if not each.startswith(("data:image/png;base64,", "#"))] == []
    assert not re.search(r"url\((?!#)|@import|<link|<script|<iframe|<object", page)
    assert len(parser.ids) == len(set(parser.ids))
    assert "script" not in parser.tags
    assert " nan" not in page.lower().replace("loss is nan", "")


@pytest.mark.parametrize("name", ["complete", "half finished", "single k", "no labels", "colour"])
def test_no_address_stands_in_a_page_of_harmless_texts(page_of, name):
    assert "http" not in page_of(name)


def test_every_picture_has_an_alt_text(page_of):
    page = page_of("complete")
    assert all(re.search(r'aria-label="[^"]{20,}', tag) for tag in re.findall(r"<svg[^>]*>", page))
    assert all(re.search(r'alt="[^"]{20,}', tag) for tag in re.findall(r"<img[^>]*>", page))
    assert page.count("<svg") + page.count("<img") == page.count("<figure ") == page.count("<figcaption>")


def test_hostile_texts_are_shown_and_not_obeyed(page_of):
    page = page_of("hostile")
    assert "&lt;/title&gt;&lt;script src=" in page and "&lt;/td&gt;&lt;script&gt;alert(1)" in page
    assert "<script" not in page and "<img src=x" not in page


def test_a_half_finished_sweep_says_so_at_the_top_and_in_each_row(page_of):
    page = page_of("half finished")
    assert "Best so far" in page and "11 of 18 trials done, 1 failed, 6 missing." in page
    assert ">1/3<" in page and ">2/3<" in page
    assert "loss is NaN in epoch 3" in page


def test_a_complete_sweep_has_no_banner(page_of):
    page = page_of("complete")
    assert 'class="banner"' not in page and "Best so far" not in page and "raw pixels" in page


def test_a_sweep_without_labels_has_no_columns_of_accuracy(page_of):
    assert "validation&nbsp;%" in page_of("complete")
    page = page_of("no labels")
    assert "validation&nbsp;%" not in page and "best trial of each k" not in page and "sign-flip" not in page


def test_commands_and_provenance_are_there(page_of):
    page = page_of("single seed")
    assert "mpirun -n 2 ksweep run jobs/mnist-k.cfg --set &#39;train.seed=0..2&#39;" in page
    assert "analysis/report sweep.h5 --output DIR" in page
    assert "[model]\nkind = k-sparse\nk = 25\n" in page
    assert "cdcdcdcd" in page and "Some CPU" in page
