"""Clicks every control of the page in Chromium."""

import base64
import re

import browser
import pytest
from ksweep_report.reports import write_report
from sample_sweeps import FAILED, MISSING, product, trial, trial_id, write_sweep
from scipy import stats

TRIALS = product((10, 25, 70), (0.0, 0.001), range(8)) + [trial(0, kind="raw", seed=seed) for seed in range(8)]
TRIALS[3].update(status=FAILED, reason="loss is NaN in epoch 3")
TRIALS[4].update(status=MISSING)
PRINTED = 717   # CSS pixels between the margins of a sheet of A4


@pytest.fixture(scope="module")
def driver():
    driver = browser.start()
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    return write_report(write_sweep(folder / "sweep.h5", TRIALS, probe_every=2), folder / "out", ("html", "csv", "latex"))


@pytest.fixture
def page(driver, path):
    browser.requests(driver)
    driver.get("about:blank")
    browser.show(driver, path)
    yield driver
    assert browser.complaints(driver) == []
    assert [url for url in browser.requests(driver) if not url.startswith(("file:", "data:", "about:"))] == []


def one(page, selector):
    return page.find_element("css selector", selector)


def texts(page, selector):
    return [each.text for each in page.find_elements("css selector", selector)]


def column(page, name):
    heads = texts(page, "#trial-table th")
    at = [head.rstrip(" ↑↓") for head in heads].index(name)
    return texts(page, f"#trial-table tbody td:nth-child({at + 1})")


def click(page, selector):
    element = one(page, selector)
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def choose(page, selector, value):
    page.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))", one(page, selector), value)


def type_in(page, text):
    box = one(page, "#filter")
    box.clear()
    box.send_keys(text or " \b")


def point(page, selector, share, kind="pointermove"):
    """Sends a pointer event to a place of an element, as shares of its width and height."""
    page.execute_script("""
        const element = document.querySelector(arguments[0]), box = element.getBoundingClientRect();
        element.dispatchEvent(new PointerEvent(arguments[2], {bubbles: true, pointerId: 1, clientX: box.left + arguments[1][0] * box.width,
                                                              clientY: box.top + arguments[1][1] * box.height}));""", selector, share, kind)


def drag(page, selector, start, end):
    from selenium.webdriver import ActionChains
    element = one(page, selector)
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    size = element.size

    def offset(share):
        return int((share[0] - 0.5) * size["width"]), int((share[1] - 0.5) * size["height"])
    ActionChains(page).move_to_element_with_offset(element, *offset(start)).click_and_hold().move_to_element_with_offset(
        element, *offset(end)).release().perform()


def test_the_table_shows_all_trials_a_page_at_a_time(page):
    assert one(page, "#trial-count").text == "1–50 of 56 trials"
    click(page, "#next")
    assert one(page, "#trial-count").text == "51–56 of 56 trials" and one(page, "#next").get_attribute("disabled")
    click(page, "#previous")
    assert one(page, "#trial-count").text == "1–50 of 56 trials"


@pytest.mark.parametrize("name", ["trial id", "status", "kind", "k", "sparsity weight λ", "seed", "validation accuracy %", "test accuracy %",
                                  "test MSE per input", "L0 encoding", "dead units", "core seconds"])
def test_each_head_sorts_up_and_down(page, name):
    def key(text):
        return float(text) if re.fullmatch(r"[\d.e+-]+", text) and name != "trial id" else text

    at = [head.rstrip(" ↑↓") for head in texts(page, "#trial-table th")].index(name) + 1
    type_in(page, "k=10" if name == "status" else "done")  # few enough for one page that shows more than one status
    orders = []
    for _ in range(2):
        click(page, f"#trial-table th:nth-child({at}) button")
        orders.append(one(page, f"#trial-table th:nth-child({at})").get_attribute("aria-sort"))
        shown = [key(text) for text in column(page, name) if text != "–"]
        assert shown == sorted(shown, reverse=orders[-1] == "descending") and len(set(shown)) > 1
    assert sorted(orders) == ["ascending", "descending"]


def test_words_filter_the_table(page):
    type_in(page, "k=25 sparsity_weight=0.001")
    assert one(page, "#trial-count").text == "1–8 of 8 trials" and set(column(page, "k")) == {"25"}
    type_in(page, "nan epoch")
    assert column(page, "trial id") == [trial_id(3)]
    type_in(page, "'<b>nothing'")
    assert one(page, "#trial-count").text == "no trial matches"


def test_the_status_filters_the_table(page):
    for name, count in (("failed", 1), ("missing", 1), ("done", 54), ("", 56)):
        choose(page, "#status", name)
        assert one(page, "#trial-count").text.endswith(f"of {count} trial" + ("s" if count > 0 else ""))


def test_every_metric_axis_and_colour_can_be_drawn(page):
    for chart in "ab":
        for select in ("x", "y", "colour"):
            values = [each.get_attribute("value") for each in page.find_elements("css selector", f"#{select}-{chart} option")]
            assert len(values) > 2
            for value in values:
                choose(page, f"#{select}-{chart}", value)
                assert one(page, f"#chart-{chart} .dots") and "NaN" not in one(page, f"#chart-{chart}").get_attribute("innerHTML")


def test_metrics_are_probes_reconstruction_dead_units_and_cost(page):
    values = [each.get_attribute("value") for each in page.find_elements("css selector", "#y-a option")]
    assert {"test_accuracy", "validation_accuracy", "test_mse", "dead_units", "l0_encoding", "train_time_s", "core_seconds"} <= set(values)


def test_a_brush_marks_trials_in_all_figures_and_in_the_table(page):
    choose(page, "#x-a", "k")
    drag(page, "#chart-a svg", (0.08, 0.02), (0.4, 0.88))
    shown = set(column(page, "k"))
    assert shown and "brushed ones only" in one(page, "#trial-count").text and "70" not in shown
    count = int(re.search(r"of (\d+)", one(page, "#trial-count").text)[1])
    for chart in "ab":
        path = one(page, f"#chart-{chart} .picked-dots").get_attribute("d")
        assert path.count("M") == count
    assert len(page.find_elements("css selector", "#figure-accuracy .picked")) > 0
    click(page, "#clear")
    assert one(page, "#trial-count").text.endswith("of 56 trials")
    assert page.find_elements("css selector", ".picked") == []


def test_a_trial_opens_from_the_table_and_closes(page):
    type_in(page, trial_id(20))
    click(page, "#trial-table tbody a")
    text = one(page, "#trial-page").text
    assert text.startswith(f"Trial {trial_id(20)}: k = 25, λ = 0, seed 4 (done)")
    assert "ksweep run jobs/mnist-k.cfg --set model.kind=k-sparse --set model.k=25 --set model.sparsity_weight=0 --set train.seed=4" in text
    assert "Test accuracy of each class" in text and "train loss curve" in text and "validation accuracy curve %" in text
    click(page, "#close-trial")
    assert not one(page, "#trial-page").is_displayed()


def test_escape_closes_a_trial_whose_bars_begin_at_zero_and_whose_dates_are_dates(page):
    type_in(page, trial_id(20))
    click(page, "#trial-table tbody a")
    text = one(page, "#trial-page").text
    assert re.search(r"started 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", text) and "sparsity weight λ 0" in text
    for bar in page.find_elements("css selector", "#trial-page .bar"):
        share = float(bar.find_element("xpath", "..").text)
        assert abs(float(bar.value_of_css_property("width").removesuffix("px")) - 0.9 * share) < 0.1
    page.execute_script("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
    assert not one(page, "#trial-page").is_displayed()


def test_a_trial_opens_by_its_address_and_a_wrong_one_opens_nothing(page, path):
    page.get(path.as_uri() + "#trial-" + trial_id(3))
    assert "loss is NaN in epoch 3" in one(page, "#trial-page").text
    page.get(path.as_uri() + "#trial-<b>")
    assert not one(page, "#trial-page").is_displayed()


def test_the_pointer_shows_values_in_static_figures(page):
    marks = page.execute_script("return marks.accuracy")
    mean = next(mark for mark in marks if mark[3] is None)
    one(page, "#figure-accuracy")
    page.execute_script("document.querySelector('#figure-accuracy').scrollIntoView()")
    page.execute_script("""
        const plot = document.querySelector('[data-plot=accuracy]'), box = plot.querySelector('svg').getBoundingClientRect();
        plot.dispatchEvent(new PointerEvent('pointermove', {
            clientX: box.left + arguments[0] * box.width, clientY: box.top + arguments[1] * box.height}));
        """, mean[0], mean[1])
    assert one(page, "#tip").is_displayed() and one(page, "#tip").text == mean[2]
    point(page, "[data-plot=accuracy]", (0, 0), "pointerleave")
    assert not one(page, "#tip").is_displayed()


def test_a_click_on_a_seeds_dot_opens_its_trial(page):
    mark = next(mark for mark in page.execute_script("return marks.test_mse") if mark[3] is not None)
    page.execute_script("""
        const plot = document.querySelector('[data-plot=test_mse]'), box = plot.querySelector('svg').getBoundingClientRect();
        plot.dispatchEvent(new MouseEvent('click', {clientX: box.left + arguments[0] * box.width, clientY: box.top + arguments[1] * box.height}));
        """, mark[0], mark[1])
    assert "#trial-" in page.current_url


def test_a_click_on_a_dot_of_a_chart_opens_its_trial_and_beside_dots_clears_the_marks(page):
    place = page.execute_script("const d = document.querySelector('#chart-b .dots').getAttribute('d');"
                                " return d.match(/M([\\d.]+) ([\\d.]+)/).slice(1).map(Number)")
    share = (place[0] / 520, place[1] / 340)
    point(page, "#chart-b svg", share)
    assert one(page, "#tip").is_displayed()
    drag(page, "#chart-b svg", share, share)
    opened = page.current_url.partition("#trial-")[2]
    assert opened and one(page, "#trial-page").text.startswith(f"Trial {opened}: ")
    click(page, "#close-trial")
    drag(page, "#chart-b svg", (0.08, 0.02), (0.9, 0.88))
    assert "brushed ones only" in one(page, "#trial-count").text
    drag(page, "#chart-b svg", (0.01, 0.99), (0.01, 0.99))
    assert one(page, "#trial-count").text.endswith("of 56 trials") and page.find_elements("css selector", ".picked") == []


@pytest.mark.parametrize("section, head", [("settings", 3), ("cost", 2)])
def test_other_tables_sort_by_their_heads(page, section, head):
    selector = f"#{section} table.sortable"
    orders = []
    for _ in range(2):
        click(page, f"{selector} th:nth-child({head}) button")
        orders.append([float(text) for text in texts(page, f"{selector} tbody tr > :nth-child({head})") if text != "–"])
    assert len(set(orders[0])) > 1
    assert sorted(orders, reverse=True) == [sorted(orders[0], reverse=True), sorted(orders[0])]


def test_folded_parts_open(page):
    folds = page.find_elements("css selector", "details")
    assert len(folds) >= 3
    for fold in folds:
        page.execute_script("arguments[0].open = false; arguments[0].scrollIntoView({block: 'center'})", fold)
        fold.find_element("css selector", "summary").click()
        assert fold.get_attribute("open") is not None


def test_links_lead_somewhere(page, path):
    for part, least in {"nav": 5, "#settings": 3, ".banner": 0}.items():
        links = page.find_elements("css selector", f"{part} a")
        assert len(links) >= least, part
        for link in links:
            target = link.get_attribute("href")
            if "#" in target:
                assert page.find_elements("id", target.rsplit("#", 1)[1])
            else:
                assert (path.parent / target.rsplit("/out/", 1)[1]).is_file()


@pytest.mark.parametrize("width, media, dark", [(1280, "screen", False), (390, "screen", False), (1280, "screen", True), (390, "screen", True),
                                                (PRINTED, "print", False)])
def test_the_page_is_never_wider_than_the_window(page, path, width, media, dark):
    browser.show(page, path, width, dark, media)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_figures_are_whole_on_a_phone_but_for_the_wide_timeline(page, path):
    browser.show(page, path, 390)
    cut = page.execute_script("""return [...document.querySelectorAll('.plot')].filter(each => each.scrollWidth > each.clientWidth + 1)
        .map(each => each.dataset.plot)""")
    assert set(cut) <= {"timeline"}


def test_no_word_of_the_printed_table_is_broken(page, path):
    browser.show(page, path, PRINTED, media="print")
    heights = page.execute_script("""return [...document.querySelectorAll('#trial-table tbody td')].map(cell => {
        const range = document.createRange(); range.selectNodeContents(cell);
        return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size })""")
    assert heights and max(heights) == 1


def test_an_ordinary_sweep_is_printed_on_at_most_8_sheets(page, path):
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    printed = base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})["data"])
    assert 3 < len(re.findall(rb"/Type /Page\b", printed)) <= 8


def test_letters_of_printed_axes_and_legends_have_at_least_7_points(page, path):
    browser.show(page, path, PRINTED, media="print")
    sizes = page.execute_script("""return [...document.querySelectorAll('figure [id*=axis_] text, figure [id*=legend] text')]
        .filter(each => each.getClientRects().length)
        .map(each => [0.75 * parseFloat(getComputedStyle(each).fontSize) * Math.hypot(each.getScreenCTM().a, each.getScreenCTM().b),
                      each.closest('.plot').dataset.plot, each.textContent])""")
    assert {name for _, name, _ in sizes} >= {"accuracy", "effects", "test_mse", "timeline"}
    assert [each for each in sizes if each[0] < 7] == []


def test_bars_of_a_chart_stay_inside_its_frame(page, tmp_path):
    path = write_report(write_sweep(tmp_path / "sweep.h5", product((10, 25), seeds=(0, 1))), tmp_path / "out", ("html",))
    browser.show(page, path)
    low, high = page.execute_script("""
        const bars = [...document.querySelectorAll('.chart path.mean')].map(each => each.getBBox());
        return [Math.max(...bars.map(box => box.y + box.height)), Math.min(...bars.map(box => box.y))]""")
    assert low <= 340 - 46 and high >= 12


def test_an_interval_of_a_chart_is_over_the_seeds_of_one_setting_and_ends_where_the_quantity_does(page, tmp_path):
    values = {(10, 0.0): [0.9, 0.92, 0.91], (10, 0.001): [0.8, 0.81, 0.82], (25, 0.0): [0.985, 0.999, 0.97], (25, 0.001): [0.9, 0.9, 0.9]}
    trials = [trial(*setting, seed, results={"test_accuracy": value}) for setting, each in values.items() for seed, value in enumerate(each)]
    browser.show(page, write_report(write_sweep(tmp_path / "sweep.h5", trials), tmp_path / "out", ("html",)))
    one_setting, several, at_the_edge = page.execute_script(
        "return [[0, 1, 2], [0, 1, 2, 3, 4, 5], [6, 7, 8]].map(rows => meanAndInterval('test_accuracy', rows))")
    assert one_setting == pytest.approx([0.91, *stats.t.interval(0.95, 2, loc=0.91, scale=stats.sem(values[10, 0.0]))], abs=1e-5)
    assert several == [pytest.approx(0.86), None, None]
    low, _ = stats.t.interval(0.95, 2, loc=at_the_edge[0], scale=stats.sem(values[25, 0.0]))
    assert at_the_edge[2] == 1 and at_the_edge[1] == pytest.approx(low, abs=1e-5)


EXPRESSIONS = [("k = 25 and sparsity_weight = 0.001", 8), ("k=25 or k=70", 32), ("not k = 10", 40), ("k in (10, 70) and not seed >= 2", 8),
               ("model.k <= 10", 16), ("(k = 25 or k = 70) and seed < 1", 4), ("seed > 5 k != 10 kind = k-sparse", 8), ("kind ~ RAW", 8),
               ("host !~ node1", 1), ("host = node1", 55), ("reason ~ 'epoch 3'", 1), ("node1 raw", 8), (f"id = {trial_id(7)}", 1),
               (trial_id(7)[8:], 1), ("test > 0", 54), ("test >= 100", 0), ("status = missing", 1)]


@pytest.mark.parametrize("text, count", EXPRESSIONS)
def test_an_expression_filters_the_table(page, text, count):
    type_in(page, text)
    assert one(page, "#trial-count").text == "no trial matches" if not count else one(page, "#trial-count").text.endswith(f"of {count} trials")
    assert not one(page, "#filter-error").is_displayed()


def test_accuracies_of_a_filter_are_those_of_the_table(page):
    shown = sorted(float(text) for text in column(page, "test accuracy %") if text != "–")
    type_in(page, f"test > {shown[-2]:.2f} kind=k-sparse")
    assert all(float(text) > shown[-2] for text in column(page, "test accuracy %"))
    type_in(page, f"test_accuracy = {shown[0]:.2f}")
    assert set(column(page, "test accuracy %")) == {f"{shown[0]:.2f}"}


@pytest.mark.parametrize("text, place, says", [
    ("k = 40 and tset > 97", 12, "there is no tset. Known: kind, k, sparsity_weight, seed, status, id, test, validation, host"),
    ("k = ", 5, "a value is missing after ="), ("(k = 1", 7, "a ) is missing"), ("k = 25 )", 8, ") is not expected here"),
    ("k = x", 5, "x is no number"), ("kind > a", 8, "kind is a text"), ("'open", 1, "is not closed"), ("k = 25 or", 10, "something is missing"),
    ("<b>", 1, "< has nothing before it"), ("k ! 3", 3, "write not")])
def test_what_does_not_parse_is_said_with_its_place(page, text, place, says):
    type_in(page, text)
    error = one(page, "#filter-error")
    assert error.is_displayed() and error.text.startswith(f"Character {place}: ") and says in error.text
    assert one(page, "#filter").get_attribute("aria-invalid") == "true"
    type_in(page, "")
    assert not error.is_displayed() and one(page, "#trial-count").text.endswith("of 56 trials")


def test_the_table_stays_as_it_was_while_a_filter_does_not_parse(page):
    type_in(page, "k = 25")
    one(page, "#filter").send_keys(" )")
    assert one(page, "#filter-error").is_displayed() and one(page, "#trial-count").text == "1–16 of 16 trials"


def test_a_filter_selects_in_the_figures_too(page):
    type_in(page, "k = 25 seed = 1")
    for chart in "ab":
        assert one(page, f"#chart-{chart} .picked-dots").get_attribute("d").count("M") == 2
    assert one(page, "#lanes-count").text.startswith("2 of 54")
    assert len(page.find_elements("css selector", "#figure-accuracy .picked")) > 0


def lane_drag(page, name, start, end):
    """Shares of the lane, 0 at its bottom; 40 and 18 of 300 units are above and below it, 6 more belong to the grip at both ends."""
    drag(page, f".grip[data-lane={name}]", *((0.5, (248 - 242 * share) / 254) for share in (start, end)))


def test_a_brush_of_the_parallel_coordinates_selects_everywhere(page):
    lane_drag(page, "k", 0.9, 1.0)
    assert set(column(page, "k")) == {"70"} and one(page, "#trial-count").text == "1–16 of 16 trials, brushed ones only"
    assert one(page, "#lanes-count").text == "16 of 54 finished trials"
    assert one(page, "#chart-a .picked-dots").get_attribute("d").count("M") == 16
    assert sum(path.get_attribute("d").count("M") for path in page.find_elements("css selector", ".ramp")) == 16
    type_in(page, "seed = 3")
    assert one(page, "#trial-count").text.startswith("1–2 of 2 trials")
    lane_drag(page, "sparsity_weight", 0.9, 1.0)
    assert set(column(page, "sparsity weight λ")) == {"0.001"} and one(page, "#trial-count").text.startswith("1–1 of 1 trials")
    lane_drag(page, "k", 0.3, 0.3)   # a click takes the lane's brush away
    assert set(column(page, "k")) == {"10", "25", "70"}
    click(page, "#clear")
    assert one(page, "#trial-count").text == "1–7 of 7 trials"


def test_lanes_are_brushed_by_keys(page):
    from selenium.webdriver.common.keys import Keys
    lower, upper = (one(page, f".handle[data-lane=k][data-end={end}]") for end in ("from", "to"))
    for _ in range(60):   # reached by tabs alone
        if page.execute_script("return document.activeElement === arguments[0]", lower):
            break
        if page.execute_script("return document.activeElement === document.body"):
            one(page, "#lanes-metric").send_keys("")
        page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.execute_script("return document.activeElement === arguments[0]", lower)
    assert lower.get_attribute("aria-valuetext") == "10" and upper.get_attribute("aria-valuetext") == "70"
    lower.send_keys(Keys.ARROW_UP)
    assert lower.get_attribute("aria-valuetext") == "25" and set(column(page, "k")) == {"25", "70"}
    upper.send_keys(Keys.ARROW_DOWN)
    assert set(column(page, "k")) == {"25"}
    upper.send_keys(Keys.END)
    assert set(column(page, "k")) == {"25", "70"}
    lower.send_keys(Keys.HOME)
    assert one(page, "#trial-count").text.endswith("of 56 trials")
    lower.send_keys(Keys.ARROW_UP)
    lower.send_keys(Keys.ESCAPE)
    assert one(page, "#trial-count").text.endswith("of 56 trials") and one(page, "#clear").get_attribute("disabled")


def test_any_metric_ends_the_parallel_coordinates(page):
    for value in [each.get_attribute("value") for each in page.find_elements("css selector", "#lanes-metric option")]:
        choose(page, "#lanes-metric", value)
        assert one(page, f".grip[data-lane={value}]") and "NaN" not in one(page, "#lanes").get_attribute("innerHTML")
    choose(page, "#lanes-metric", "test_mse")
    lane_drag(page, "test_mse", 0.0, 0.4)
    shown = [float(text) for text in column(page, "test MSE per input")]
    assert shown and max(shown) < 0.05 / 10 ** 0.5


def test_marked_trials_have_their_learning_curves_in_one_chart(page):
    assert not one(page, "#marked").is_displayed()
    for row in (0, 9):
        click(page, f"#trial-table input[data-row='{row}']")
    curves = page.find_elements("css selector", "#marked-chart .curve")
    assert [each.get_attribute("data-trial") for each in curves] == [trial_id(0), trial_id(9)]
    assert "seed 0" in one(page, "#marked .legend").text and one(page, "#marked-note").text == "2 marked."
    before = curves[0].get_attribute("d")
    choose(page, "#marked-curve", "validation_accuracy_curve")
    assert one(page, "#marked-chart .curve").get_attribute("d") != before
    click(page, "#trial-table input[data-row='9']")
    assert len(page.find_elements("css selector", "#marked-chart .curve")) == 1
    click(page, "#trial-table input[data-row='3']")
    assert f"not measured of {trial_id(3)}" in one(page, "#marked-note").text
    click(page, "#unmark")
    assert not one(page, "#marked").is_displayed() and page.find_elements("css selector", "#trial-table input:checked") == []


def test_more_marks_than_can_be_told_apart_are_refused(page):
    for row in range(15):
        click(page, f"#trial-table input[data-row='{row}']")
    assert "No more than 14" in one(page, "#marked-note").text
    assert len(page.find_elements("css selector", "#trial-table input:checked")) == 14


def test_the_view_is_in_the_address_and_comes_back(page, path):
    click(page, "#trial-table input[data-row='0']")
    choose(page, "#x-b", "seed")
    choose(page, "#lanes-metric", "test_mse")
    lane_drag(page, "sparsity_weight", 0.0, 0.2)
    drag(page, "#chart-a svg", (0.08, 0.02), (0.95, 0.88))
    choose(page, "#marked-curve", "validation_accuracy_curve")
    type_in(page, "k = 10 or k = 25")
    choose(page, "#status", "done")
    click(page, "#trial-table th:nth-child(6) button")
    address = page.current_url

    def shown():
        values = [one(page, f"#{box}").get_attribute("value") for box in ("x-b", "lanes-metric", "filter", "status", "marked-curve")]
        paths = [each.get_attribute("d") for each in page.find_elements("css selector", ".picked-dots, .ramp, .curve")]
        return (texts(page, "#trial-table tbody tr"), one(page, "#trial-count").text, values, paths,
                one(page, "#chart-a .brush").get_attribute("width"),
                one(page, ".handle[data-lane=sparsity_weight][data-end=to]").get_attribute("transform"))
    before = shown()
    assert len(before[0]) > 3 and "filter=" in address and "marked=" in address
    page.get("about:blank")
    browser.show(page, address)
    assert shown() == before and one(page, "#view-note").text == ""
    click(page, "#trial-table tbody a")
    opened = page.current_url
    assert "#trial-" in opened and "?" in opened
    page.get("about:blank")
    browser.show(page, opened)
    assert one(page, "#trial-page").is_displayed() and shown() == before
    click(page, "#close-trial")
    page.execute_script("location.hash = '#settings'")
    assert page.execute_script("return new Promise(done => setTimeout(() => done(location.hash), 100))").startswith("#settings?")


def test_the_page_of_the_table_is_in_the_address(page, path):
    click(page, "#next")
    address = page.current_url
    assert address.endswith("?page=2")
    page.get("about:blank")
    browser.show(page, address)
    assert one(page, "#trial-count").text == "51–56 of 56 trials"
    click(page, "#previous")
    assert "?" not in page.current_url


def test_what_an_address_names_and_is_not_here_is_said(page, path):
    page.get("about:blank")
    browser.show(page, path.as_uri() + "#?chart-a=nothing,k,k&sort=nothing&marked=123&brush=c,1,2&lanes=zz:0:1&other=1&status=x&page=99"
                                       "&lanes-metric=zz&curve=zz")
    assert one(page, "#view-note").text == ("Not all that the address says of the view could be set: chart-a, brush, lanes-metric, lanes, marked, "
                                            "curve, status, sort, page, other.")
    assert one(page, "#trial-count").text == "51–56 of 56 trials"


def test_a_chart_averages_over_seeds_alone(page):
    choose(page, "#y-a", "test_accuracy")
    choose(page, "#x-a", "k")
    choose(page, "#colour-a", "")
    lines = [each.get_attribute("d") for each in page.find_elements("css selector", "#chart-a path.mean") if "L" in each.get_attribute("d")]
    assert len(lines) == 2 and all(line.count("L") == 2 for line in lines)   # one for each weight, over three values of k
    choose(page, "#x-a", "seed")
    assert page.find_elements("css selector", "#chart-a path.mean") == []
    choose(page, "#x-a", "k")
    ticks = [each.text for each in page.find_elements("css selector", "#chart-a text[y='311']")]
    assert ticks == ["10", "25", "70"]


def test_a_chart_of_too_many_lines_says_so(page, tmp_path):
    trials = [trial(k, 0.0, 0, hidden=hidden) for k in (10, 25) for hidden in range(100, 170)]
    browser.show(page, write_report(write_sweep(tmp_path / "sweep.h5", trials), tmp_path / "out", ("html",)))
    assert "each of the 70 settings of hidden would be a line" in one(page, "#chart-a .refused").text
    assert page.find_elements("css selector", "#chart-a path.mean") == []
    choose(page, "#x-a", "hidden")
    choose(page, "#colour-a", "")
    assert page.find_elements("css selector", "#chart-a .refused") == [] and page.find_elements("css selector", "#chart-a path.mean")


def test_what_a_filter_may_say_is_told(page):
    click(page, "#filter-help summary")
    assert "Names: kind, k, sparsity_weight, seed, status, id, test, validation, host, reason" in one(page, "#filter-help").text


@pytest.mark.parametrize("selector", ["#effects table.sortable:not(#interactions)", "#interactions"])
def test_tables_of_effects_sort(page, selector):
    orders = []
    for _ in range(2):
        click(page, f"{selector} th:nth-child(4) button")
        orders.append([float(text.replace("−", "-").strip("*")) for text in texts(page, f"{selector} tbody tr > :nth-child(4)")])
    assert orders[0] == sorted(orders[0]) and orders[1] == sorted(orders[1], reverse=True)


def contrast(one, other):
    def light(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        return sum(weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
                   for weight, part in zip((0.2126, 0.7152, 0.0722), parts))
    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_lines_stand_out_from_the_ground(page, path, dark):
    browser.show(page, path, dark=dark)
    colours = page.execute_script("""
        const probe = document.createElement('i'); document.body.append(probe);
        const found = {}; for (const name of ['ink', 'muted', 'card', 'page', 'accent', 'warn', ...[0, 1, 2, 3, 4, 5, 6].map(i => 'line-' + i)]) {
          probe.style.color = `var(--${name})`; found[name] = getComputedStyle(probe).color; } probe.remove(); return found""")
    for name in ("ink", "muted", "accent", "warn"):
        assert contrast(colours[name], colours["page"]) >= 4.5 and contrast(colours[name], colours["card"]) >= 4.5, name
    for i in range(7):
        assert contrast(colours[f"line-{i}"], colours["card"]) >= 3, i


def test_without_javascript_all_is_there_but_the_controls(driver, path):
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.show(driver, path)
        assert len(driver.find_elements("css selector", "#trial-table tbody tr")) == 56
        assert one(driver, f"#row-{trial_id(3)}").text.startswith(trial_id(3) + " failed")
        assert not one(driver, "#explore").is_displayed() and not one(driver, "#trial-controls").is_displayed()
        assert one(driver, "#figure-accuracy svg").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_hostile_texts_run_nothing(driver, tmp_path):
    evil = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    trials = [trial(k, seed=seed, data_set=name, status=1 if seed else FAILED, reason=evil) for k in (10, 25) for seed in (0, 1)
              for name in (evil, "javascript:alert(1)")]
    path = write_report(write_sweep(tmp_path / "sweep.h5", trials, title=evil), tmp_path / "out", ("html",))
    browser.complaints(driver)
    browser.show(driver, path)
    assert driver.title == " ".join(evil.split()) and browser.complaints(driver) == []
    choose(driver, "#colour-a", "data_set")
    type_in(driver, "onerror")
    click(driver, "#trial-table tbody a")
    assert "<img src=x" in one(driver, "#trial-page").text
    assert driver.find_elements("css selector", "img[src=x]") == [] and browser.complaints(driver) == []


def test_P12_ten_thousand_trials_can_be_worked_with(driver, tmp_path):
    import time
    trials = product(range(5, 1005, 5), (0.0, 0.001, 0.01, 0.1, 1.0), range(10))
    path = write_report(write_sweep(tmp_path / "sweep.h5", trials), tmp_path / "out", ("html",))
    start = time.monotonic()
    browser.show(driver, path)
    type_in(driver, "k=25 seed=3")
    assert one(driver, "#trial-count").text == "1–5 of 5 trials"
    print(f"\n10,000 trials: {path.stat().st_size / 1e6:.2f} MB, shown and filtered in {time.monotonic() - start:.1f} s")
    assert path.stat().st_size < 5e6
