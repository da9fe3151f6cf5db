"""A TOML file whose faults are reported with file, line and rule."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from models.errors import PolicyError

_MAX_SIZE: Final = 1 << 20
_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")

Key = str | int
ModelT = TypeVar("ModelT", bound=BaseModel)


class TomlFile:
    """One parsed file. Raises `PolicyError` if it is missing, too large or no TOML."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                body = file.read(_MAX_SIZE + 1)
        except OSError as exc:
            raise PolicyError("the file cannot be read", file=path.name) from exc
        if len(body) > _MAX_SIZE:
            raise PolicyError(f"larger than {_MAX_SIZE} bytes", file=path.name)
        try:
            self._text = body.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as exc:
            line = body[: exc.start].count(b"\n") + 1
            raise PolicyError("not UTF-8", file=path.name, line=line) from exc
        self.fields = self._parsed()

    def fault(self, rule: str, *keys: Key) -> PolicyError:
        """Return the error for the value at a path of keys, with the line on which it stands."""
        return PolicyError(rule, file=self.path.name, line=self.line_of(keys))

    def model(self, kind: type[ModelT], fields: dict[str, Any], *keys: Key) -> ModelT:
        """Build a model from fields that stand under a path of keys.

        Raises `PolicyError` for the first rule of the model that they break.
        """
        try:
            return kind.model_validate(fields)
        except ValidationError as exc:
            errors = exc.errors(include_url=False, include_input=False)
        # A misspelt key says more than the key that is missing for it.
        first = min(errors, key=lambda error: error["type"] != "extra_forbidden")
        inner = tuple(part for part in first["loc"] if part != "[key]")
        name = ".".join(str(part) for part in inner)
        rule = "a key that the format does not have" if first["type"] == "extra_forbidden" else None
        rule = rule or first["msg"].removeprefix("Value error, ")
        raise self.fault(f"{name}: {rule}" if name else rule, *keys, *inner)

    def line_of(self, keys: Sequence[Key]) -> int:
        """Return the line of the statement that gives a value, or what would hold it.

        The first parseable beginning of the file that has the value ends with that statement.
        """
        known = _known(self.fields, keys)
        if not known:
            return 1
        lines = self._text.split("\n")
        without, within = 0, len(lines)
        while within - without > 1:
            middle = (without + within) // 2
            candidates = [*range(middle, without, -1), *range(middle + 1, within)]
            for end in candidates:
                fields = _beginning(lines, end)
                if fields is not None:
                    break
            else:
                break
            if len(_known(fields, known)) == len(known):
                within = end
            else:
                without = end
        return next(
            (
                number
                for number, line in enumerate(lines[without:within], start=without + 1)
                if line.strip() and not line.lstrip().startswith("#")
            ),
            within,
        )

    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as exc:
            found = _LINE.search(str(exc))
            line = int(found[1]) if found else self._text.count("\n") + 1
            rule = _LINE.sub("", str(exc)).removesuffix("(at end of document)").strip()
        except RecursionError:
            line, rule = 1, "nests too deeply"
        raise PolicyError(f"not TOML: {rule}", file=self.path.name, line=line)


def _beginning(lines: list[str], end: int) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(lines[:end]))
    except tomllib.TOMLDecodeError:
        return None


def _known(fields: object, keys: Sequence[Key]) -> tuple[Key, ...]:
    """Return the part of a path of keys that leads to something."""
    found: list[Key] = []
    value: Any = fields
    for key in keys:
        inside_table = isinstance(value, dict) and key in value
        inside_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if not inside_table and not inside_list:
            break
        value = value[key]
        found.append(key)
    return tuple(found)
