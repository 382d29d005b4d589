"""A real Chromium without a window, driven over a pipe, for tests that need what only a browser knows.

    with browser.Chromium() as chromium:
        page = chromium.open(path, width=360, dark=True)
        page.evaluate("document.title")

Nothing is installed for it: the protocol is JSON between zero bytes, on two pipes.
Its profile lies in a folder of its own and goes with it; nothing is fetched.
"""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

PATIENCE = 90  # seconds, for what must come
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--force-color-profile=srgb", "--hide-scrollbars", "--lang=ja",
         "--remote-debugging-pipe")


class Page:
    """One file in a tab of its own."""

    def __init__(self, chromium, session):
        self._chromium, self._session = chromium, session

    def call(self, method, **parameters):
        return self._chromium.call(method, self._session, **parameters)

    def evaluate(self, expression):
        """Returns what the expression, or the promise it makes, comes to."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"], ensure_ascii=False))
        return answer["result"].get("value")

    def press(self, key, code):
        """Presses a key, `Tab` of the code 9."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, whole=False):
        """Returns the screen, or all of the page, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"])


class Chromium:
    def __init__(self):
        program = next((found for found in map(shutil.which, NAMES) if found), None)
        if program is None:
            raise RuntimeError(f"none of {', '.join(NAMES)} is installed")
        self._profile = tempfile.mkdtemp(prefix="wchromium-")
        # The browser reads commands from its descriptor 3 and answers on 4.
        asked, self._to = os.pipe()
        self._from, told = os.pipe()
        log = pathlib.Path(self._profile, "log")
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", f'exec "$@" 3<&{asked} 4>&{told}', "sh", program, *FLAGS,
                 f"--user-data-dir={self._profile}", "about:blank"],
                pass_fds=(asked, told), stdout=errors, stderr=errors, start_new_session=True)
        os.close(asked)
        os.close(told)
        self._log, self._number, self._rest = log, 0, b""

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()

    def close(self):
        os.close(self._to)  # it leaves with whoever drives it
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._from)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method, session=None, **parameters):
        """Sends a command and returns its answer."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data):]
        return self._wait_for(
            f"the answer to {method}", lambda message: message.get("id") == self._number)

    def open(self, path, width=1280, height=900, dark=False, printed=False):
        """Returns the page of a file as soon as all of it is there."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        page.call("Emulation.setEmulatedMedia", media="print" if printed else "screen",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        page.call("Page.enable")
        page.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        page.evaluate("new Promise(done => document.readyState === 'complete' ? done() : "
                      "addEventListener('load', () => done()))")
        return page

    def _wait_for(self, what, found):
        until = time.monotonic() + PATIENCE
        while True:
            while b"\0" in self._rest:
                line, self._rest = self._rest.split(b"\0", 1)
                message = json.loads(line)
                if found(message):
                    if "error" in message:
                        raise RuntimeError(f"{what}: {message['error']}")
                    return message["result"]
            left = until - time.monotonic()
            ready = select.select([self._from], [], [], max(left, 0))[0] if left > 0 else []
            part = os.read(self._from, 1 << 20) if ready else b""
            if not part:
                why = "none came" if left <= 0 else "the browser left"
                raise RuntimeError(f"{what}: {why}\n{self._log.read_text(errors='replace')[-2000:]}")
            self._rest += part
