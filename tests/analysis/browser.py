"""Headless Chromium, driven by ChromeDriver, with no way to the network."""

import shutil

import pytest

MISSING = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


def start():
    """A browser; skips the test, saying so, where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="NOT TESTED: python3-selenium is not installed, no control was clicked")
    if MISSING:
        pytest.skip(f"NOT TESTED: {' and '.join(MISSING)} not installed (chromium-driver), no control was clicked")
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    driver.set_window_size(1280, 1000)
    return driver


def show(driver, path, width=1280, dark=False, media="screen"):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "media": media, "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
    driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": media == "print"})   # paper has none
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 500})
    driver.get(path.as_uri() if hasattr(path, "as_uri") else path)


def complaints(driver):
    return [entry["message"] for entry in driver.get_log("browser")]


def requests(driver):
    """Addresses of everything that was asked for since the last call."""
    import json
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]
