"""Opens Chromium for a test."""

import contextlib
import shutil

from selenium import webdriver

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--hide-scrollbars --window-size=1100,1300"
)


@contextlib.contextmanager
def open_browser(profile, downloads=None):
    """Yields a driver of Chromium, which has ended when the block has.

    Args:
        profile: An empty folder.
        downloads: The folder for downloads; None if there are none.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if downloads is not None:
        preferences = {"download.default_directory": str(downloads)}
        options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with webdriver.Chrome(options=options, service=service) as driver:
        yield driver


def show_as(driver, *, width, colours):
    """Lets pages believe in a screen of that width and in light or dark colours."""
    scheme = {"name": "prefers-color-scheme", "value": colours}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1}
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {**screen, "mobile": width < 600}
    )
