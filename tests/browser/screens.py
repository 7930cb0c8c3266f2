"""Look at pages as a person with a browser does, and find fault with every one that is visited."""

import io

from PIL import Image

WIDER = "document.documentElement.scrollWidth > window.innerWidth"
OVER = "document.documentElement.scrollWidth - window.innerWidth"
# A target is what one presses; links inside a sentence or a table row's text are read, not aimed at.
TARGETS = """least => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, label.tile, label.chip')]
  .filter(e => { const s = getComputedStyle(e), b = e.getBoundingClientRect();
    return b.width > 1 && b.height > 1 && s.visibility !== 'hidden' && s.opacity !== '0' &&
      !e.closest('details:not([open]) > :not(summary)') &&
      !(e.tagName === 'A' && s.display === 'inline') && !e.closest('p, li.plain') && b.bottom > 0; })
  .map(e => [e, (e.matches('input[type=radio],input[type=checkbox]') && e.closest('label') || e)
    .getBoundingClientRect()])
  .filter(([e, b]) => Math.round(Math.min(b.width, b.height)) < least)
  .map(([e, b]) => `${e.tagName.toLowerCase()}.${e.className} ${Math.round(b.width)}×${Math.round(b.height)} ` +
    (e.innerText || e.name || '').slice(0, 16))"""
LETTERS = """least => { const found = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const e = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
    if (!text || !e.checkVisibility({checkVisibilityCSS: true}) || e.closest('script, style, svg, noscript')) continue;
    const b = e.getBoundingClientRect(); if (b.width <= 1 || b.height <= 1) continue;
    const px = parseFloat(getComputedStyle(e).fontSize);
    if (px < least) found.add(`${px}px “${text.slice(0, 16)}”`); }
  return [...found]; }"""
# Lines of a text that may run over several, closer than they are to be; what cannot wrap has one line, a key too.
LINES = """() => { const found = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) { const e = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
    if (!text || !e.checkVisibility({checkVisibilityCSS: true}) || e.closest('script, style, svg, option, kbd, .key'))
      continue;
    const b = e.getBoundingClientRect(), s = getComputedStyle(e); if (b.width <= 1 || b.height <= 1) continue;
    const ratio = parseFloat(s.lineHeight) / parseFloat(s.fontSize);
    if (ratio < 1.495 && !s.whiteSpace.includes('nowrap'))
      found.add(`lines ${ratio.toFixed(2)} “${text.slice(0, 16)}”`); }
  return [...found]; }"""
# What stands out of the screen, or is cut off by what holds it; what scrolls by itself has its own way to be read.
CUT = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility({checkVisibilityCSS: true}) && !e.closest('svg, .sr-only, .skip, .scroll, .tabs'))
  .filter(e => { const b = e.getBoundingClientRect(), s = getComputedStyle(e);
    return b.width > 1 && (b.right > innerWidth + 1 || (b.left < -1 && !e.closest('.bits')) ||
      (s.overflowX === 'hidden' && !e.matches('input, img') && e.scrollWidth > e.clientWidth + 1)); })
  .map(e => `${e.tagName.toLowerCase()}.${e.className} ${(e.innerText || e.value || '').slice(0, 20)}`)"""


def a_photo(colour: str = "green", name: str = "IMG_1.jpg") -> dict:
    """Return a photo as a file chooser takes it."""
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Screen:
    """One person's screen: every page it comes to must fit, have one h1 and leave nothing red in the console."""

    def __init__(self, page):
        self.page, self.faults = page, []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _hear(self, message):
        if message.type == "error":
            self.faults.append(f"{message.text} {message.location}")

    @property
    def path(self) -> str:
        return self.page.evaluate("location.pathname")

    def open(self, path: str, *words: str):
        """Open an address and see these words there."""
        self.page.goto(path)
        self.sees(*words)

    def press(self, name: str, *words: str, at: str = "", refused: bool = False):
        """Press the button or link of this name, come to another page (whose path holds `at`) and see these words.

        A form that is shown again because it was `refused` answers 400, which the console writes down in red.
        """
        found = self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name))
        with self.page.expect_navigation():
            found.locator("visible=true").first.click()
        if refused:
            self.page.wait_for_load_state("load")
            assert [fault for fault in self.faults if "400" in fault] == self.faults != []
            self.faults.clear()
        self.sees(*words, at=at)

    def send(self, selector: str, photo: dict, *words: str, at: str = ""):
        """Choose a photo where choosing it already sends it."""
        with self.page.expect_navigation():
            self.page.set_input_files(selector, photo)
        self.sees(*words, at=at)

    def attach(self, selector: str, *photos: dict):
        """Choose photos and wait until the page says that they are ready."""
        self.page.set_input_files(selector, list(photos))
        slot = self.page.locator(f"[data-slot]:has({selector})")
        slot.get_by_text("照片好了").wait_for()

    def sees(self, *words: str, at: str = ""):
        """Find these words on the page, and nothing wrong with it."""
        self.page.wait_for_load_state("load")
        text = " ".join(self.page.inner_text("body").split())
        assert at in self.path, f"{self.path} instead of {at}: {text[:400]}"
        missing = [word for word in words if word not in text]
        assert not missing, f"{self.path} does not say {missing}: {text[:1500]}"
        assert self.page.locator("h1").count() == 1, f"{self.path} has {self.page.locator('h1').count()} h1"
        assert not self.page.evaluate(WIDER), f"{self.path} is wider than the screen"
        assert not self.faults, f"{self.path}: {self.faults}"
