"""Applicant text is never a bare `str`: it is raw and hides itself, or it is redacted."""

from typing import Any, NewType, NoReturn, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from models.errors import RawTextExposedError

RedactedText = NewType("RedactedText", str)
"""Text that `redaction.pipeline` has passed; nothing else makes one."""

CodedText = NewType("CodedText", str)
"""Redacted text whose tokens still say what kind of mention they stand for.

Only triage reads it, inside the wall: the kind is needed to tell an attack on a group from
small talk. `models.redaction.untyped` turns it into what may cross.
"""

WITHHELD = "[withheld]"
"""The one token that stands for any withheld span, whatever its class or length."""


class RawText:
    """What an applicant or a third party wrote, before redaction.

    It refuses pickling, and its `repr`, `str` and format show nothing, so that no log line,
    traceback, task parameter or cache can carry it. `reveal()` is the one way to the words, and
    easy to search for.
    """

    __slots__ = ("_words",)

    def __init__(self, words: str) -> None:
        self._words = words

    def reveal(self) -> str:
        """Return the words; the caller keeps them inside the wall."""
        return self._words

    def __len__(self) -> int:
        return len(self._words)

    def __bool__(self) -> bool:
        return bool(self._words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawText) and other._words == self._words

    def __hash__(self) -> int:
        return hash((RawText, self._words))

    def __repr__(self) -> str:
        return "RawText(…)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise RawTextExposedError("pickle")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Accept a string or a `RawText`; serialise to the words only for `context={"seal": True}`.

        `storage` passes that context when it seals a row; any other dump shows `RawText(…)`.
        """
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                cls._serialise, info_arg=True
            ),
        )

    @classmethod
    def _validate(cls, value: object) -> "RawText":
        if isinstance(value, RawText):
            return value
        if isinstance(value, str):
            return cls(value)
        raise ValueError("text is missing or is not text")

    @staticmethod
    def _serialise(value: "RawText", info: core_schema.SerializationInfo) -> str:
        context = info.context
        if isinstance(context, dict) and context.get("seal") is True:
            return value.reveal()
        return repr(value)
