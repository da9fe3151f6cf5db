"""Chromium runs in a box without network, files or name: only the relay leads out of it.

Bubblewrap gives it namespaces of its own and an empty disk in memory, so nothing of a profile is
ever written, and whatever ends the process ends all of it. Chromium's own sandbox stays on inside.
"""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from collection.box.box import bubblewrap
from collection.web.browser_rules import BrowserMissingError, Limits

CHROMIUM: Final = Path("/usr/lib/chromium/chromium")
RELAY: Final = Path(__file__).with_name("browser_relay.py")
PORT: Final = 3128
"""Of the relay, in a network of its own."""
LOCALE: Final = "en-US"
TIMEZONE: Final = "UTC"
WIDTH: Final = 1280
HEIGHT: Final = 1024

_PYTHON: Final = Path(sys.executable).resolve()
_OUTSIDE: Final = "/outside"
_MEMORY: Final = str(512 << 20)
_FEATURES: Final = (
    "AcceptCHFrame",
    "AutofillServerCommunication",
    "CertificateTransparencyComponentUpdater",
    "DialMediaRouteProvider",
    "HttpsUpgrades",
    "InterestFeedContentSuggestions",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PrivacySandboxSettings4",
    "Translate",
    "WebBluetooth",
    "WebUSB",
)
"""What would call somebody by itself, or ask a page for more than to be shown."""
_SWITCHES: Final = (
    "--headless",
    "--remote-debugging-pipe",
    "--user-data-dir=/profile/fresh",
    "--disk-cache-dir=/dev/null",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--no-service-autorun",
    "--no-referrers",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-notifications",
    "--disable-quic",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--block-new-web-contents",
    "--deny-permission-prompts",
    "--force-color-profile=srgb",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    f"--lang={LOCALE}",
    f"--window-size={WIDTH},{HEIGHT}",
    f"--disable-features={','.join(_FEATURES)}",
    f"--proxy-server=http://127.0.0.1:{PORT}",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True, slots=True)
class Launch:
    """How the browser is started."""

    program: str
    arguments: tuple[str, ...]
    config_sha256: str
    """Of everything that is the same for every capture: switches, limits, versions."""
    software: str


def launch(folder: Path, fingerprint: str, limits: Limits) -> Launch:
    """Return how to start Chromium in a box that sees this folder's socket alone.

    Raises `BrowserMissingError` for what is not installed.
    """
    if missing := missing_parts():
        raise BrowserMissingError(f"to capture a page, install {', '.join(missing)}")
    found = bubblewrap()
    software = f"walloff {_version('walloff')}, playwright {_version('playwright')}"
    config = {
        "switches": _SWITCHES,
        "limits": limits.stated(),
        "locale": LOCALE,
        "timezone": TIMEZONE,
        "software": software,
    }
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()
    switches = (*_SWITCHES, f"--ignore-certificate-errors-spki-list={fingerprint}")
    relay = (str(_PYTHON), "-I", "-S", "-B", "/relay.py", str(PORT), f"{_OUTSIDE}/proxy")
    inside = (*relay, str(CHROMIUM), *switches, "about:blank")
    return Launch(str(found), (*_walls(folder), *inside), digest, software)


def missing_parts() -> list[str]:
    """Return what a capture needs and this machine has not, as Debian and the extras name it."""
    return [
        name
        for name, there in (
            ("bubblewrap", bubblewrap() is not None),
            ("chromium", os.access(CHROMIUM, os.X_OK)),
            ("walloff[capture]", bool(_version("playwright"))),
        )
        if not there
    ]


def _walls(folder: Path) -> tuple[str, ...]:
    base = Path(sys.base_prefix).resolve()
    python = () if base.is_relative_to("/usr") else ("--ro-bind", str(base), str(base))
    return (
        *("--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "box"),
        *("--clearenv", "--setenv", "HOME", "/profile", "--setenv", "LANG", "en_US.UTF-8"),
        *("--setenv", "TZ", TIMEZONE),
        *("--ro-bind", "/usr", "/usr"),
        *("--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
        *("--symlink", "usr/bin", "/bin"),
        *("--ro-bind-try", "/etc/fonts", "/etc/fonts"),
        *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--ro-bind-try", "/var/cache/fontconfig", "/var/cache/fontconfig"),
        *python,
        *("--ro-bind", str(RELAY), "/relay.py", "--ro-bind", str(folder), _OUTSIDE),
        *("--proc", "/proc", "--dev", "/dev", "--size", _MEMORY, "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--size", _MEMORY, "--tmpfs", "/tmp", "--size", _MEMORY, "--tmpfs", "/profile"),  # noqa: S108
        *("--chdir", "/", "--remount-ro", "/", "--"),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
