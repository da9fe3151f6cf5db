"""Rules are written as rows of tags and words; here a row becomes a regular expression.

    I ADV* HATE INTENS? GROUP      one element a word
    kill|HARM.b                    any of these words (lower case) or tags (capitals)
    CONTEMPT&CS                    both tags at once
    !NEG                           a word without the tag
    ~NEG                           the next word lacks the tag (takes no word)
    ..3                            up to three words, none of which ends a clause
    ( BE ADV* )?                   a group
    ( BE ADV / seem )              either of two
    $                              the clause ends here
    X? X* X+ X{0,3}                as in regular expressions

`{NAME}` stands for a shared part, defined in the same table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.errors import PolicyError
from triage.tokens import forms_of

_ELEMENT: Final = re.compile(
    r"""
    (?P<gap>\.\.(?P<most>\d+))
    | (?P<close>\))(?P<groupcount>[?*+]|\{\d+,\d+\})?
    | (?P<open>\()
    | (?P<either>/)
    | (?P<end>\$)
    | (?P<sign>[!~])?(?P<names>[\w.,'-]+(?:[&|][\w.,'-]+)*)(?P<count>[?*+]|\{\d+,\d+\})?
    """,
    re.VERBOSE,
)
_GAP_STOPS: Final = "(?![^ ]*/(?:STOP|QUOTE|COLON)/)"
_END: Final = r"(?= [^ ]*/(?:STOP|COMMA|CONJ|QUOTE|DASH|PAREN|COLON|EMOJI)/|$)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled row. `needs` are sets of tags and words, each of which must show one member."""

    search: re.Pattern[str]
    needs: tuple[frozenset[str], ...]


def compiled(row: str, shared: Mapping[str, str]) -> Pattern:
    """Compile a row. Raises `PolicyError` if it cannot be read."""
    for _ in range(3):
        row = re.sub(r"\{([A-Z_0-9]+)\}", lambda found: shared[found[1]], row)
    expression = []
    needs = []
    depth = 0
    for part in row.split():
        element = _ELEMENT.fullmatch(part)
        if element is None:
            raise PolicyError(f"unreadable element in a rule: {part!r}")
        if element["gap"]:
            expression.append(rf"(?: {_GAP_STOPS}[^ ]*+){{0,{element['most']}}}?")
        elif element["open"]:
            depth += 1
            expression.append("(?:")
        elif element["close"]:
            depth -= 1
            expression.append(")" + (element["groupcount"] or ""))
        elif element["either"]:
            expression.append("|")
        elif element["end"]:
            expression.append(_END)
        else:
            expression.append(_word(element))
            if not element["sign"] and depth == 0 and element["count"] in (None, "+"):
                needs += [_needed(both) for both in element["names"].split("&")]
    if depth:
        raise PolicyError("a rule opens a group that it does not close")
    return Pattern(re.compile("".join(expression)), tuple(needs))


def _word(element: re.Match[str]) -> str:
    sign, names, count = element["sign"], element["names"], element["count"] or ""
    heads = "".join(f"(?={_any(part)})" for part in names.split("&"))
    if sign == "~":
        return f"(?! {heads})"
    if sign == "!":
        return f"(?: (?!{heads})[^ ]*+){count}"
    rows = [f" {heads}[^ ]*+"]
    rows += ["".join(f" {re.escape(word)}/[^ ]*+" for word in row) for row in _sequences(names)]
    return f"(?:{'|'.join(rows)}){count}"


def _needed(names: str) -> frozenset[str]:
    """Return what a sentence must show for one of the names to be there."""
    sequences = _sequences(names)
    return (
        frozenset(names.split("|"))
        | {parts[0] for parts in sequences}
        | {"_".join(parts) for parts in sequences}
    )


def _sequences(names: str) -> list[tuple[str, ...]]:
    """Return the words of names that are several words in a text: "under_oath", "someone's"."""
    if "&" in names:
        return []
    cut = (forms_of(name.replace("_", " ")) for name in names.split("|") if name[0].islower())
    return [parts for parts in cut if len(parts) > 1]


def _any(names: str) -> str:
    """Return what matches a word, at its first letter, that has one of the names."""
    tags = [re.escape(name) for name in names.split("|") if name[0].isupper()]
    words = [
        re.escape("_".join(forms_of(name.replace("_", " "))))
        for name in names.split("|")
        if not name[0].isupper()
    ]
    options = []
    if tags:
        options.append(f"[^ ]*/(?:{'|'.join(tags)})/")
    if words:
        options.append(f"(?:{'|'.join(words)})/")
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"
