"""For each element of a page it is known what style sheets and its own attributes declare for it.

The cascade is followed for the properties that can keep words from readers, and only where some
declaration of the page could do so. A sheet that asks for too much work is not followed; `partial`
then says so, and what it hides is taken for shown.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from selectolax.lexbor import LexborNode, SelectolaxError

from collection.markup.css import MAX_SHEETS, Rule, declarations, rules_of
from collection.markup.looks import FOLLOWED, Look, alike, colour_of, look_of, may_hide

MAX_WORK: Final = 20_000_000
"""Elements that are compared with a selector, in all; about a second and a half."""

MAX_MATCHES: Final = 200_000
"""Elements found by them, in all."""

_MAX_SELECTOR: Final = 300
_MAX_STEPS: Final = 8

# What a pointer or the keyboard does comes after what a reader sees first.
_PASSING: Final = re.compile(
    r"::|:(?:hover|focus|active|target|visited|checked|before|after|first-l|has\(|host|is-)", re.I
)
_NAMES: Final = re.compile(r"([.#])((?:[\w-]|[^\x00-\x7f])+)")
_WITHIN: Final = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_ATTRIBUTES: Final = re.compile(r"\[[^\]]*\]|:(?!not|is|where)[\w-]+")
_ELEMENTS: Final = re.compile(r"(?:^|[\s>+~])([a-z][\w-]*)", re.IGNORECASE)
_AMONG_SIBLINGS: Final = re.compile(r"~(?!=)|:(?:nth|last|first|only|empty)")
_STEPS: Final = re.compile(r"[\s>+~]+")
_RENAMED: Final = re.compile(
    r"(?<![\w.#\-\[:=\"'])"
    r"(a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?![\w\-\]=\"'(])",
    re.IGNORECASE,
)

_Weight = tuple[bool, bool, int, int, int, int]
"""Important, inline, ids, classes, elements, place: the larger wins."""


def walk(root: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """Yield the nodes below and with `root` in the order of the page, with their depth."""
    stack: list[tuple[LexborNode, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        below = []
        child = node.first_child
        while child is not None:
            below.append((child, depth + 1))
            child = child.next
        stack.extend(reversed(below))


class Styles:
    """What is declared for the elements of one page."""

    def __init__(self, root: LexborNode, sheets: Iterable[str] = ()) -> None:
        self.partial = False
        """True if a style sheet asked for more than is followed."""
        self._won: dict[int, dict[str, tuple[_Weight, str]]] = {}
        self._root = root
        rules = self._rules(sheets)
        if rules:
            self._match(rules)

    def look(self, node: LexborNode) -> Look:
        """Return what is declared for one element."""
        won = self._won.get(node.mem_id)
        style = node.attributes.get("style")
        if won is None and not style:
            return PLAIN
        return look_of(_winners(won or {}, style or ""))

    def _rules(self, sheets: Iterable[str]) -> list[Rule]:
        left = MAX_SHEETS
        rules: list[Rule] = []
        for sheet in [*embedded(self._root), *sheets]:
            left -= len(sheet)
            if left < 0:
                self.partial = True
                return rules
            rules.extend(rules_of(sheet))
        return rules

    def _match(self, rules: list[Rule]) -> None:
        wanted = _that_matter(rules)
        if not wanted:
            return
        present = _names_in(self._root)
        elements, siblings = _size_of(self._root)
        work, matched = 0, 0
        for place, rule in enumerate(rules):
            declared = [part for part in rule.declared if part[0] in wanted]
            if not declared:
                continue
            for selector in rule.selectors:
                if _PASSING.search(selector) or not _could_match(selector, present):
                    continue
                work += elements * (siblings if _AMONG_SIBLINGS.search(selector) else 1)
                nodes = self._find(selector) if work <= MAX_WORK else None
                if nodes is None or matched + len(nodes) > MAX_MATCHES:
                    self.partial = True
                    continue
                matched += len(nodes)
                weight = _specificity(selector)
                for node in nodes:
                    won = self._won.setdefault(node.mem_id, {})
                    for name, value, important in declared:
                        _set(won, name, value, (important, False, *weight, place))

    def _find(self, selector: str) -> list[LexborNode] | None:
        if len(selector) > _MAX_SELECTOR or len(_STEPS.findall(selector)) > _MAX_STEPS:
            return None
        try:
            return self._root.css(_RENAMED.sub(r"x-\1", selector))
        except (SelectolaxError, ValueError):
            return []


PLAIN: Final = Look()
"""The look of what nothing is declared for."""

_OVERRIDES: Final = {
    "background": ("background-color", "background-image"),
    "font": ("font-size",),
    "overflow": ("overflow-x", "overflow-y"),
}


def _set(won: dict[str, tuple[_Weight, str]], name: str, value: str, weight: _Weight) -> None:
    if name not in won or won[name][0] <= weight:
        won[name] = (weight, value)
        for part in _OVERRIDES.get(name, ()):
            if part in won and won[part][0] <= weight:
                del won[part]


def _winners(sheets: Mapping[str, tuple[_Weight, str]], style: str) -> dict[str, str]:
    won = dict(sheets)
    for name, value, important in declarations(style) if style else ():
        if name in FOLLOWED:
            _set(won, name, value, (important, True, 0, 0, 0, 0))
    return {name: value for name, (_, value) in won.items()}


def _that_matter(rules: list[Rule]) -> frozenset[str]:
    """Return the properties by which some declaration of the page could hide words.

    With one property of a group the whole group is followed. Colours matter only where some
    letters have the colour of some ground, or none.
    """
    declared = {
        (name, value)
        for rule in rules
        for name, value, _ in rule.declared
        if name in FOLLOWED and name not in _COLOURS
    }
    found = {name for name, value in declared if may_hide(name, value)}
    wanted = {name for group in _GROUPS if group & found for name in group}
    if _colours_meet(rules):
        wanted |= _COLOURS | {"position"}
    return frozenset(wanted)


_COLOURS: Final = frozenset(
    {"color", "-webkit-text-fill-color", "background", "background-color", "background-image"}
)
_GROUPS: Final = (
    frozenset({"font", "font-size"}),
    frozenset({"position", "left", "top", "right", "bottom"}),
    frozenset(
        {"overflow", "overflow-x", "overflow-y", "width", "height", "max-width", "max-height"}
    ),
    *(frozenset({name}) for name in ("display", "visibility", "opacity", "content-visibility")),
    *(frozenset({name}) for name in ("filter", "text-indent", "margin-left", "margin-top")),
    *(frozenset({name}) for name in ("clip", "clip-path", "transform", "scale", "translate")),
    *(frozenset({name}) for name in ("zoom", "unicode-bidi", "letter-spacing")),
    frozenset({"-webkit-text-security"}),
)


def _colours_meet(rules: list[Rule]) -> bool:
    letters, grounds = {(0, 0, 0)}, {(255, 255, 255)}
    for name, value in {(n, v) for rule in rules for n, v, _ in rule.declared if n in _COLOURS}:
        colour, alpha = colour_of(value)
        if colour is None:
            continue
        if name in ("color", "-webkit-text-fill-color"):
            if alpha <= 0.02:
                return True
            letters.add(colour)
        elif alpha >= 0.98:
            grounds.add(colour)
    return any(alike(one, other) for one in letters for other in grounds)


def embedded(root: LexborNode) -> list[str]:
    """Return the style sheets that lie in a page, for a screen."""
    return [
        "".join(part.text_content or "" for part in node.iter(include_text=True))
        for node in root.css("style")
        if (node.attributes.get("media") or "all").lower() not in ("print", "speech")
    ]


def _size_of(root: LexborNode) -> tuple[int, int]:
    """Return how many elements a page has, and the most that are in one and the same element."""
    within: Counter[int] = Counter()
    for node, _ in walk(root):
        if node.parent is not None:
            within[node.parent.mem_id] += 1
    return within.total() + 1, max(within.values(), default=0) + 1


def _names_in(root: LexborNode) -> frozenset[str]:
    found: set[str] = set()
    for node in root.css("[class]"):
        found.update(f".{name}" for name in (node.attributes.get("class") or "").split())
    for node in root.css("[id]"):
        found.add(f"#{node.attributes.get('id') or ''}")
    return frozenset(found)


def _could_match(selector: str, present: frozenset[str]) -> bool:
    plain = _WITHIN.sub("", selector)
    if "\\" in plain:
        return True
    return all(f"{mark}{name}" in present for mark, name in _NAMES.findall(plain))


def _specificity(selector: str) -> tuple[int, int, int]:
    names = [mark for mark, _ in _NAMES.findall(selector)]
    classes = names.count(".") + len(_ATTRIBUTES.findall(selector))
    return names.count("#"), classes, len(_ELEMENTS.findall(selector))
