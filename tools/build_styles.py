"""The style sheet and the vendored scripts come from locked packages; a build is repeatable.

`python -m tools.build_styles NODE_MODULES` writes `portal/web/static`; with `--check` it writes
nothing and fails where a file is not what the packages give.
"""

import argparse
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "portal/web/styles/walloff.scss"
STATIC = ROOT / "portal/web/static"
SCRIPTS = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "hx-sse.js": "htmx.org/dist/ext/hx-sse.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
    "uswds.LICENSE": "@uswds/uswds/LICENSE.md",
}
"""What is copied as it is, by the name under which it is served."""

_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")
_IMAGE = re.compile(r'url\("?\.\./img/([^")]+)"?\)')


def compiled(modules: Path) -> str:
    """Return the style sheet, with its few images inside, so that it refers to no other file."""
    uswds = modules / "@uswds/uswds"
    sheet = subprocess.run(  # noqa: S603 - the compiler that the lock file names
        [
            str(modules / ".bin/sass"),
            "--style=compressed",
            "--no-source-map",
            "--no-charset",
            "--quiet",
            f"--load-path={uswds / 'packages'}",
            str(SOURCE),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    images = uswds / "dist/img"
    return _IMAGE.sub(lambda found: f'url("{_inline(images / found[1])}")', sheet)


def built(modules: Path) -> dict[str, str]:
    """Return every file that is built, by name."""
    files = {name: _script(modules / path) for name, path in SCRIPTS.items()}
    files["walloff.css"] = compiled(modules)
    return files


def _inline(image: Path) -> str:
    drawing = " ".join(image.read_text(encoding="utf-8").split())
    return "data:image/svg+xml," + urllib.parse.quote(drawing, safe=" =:/'-.,()").replace(
        " ", "%20"
    )


def _script(path: Path) -> str:
    return _MAP.sub("\n", path.read_text(encoding="utf-8"))


def main() -> int:
    """Write the files, or say which of them are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", type=Path, help="the node_modules that `npm ci` made")
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    stale = []
    for name, text in built(arguments.modules).items():
        path = STATIC / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not arguments.check:
            path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{'stale' if arguments.check else 'written'}: {', '.join(stale) or '-'}\n")
    return 1 if stale and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
