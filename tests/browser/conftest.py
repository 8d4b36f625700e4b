"""Debian's Chromium without a screen, with a microphone that plays a file."""

import shutil
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from ivr.settings import Settings
from telephony.media.call import MediaCall
from tests.consoles.conftest import site_settings
from tests.consoles.people import OWN_PASSWORD
from tests.consoles.site import Site, hang_up_at_once, open_site, tone
from tests.servers import missing
from tests.storage.conftest import migrated_file

__all__ = ["migrated_file", "site_settings"]

MICROPHONE_HERTZ = 700
EARS = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    const ear = this.context.createAnalyser();
    ear.fftSize = 4096;
    connect.call(this, ear);
    window.ear = ear;
  }
  return connect.call(this, to, ...rest);
};
window.hears = () => {
  if (!window.ear) return { loud: 0, hertz: 0 };
  const wave = new Float32Array(window.ear.fftSize);
  window.ear.getFloatTimeDomainData(wave);
  const bins = new Float32Array(window.ear.frequencyBinCount);
  window.ear.getFloatFrequencyData(bins);
  const top = bins.reduce((best, value, at) => (value > bins[best] ? at : best), 0);
  const loud = wave.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { loud, hertz: (top * window.ear.context.sampleRate) / window.ear.fftSize };
};
"""
"""Lets a test hear what the page plays."""


@pytest.fixture(scope="session")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bursts of a tone: what is steady would be taken for noise and be suppressed."""
    path = tmp_path_factory.mktemp("microphone") / "voice.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        for _ in range(4):
            file.writeframes(tone(0.3, hertz=MICROPHONE_HERTZ, loudness=16000) + bytes(3200))
    return path


@pytest.fixture
async def chromium(microphone: Path) -> AsyncIterator[BrowserContext]:
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        missing("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=binary,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ],
        )
        context = await browser.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", permissions=["microphone"]
        )
        context.set_default_timeout(15_000)
        await context.add_init_script(EARS)
        yield context
        await browser.close()


@pytest.fixture
async def page(chromium: BrowserContext) -> AsyncIterator[Page]:
    """A tab in which no script failed and nothing was blocked."""
    tab = await chromium.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on(
        "console",
        lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
    )
    yield tab
    assert complaints == []


async def sign_in(page: Page, site: Site, name: str, path: str = "/") -> None:
    """Open a page that asks who one is, and say it."""
    await page.goto(site.url + path)
    await page.get_by_label("账号").fill(name)
    await page.get_by_label("密码", exact=True).fill(OWN_PASSWORD)
    await page.get_by_role("button", name="登录").click()


OpenSite = Callable[..., Awaitable[Site]]


@pytest.fixture
async def open_with(site_settings: Settings) -> AsyncIterator[OpenSite]:
    async with AsyncExitStack() as stack:

        async def opened(
            on_call: Callable[[MediaCall], Awaitable[None]] = hang_up_at_once, max_calls: int = 5
        ) -> Site:
            site = open_site(site_settings, on_call=on_call, max_calls=max_calls)
            return await stack.enter_async_context(site)

        yield opened
