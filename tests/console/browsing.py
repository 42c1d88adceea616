"""Chromium for tests: what it asked for, what it complained of, and what axe-core has to say."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests.optional import ROOT, program

AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "console"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """A fresh browser that knows nobody."""
    options = Options()
    options.binary_location = next(filter(None, map(program, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory(prefix="kp-chromium-", ignore_cleanup_errors=True) as profile:
        for flag in (*_FLAGS, f"--user-data-dir={profile}", "--window-size=1280,900"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(program("chromedriver")))
        try:
            yield driver
        finally:
            driver.quit()


def widen(driver: webdriver.Chrome, width: int, height: int = 900) -> None:
    """Make the page exactly so wide, as a telephone does."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def prefer(driver: webdriver.Chrome, **features: str) -> None:
    """Set media features such as prefers-color-scheme."""
    named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})


def complaints(driver: webdriver.Chrome) -> list[str]:
    """What the browser's console says since last asked: script errors, refused resources, policy violations."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] != "INFO"]


def strangers(driver: webdriver.Chrome, base: str) -> set[str]:
    """Every other host that was asked for anything since last asked."""
    hosts = set()
    for entry in driver.get_log("performance"):
        said = json.loads(entry["message"])["message"]
        if said["method"] == "Network.requestWillBeSent":
            url = urlsplit(said["params"]["request"]["url"])
            if url.scheme in {"http", "https", "ws", "wss"}:
                hosts.add(url.netloc)
    return hosts - {urlsplit(base).netloc}


def axe(driver: webdriver.Chrome) -> list[str]:
    """The violations of WCAG 2.2 AA and of axe-core's best practices on the page, with where they are."""
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    driver.set_script_timeout(60)
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {runOnly: arguments[0]})"
        ".then(r => done(r.violations), e => done([{id: String(e), nodes: []}]));",
        WCAG,
    )
    return [f"{v['id']}: {[n['target'] for n in v['nodes']][:4]}" for v in found]


def picture(driver: webdriver.Chrome, name: str) -> Path:
    """The whole page as a picture under `build`, cut off where it gets very long."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    width, height = driver.execute_script("return [innerWidth, document.documentElement.scrollHeight]")
    widen(driver, width, min(height, 2600))
    file = PICTURES / f"{name}.png"
    driver.save_screenshot(str(file))
    widen(driver, width)
    return file
