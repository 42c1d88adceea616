"""The console in a real browser: both languages, phone and desk, keyboard, dark, and nothing that axe-core minds."""

from datetime import UTC, datetime
from itertools import product

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from hub.console.trial_messages import Press, trial_message
from hub.console.visit import LANGUAGE_COOKIE
from tests.console.browsing import (
    axe,
    chromium,
    complaints,
    picture,
    prefer,
    strangers,
    widen,
)

pytestmark = [pytest.mark.needs("browser", "axe"), pytest.mark.slow]

PAGES = {
    "start": "/",
    "flow": "/flow",
    "cases": "/cases",
    "case": None,
    "journals": "/journals",
    "operations": "/drift",
    "devices": "/drift/devices",
    "quarantine": "/quarantine",
    "quarantined": "/quarantine/1",
    "try": "/try",
    "cost": "/costs?state_share=30&connected=120",
    "sign-in": "/sign-in",
    "missing": "/cases/nothing",
}
DESK, PHONE = 1280, 360
WITHIN_S = 20
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def browser(hub):
    with chromium() as driver:
        yield driver


@pytest.fixture(scope="module")
def signed_in(browser, hub):
    """Dina Drift at her desk, with a case and a rejected message to look at."""
    browser.get(f"{hub.http}/sign-in/go?user=drift&next=/try")
    case = press(browser, hub)
    send_nonsense(browser, hub)
    return case


@pytest.fixture(autouse=True)
def at_the_desk(browser):
    widen(browser, DESK)
    prefer(browser)
    complaints(browser)


def wait(browser, until):
    return WebDriverWait(browser, WITHIN_S, poll_frequency=0.05).until(lambda _: until())


def press(browser, hub):
    browser.get(f"{hub.http}/try")
    browser.find_element(By.CSS_SELECTOR, "button.alarm").click()
    wait(browser, lambda: "/cases/" in browser.current_url)
    wait(browser, lambda: "Notatet er ført i journalen" in browser.find_element(By.ID, "main").text)
    return browser.current_url.split("?")[0].removeprefix(hub.http)


def send_nonsense(browser, hub):
    """Drop a message that will be rejected, and send it all the same."""
    text = '{\n  "resourceType": "DetectedIssue",\n  "status": "surely",\n  "code": {"text": "?"}\n}'
    browser.get(f"{hub.http}/try")
    browser.find_element(By.ID, "content").send_keys(text)
    browser.find_element(By.CSS_SELECTOR, "button[value=check]").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "button[value=send]"))
    browser.find_element(By.CSS_SELECTOR, "button[value=send]").click()
    wait(browser, lambda: browser.current_url.endswith("/quarantine"))


def go(browser, hub, path):
    browser.get(hub.http + path)
    wait(browser, lambda: browser.execute_script("return document.readyState") == "complete")


def assert_fits(browser, width):
    """A telephone's window grows with a page that is too wide, so the page is held to the screen's own width."""
    needed = browser.execute_script("return Math.max(innerWidth, document.documentElement.scrollWidth)")
    assert needed <= width, f"the page is {needed} wide"


@pytest.mark.parametrize(("name", "language", "width"), list(product(PAGES, ["nb", "en"], [DESK, PHONE])))
def test_a_page_is_sound(browser, hub, signed_in, name, language, width):
    widen(browser, width)
    strangers(browser, hub.http)
    path = PAGES[name] or signed_in
    go(browser, hub, f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
    wanted = [line for line in complaints(browser) if not (name == "missing" and "404" in line)]
    assert wanted == []
    assert strangers(browser, hub.http) == set()
    assert_fits(browser, width)
    picture(browser, f"{name}-{language}-{'phone' if width == PHONE else 'desk'}")
    assert axe(browser) == []
    browser.add_cookie({"name": LANGUAGE_COOKIE, "value": "nb"})


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_in_the_dark(browser, hub, signed_in, name):
    prefer(browser, prefers_color_scheme="dark")
    go(browser, hub, PAGES[name] or signed_in)
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in ground.removeprefix("rgb(").rstrip(")").split(",")) < 60
    assert axe(browser) == []
    picture(browser, f"{name}-dark")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_page_of_who_saw_what_is_sound(browser, hub, signed_in, width, request):
    go(browser, hub, "/sign-in/go?user=brukeradmin&next=/people?verify=1")
    request.addfinalizer(lambda: go(browser, hub, "/sign-in/go?user=drift&next=/"))
    widen(browser, width)
    assert "Hele kjeden stemmer" in browser.find_element(By.ID, "main").text
    assert complaints(browser) == []
    picture(browser, f"people-nb-{width}")
    assert_fits(browser, width)
    assert axe(browser) == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_dropped_message_is_shown_soundly(browser, hub, signed_in, tmp_path, width):
    file = tmp_path / "melding.json"
    file.write_bytes(trial_message("fall", Press("13116900216", NOON, "5d7c1b4e-0000-4000-8000-000000000000")))
    widen(browser, width)
    go(browser, hub, "/try")
    browser.find_element(By.ID, "file").send_keys(str(file))
    browser.find_element(By.CSS_SELECTOR, "button[value=check]").click()
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "article.note"))
    assert "Fall" in browser.find_element(By.CSS_SELECTOR, "article.note").text
    assert complaints(browser) == []
    picture(browser, f"tried-nb-{width}")
    assert_fits(browser, width)
    assert axe(browser) == []


def test_the_journals_three_looks_are_shown_under_our_own_address(browser, hub, signed_in):
    grounds = set()
    for town in ("314159265", "310000019", "310000027"):
        strangers(browser, hub.http)
        go(browser, hub, f"/journals/{town}/page/")
        assert complaints(browser) == []
        assert strangers(browser, hub.http) == set()
        grounds.add(browser.execute_script("return getComputedStyle(document.body).fontFamily + document.title"))
        picture(browser, f"journal-{town}")
        assert axe(browser) == []
    assert len(grounds) == 3


def keys(browser, *pressed):
    browser.switch_to.active_element.send_keys(*pressed)


def tab_to(browser, is_there, *, most=60):
    """Press Tab until something that `is_there` has the focus, and see that the focus is seen on the way."""
    for _ in range(most):
        keys(browser, Keys.TAB)
        here = browser.switch_to.active_element
        seen = browser.execute_script(
            "const s = getComputedStyle(document.activeElement);"
            "return s.outlineStyle !== 'none' && s.outlineWidth !== '0px'"
        )
        assert seen, f"the focus is not seen on {here.get_attribute('outerHTML')[:200]}"
        if is_there(here):
            return here
    raise AssertionError("Tab never came there")


def test_an_alarm_is_pressed_and_followed_with_the_keyboard_alone(browser, hub, signed_in):
    go(browser, hub, "/")
    keys(browser, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("class") == "skip"
    keys(browser, Keys.ENTER)
    tab_to(browser, lambda e: e.get_attribute("href") == f"{hub.http}/try")
    keys(browser, Keys.ENTER)
    wait(browser, lambda: browser.current_url == f"{hub.http}/try")
    tab_to(browser, lambda e: e.get_attribute("name") == "what")
    keys(browser, Keys.ARROW_DOWN)
    tab_to(browser, lambda e: "alarm" in (e.get_attribute("class") or ""))
    keys(browser, Keys.ENTER)
    wait(browser, lambda: "/cases/" in browser.current_url)
    assert "Fall" in browser.find_element(By.TAG_NAME, "h1").text


def test_signing_in_takes_one_click_and_signing_out_another(browser, hub):
    browser.delete_all_cookies()
    go(browser, hub, "/try")
    browser.find_element(By.LINK_TEXT, "Logg inn").click()
    browser.find_element(By.LINK_TEXT, "Dina Drift").click()
    wait(browser, lambda: browser.current_url == f"{hub.http}/try")
    browser.find_element(By.XPATH, "//button[text()='Logg ut']").click()
    wait(browser, lambda: "why=out" in browser.current_url)
    browser.get(f"{hub.http}/sign-in/go?user=drift&next=/")


def test_events_come_onto_the_page_by_themselves_and_can_be_paused(browser, hub, signed_in):
    go(browser, hub, "/flow")
    wait(browser, lambda: browser.find_element(By.ID, "connection").text == "Følger med direkte")
    flow, other = browser.current_window_handle, None
    browser.switch_to.new_window("tab")
    other = browser.current_window_handle
    try:
        case = press(browser, hub)
        browser.switch_to.window(flow)
        wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, f"#flow a[href='{case}']"))
        browser.find_element(By.ID, "pause").click()
        browser.switch_to.window(other)
        later = press(browser, hub)
        browser.switch_to.window(flow)
        assert not browser.find_elements(By.CSS_SELECTOR, f"#flow a[href='{later}']")
        browser.find_element(By.ID, "pause").click()
        wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, f"#flow a[href='{later}']"))
    finally:
        browser.switch_to.window(other)
        browser.close()
        browser.switch_to.window(flow)


def test_a_moved_slider_is_answered_without_a_new_page(browser, hub):
    go(browser, hub, "/costs")
    before = browser.find_element(By.ID, "answer").text
    browser.execute_script("window.isSamePage = true")
    slider = browser.find_element(By.ID, "state_share")
    for _ in range(6):
        slider.send_keys(Keys.ARROW_RIGHT)
    wait(browser, lambda: browser.find_element(By.ID, "answer").text != before)
    wait(browser, lambda: "state_share=30" in browser.current_url)
    assert browser.execute_script("return window.isSamePage")
    assert "30 %" in browser.find_element(By.CSS_SELECTOR, "output[for=state_share]").text


def test_nothing_moves_for_whoever_wants_less_motion(browser, hub, signed_in):
    prefer(browser, prefers_reduced_motion="reduce")
    go(browser, hub, "/flow")
    browser.execute_script("document.querySelector('#flow li').classList.add('new')")
    assert browser.execute_script("return document.getAnimations().length") == 0


def test_twenty_minutes_without_use_sign_out_in_the_browser_too(browser, hub):
    often = "const every = setInterval; window.setInterval = (look, ms) => every(look, ms / 50);"
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": often})
    go(browser, hub, "/sign-in/go?user=innsyn&next=/")
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    assert "why=" not in browser.current_url
    later = "const real = Date.now.bind(Date); Date.now = () => real() + 1201000;"
    browser.execute_script(later)
    wait(browser, lambda: "why=idle" in browser.current_url)
    assert "20 minutter" in browser.find_element(By.ID, "main").text
    browser.get(f"{hub.http}/sign-in/go?user=drift&next=/")


_FEED = """
window.gaps = []; window.said = 0;
let last = performance.now(), id = 10_000_000;
const tick = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(tick); };
requestAnimationFrame(tick);
const timer = setInterval(() => {
  const lines = Array.from({length: 50}, () => ({id: ++id, at: "2026-11-23T12:00:00Z", time: "13:00:00",
    what: "accepted", tone: "in", state: "Mottatt", about: `Varsel ${id}`, sender: "A",
    municipality: "Testvik", link: "/cases/x"}));
  document.getElementById("flow").dispatchEvent(new CustomEvent("lines", {detail: lines}));
  if ((said += 50) >= 1000) clearInterval(timer);
}, 250);
"""


def test_two_hundred_events_a_second_are_shown_smoothly(browser, hub, signed_in):
    """The page's own handler gets what the hub would send: 50 lines four times a second, for five seconds."""
    go(browser, hub, "/flow")
    wait(browser, lambda: browser.find_element(By.ID, "connection").text == "Følger med direkte")
    browser.execute_script(_FEED)
    wait(browser, lambda: browser.execute_script("return window.said") >= 1000)
    wait(browser, lambda: "Varsel 10001000" in browser.find_element(By.ID, "flow").text)
    rows, gaps = browser.execute_script("return [document.querySelectorAll('#flow li').length, window.gaps]")
    assert rows == 300
    assert sorted(gaps)[len(gaps) * 95 // 100] < 100, "one frame of twenty took longer than a tenth of a second"
