"""A frame is a sentence with choices: one line of `corpus/*.toml`, which stands for thousands.

`(a|b)` chooses, `(a)?` may be left out, `{slot}` is filled from `slots.toml`, `[ ]` marks what
discloses (and chooses, like a bracket). The filler of a coded slot is replaced, half of the time,
by what the rules would have left in its place.
"""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from models.errors import InputError
from redaction.net_text import TOKEN_WORD


@dataclass(frozen=True, slots=True)
class Frame:
    """One line with its frame's class and what its writer discloses ("" for nothing)."""

    id: str
    protected_class: str
    says: str
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """The fillers of one slot, and what the rules leave of them ("" if they leave them alone)."""

    words: tuple[str, ...]
    coded: str = ""


@dataclass(slots=True)
class Filled:
    """A frame filled: the text, and the stretches in it that disclose."""

    text: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)


_PART: Final = re.compile(r"\{[a-z_]+\}|\)\?|[\[\]()|]|[^\[\](){}|]+")
_ANY_WORD: Final = frozenset({"thing", "things", "topic", "adj", "food", "place", "drink"})
"""Slots whose filler discloses nothing: any word may stand there, so that new ones are no alarm."""
_CLOSING: Final = {"(": (")", ")?"), "[": ("]",)}


class Filler:
    """Fills frames from a table of slots, with a random source of the caller's."""

    def __init__(self, slots: dict[str, Slot], strange: tuple[str, ...] = ()) -> None:
        self._slots: Final = slots
        self._strange: Final = strange

    def fill(self, frame: Frame, rng: Random) -> Filled:
        """Return the frame with every choice made. Raises `InputError` if it is malformed."""
        parts = _PART.findall(frame.text)
        if "".join(parts) != frame.text:
            raise InputError("brackets do not match", file=frame.id)
        out = Filled()
        self._choice(parts, 0, "", frame, rng, out)
        text = re.sub(r" +([,.!?:])", r"\1", out.text)
        if text != out.text or "  " in text or text != text.strip():
            out = _tidied(out)
        return out

    def _choice(
        self, parts: list[str], at: int, opened: str, frame: Frame, rng: Random, out: Filled
    ) -> int:
        """Fill one of the alternatives from `at` to the closing bracket; return what follows."""
        starts, depth, end = [at], 0, at
        while end < len(parts):
            part = parts[end]
            if part in _CLOSING:
                depth += 1
            elif part in {")", ")?", "]"}:
                if not depth:
                    break
                depth -= 1
            elif part == "|" and not depth:
                starts.append(end + 1)
            end += 1
        if opened and (end == len(parts) or parts[end] not in _CLOSING[opened]):
            raise InputError("brackets do not match", file=frame.id)
        if not opened and end != len(parts):
            raise InputError("brackets do not match", file=frame.id)
        left_out = opened and parts[end] == ")?" and rng.random() < 0.5
        if not left_out:
            number = rng.randrange(len(starts))
            stop = starts[number + 1] - 1 if number + 1 < len(starts) else end
            self._sequence(parts, starts[number], stop, frame, rng, out)
        return end + 1

    def _sequence(
        self, parts: list[str], at: int, stop: int, frame: Frame, rng: Random, out: Filled
    ) -> None:
        while at < stop:
            part = parts[at]
            at += 1
            if part in _CLOSING:
                begin = len(out.text)
                at = self._choice(parts, at, part, frame, rng, out)
                if part == "[" and out.text[begin:].strip():
                    out.spans.append((begin, len(out.text)))
            elif part[0] == "{":
                out.text += self._filler(part[1:-1], frame, rng)
            else:
                out.text += part

    def _filler(self, name: str, frame: Frame, rng: Random) -> str:
        slot = self._slots.get(name)
        if slot is None:
            raise InputError(f"no slot {name}", file=frame.id)
        if slot.coded and rng.random() < 0.5:
            return slot.coded
        if self._strange and name in _ANY_WORD and rng.random() < 0.3:
            return rng.choice(self._strange)
        return rng.choice(slot.words)


def _tidied(filled: Filled) -> Filled:
    """Drop the blanks that choices left behind, and move the spans along."""
    kept: list[int] = []
    text = filled.text
    for at, char in enumerate(text):
        if char == " ":
            after = text[at + 1 : at + 2]
            before = text[kept[-1]] if kept else " "
            if before == " " or not after or after in ",.!?: ":
                continue
        kept.append(at)
    places = {old: new for new, old in enumerate(kept)}
    spans: list[tuple[int, int]] = []
    for start, end in filled.spans:
        inside = [places[at] for at in range(start, end) if at in places]
        if inside:
            spans.append((inside[0], inside[-1] + 1))
    return Filled("".join(text[at] for at in kept), spans)


def without_coded(filled: Filled) -> list[tuple[int, int]]:
    """Return the spans, blanks cut off, that hold more than what the rules withheld already."""
    out: list[tuple[int, int]] = []
    for start, end in filled.spans:
        words = filled.text[start:end]
        bare = words.replace(TOKEN_WORD, "").replace("a relative", "")
        if any(map(str.isalpha, bare)):
            first = start + len(words) - len(words.lstrip())
            out.append((first, first + len(words.strip())))
    return out


def frames_of(document: dict[str, Any]) -> list[Frame]:
    """Return the frames of one parsed corpus file, a frame for each line."""
    return [
        Frame(f"{row['id']}.{number}", row.get("class", ""), row.get("says", ""), line.strip())
        for row in document["frame"]
        for number, line in enumerate(row["texts"].strip().splitlines(), 1)
    ]


_AROUND: Final = (
    "[{term}] {day}, {noise_end}",
    "{name} asked about [{term}] {day}",
    "the [{term}] was {adj} {day}",
    "my [{term}] is {adj}",
    "{verbing} after [{term}]",
    "thinking about [{term}] at {place}",
)


def term_frames(document: dict[str, Any]) -> list[Frame]:
    """Return a frame for each term of the project's own lists, in turn of the sentences around."""
    return [
        Frame(
            f"term.{row['class']}.{number}",
            row["class"],
            row["class"],
            _AROUND[number % len(_AROUND)].replace("{term}", term),
        )
        for row in document["terms"]
        for number, term in enumerate(row["words"].strip().splitlines())
    ]


_CARRIERS: Final = {
    "n": (
        "my [{cue}] was {adj} {day}|[{cue}] again, {noise_end}|another day, another [{cue}]"
        "|can't talk, [{cue}] {day}|the [{cue}] {day} was {much} {adj}|{verbing} after the [{cue}]"
        "|nobody warned me about the [{cue}]|so the [{cue}] turned up with the {thing}"
        "|[{cue}] and {food}, that's my evening|I left my {thing} beside the [{cue}]"
        "|{name} asked about my [{cue}]|late again because of the [{cue}]"
        "|who else has a [{cue}] {day}?|[{cue}]. {much} {adj}.|the [{cue}] ate my whole {day}"
        "|not me crying over the [{cue}]|still paying for the [{cue}]"
    ),
    "v": (
        "I [{cue}] {day}|[{cue}] and then {verbing}, standard|{day} I [{cue}]"
        "|just [{cue}], {noise_end}"
        "|I [{cue}] so be nice|we [{cue}] {day} and I'm {feel}|ask me how I [{cue}]"
        "|once [{cue}], {verbing} is easy|I [{cue}] and {name} still wanted the {thing}"
        "|when I [{cue}] everything changed|[{cue}] in the {weather}, obviously"
        "|been {feel} since I [{cue}]|[{cue}] {day}, {much} {feel}"
    ),
    "s": (
        "[{cue}]|[{cue}]|[{cue}], {noise_end}|{day} was fine but [{cue}]"
        "|[{cue}] so no {topic} tonight"
        "|sorry for the mess, [{cue}]|[{cue}] and the {thing} is {adj}"
        "|reminder that [{cue}]|I'm {feel}, [{cue}]|[{cue}] and I'm {feel}|update: [{cue}]"
    ),
}


def cue_frames(document: dict[str, Any]) -> list[Frame]:
    """Return a frame for each telling or harmless phrase, in any of its kind's sentences."""
    return [
        Frame(
            f"cue.{name}.{kind}.{number}",
            *_said(name),
            f"({_CARRIERS[kind]})".replace("{cue}", cue),
        )
        for name, row in document.items()
        for kind, cues in row.items()
        for number, cue in enumerate(cues.split("|"))
    ]


def _said(name: str) -> tuple[str, str]:
    return ("", "") if name in {"harmless", "twins"} else (name, name)


def slots_of(document: dict[str, Any]) -> dict[str, Slot]:
    """Return the slots of the parsed slot file."""
    slots = {
        name: Slot(tuple(words.split("|"))) for name, words in document.get("plain", {}).items()
    }
    for name, row in document.get("coded", {}).items():
        slots[name] = Slot(tuple(row["words"].split("|")), row["coded"])
    return slots
