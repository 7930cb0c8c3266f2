"""The one browser of a run, Debian's Chromium driven by Playwright: a second one cannot be started beside it."""

import os
import shutil

import pytest

# Playwright's own loop runs in this thread; the tests' few queries beside it are not asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium():
    """Start the browser for whoever asks first, in whatever folder, and end it with the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()
