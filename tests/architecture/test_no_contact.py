"""No function, command or address of the product befriends, follows or writes to anybody (S9)."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casework", "cli", "collection", "flows", "models", "portal", "storage", "walloff")
ACTION = re.compile(
    r"(?:send|make|request|create|add|accept|invite|submit)_?(?:a_)?(?:friend|follow|contact_request"
    r"|connection_request|direct_message)|befriend|(?:^|_)follow_(?:account|applicant|profile)"
)
ADDRESS = re.compile(r"https?://[^\s\"']*/(?:friend|follow|invite|message)", re.IGNORECASE)


def contacts(source: str) -> list[str]:
    """Names of functions, and addresses in texts, that would make contact."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and ACTION.search(node.name):
            found.append(node.name)
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and ADDRESS.search(text):
            found.append(text)
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_makes_contact(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        assert not contacts(path.read_text()), path


@pytest.mark.parametrize(
    "source",
    [
        "def send_friend_request(handle): ...",
        "def follow_account(handle): ...",
        "def befriend(): ...",
        'URL = "https://social.example/api/friendships/create"',
    ],
)
def test_an_action_that_makes_contact_would_be_found(source: str) -> None:
    assert contacts(source)
