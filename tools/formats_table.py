"""Write docs/formats.md from the registry of formats; `--check` says whether it is up to date."""

import sys
from pathlib import Path

from collection.files.denied import DENIED
from collection.formats.registry import FORMATS
from collection.formats.unsupported import UNSUPPORTED

PAGE = Path(__file__).resolve().parents[1] / "docs" / "formats.md"
_HEAD = """# Formats

Made by `tools/formats_table.py` from `collection/formats/registry.py`. `walloff formats` prints the
same, and `walloff formats --check` reads a small sample of each in its box on this machine.

Every reader runs in a process without keys, network, environment or other files
([decision 0053](decisions/0053-readers-run-in-a-box.md)). What cannot be read is listed with the
case (`walloff case problems`), never skipped in silence.

| format | files | versions seen | obtained by | not read |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    out = [_HEAD]
    for one in FORMATS:
        if one.supported:
            endings = ", ".join(f"`{ending}`" for ending in one.endings)
            seen = ", ".join(one.reader.seen_versions)
            left = "; ".join(one.not_read)
            out.append(f"| {one.name} | {endings} | {seen} | {one.method} | {left} |\n")
    out.append(
        "\n## Leads, never evidence\n\nTaken in with `walloff lead import`; what they hold says "
        "where to look.\n\n| format | files | versions seen |\n|---|---|---|\n"
    )
    for one in FORMATS:
        if one.leads is not None:
            endings = ", ".join(f"`{ending}`" for ending in one.endings)
            out.append(f"| {one.name} | {endings} | {', '.join(one.reader.seen_versions)} |\n")
    out.append("\n## Known, and refused by name\n\n| format | it |\n|---|---|\n")
    out += [f"| {one.name} | {one.why} |\n" for one in UNSUPPORTED]
    out.append(
        "\n## Never opened\n\nWhat a platform inferred about its user is no act of the applicant. "
        "Such files\nare counted and reported as refused, within archives and in folders "
        "(patterns of the\npath's end, any capitals).\n\n| platform | files |\n|---|---|\n"
    )
    for name, ends in DENIED.items():
        shown = "<br>".join(f"`{end}`".replace("|", "\\|") for end in ends)
        out.append(f"| {name} | {shown} |\n")
    return "".join(out)


def main() -> int:
    """Write the page, or compare it."""
    if "--check" in sys.argv:
        return 0 if PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
