"""A mapping is read strictly, by line; what it maps is read a row at a time, and nothing more."""

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.boxed import BOXES
from collection.files.reader import Problem
from collection.formats.registry import format_named
from collection.reports import mapped_rows
from collection.reports.mapped import MappedReader, recording_of_mapped
from collection.reports.mapping import MAPPING, read_mapping
from collection.samples.sample_pdf import pdf_sample
from collection.samples.sample_reports import POSTS_CSV, mapped_sample
from collection.sources import find_sources
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

CANARY = "canary-of-the-row"
JSON = """format = "json"
items = "/data/posts"
[fields]
id = "/id"
text = "/body/text"
author = "/by"
platform = "/site"
created_at = "/at"
[time]
form = "epoch-seconds"
"""
REPORT = """format = "json"
content = "vendor-report"
items = "/posts"
platform = "forum"
author = "quill"
[fields]
text = "/quote"
url = "/link"
created_at = "/when"
[time]
form = "rfc3339"
"""
GOOD = {"quote": "The lake.", "link": "https://f.example/1", "when": "2025-03-01T12:00:00Z"}


def read(folder: Path, mapping: str, name: str, body: str | bytes) -> tuple[list[SourceItem], Any]:
    (folder / MAPPING).write_text(mapping, encoding="utf-8")
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    found = list(MappedReader().read(path))
    problems = [part for part in found if isinstance(part, Problem)]
    assert CANARY not in repr(problems)
    return [part for part in found if isinstance(part, SourceItem)], [one.fault for one in problems]


def table(*rows: tuple[str, str, str], head: str = "Post ID,Posted,Body") -> str:
    return "\n".join([head, *(",".join(f'"{part}"' for part in row) for row in rows), ""])


ROW = ("p1", "2025-03-01 12:00:00", "The lake was calm.")


# --- the mapping ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (('format = "csv"', 'format = "xml"'), 1),
        (('format = "csv"', "format = 7"), 1),
        (('platform = "forum"', 'platform = ""'), 2),
        (('platform = "forum"\n', ""), 1),
        (('author = "sam"', 'author = "sam"\nsecret = "x"'), 4),
        (('author = "sam"', 'gate = "given"\nauthor = "sam"'), 3),
        (('author = "sam"', 'encoding = "rot13"\nauthor = "sam"'), 3),
        (('author = "sam"', 'delimiter = "x"\nauthor = "sam"'), 3),
        (('author = "sam"', 'expression = "x"\nauthor = "sam"'), 3),
        (('text = "Body"\n', ""), 5),
        (('text = "Body"', 'text = "Body"\nscore = "Score"'), 8),
        (('id = "Post ID"\n', ""), 5),
        (('platform = "forum"', 'platform = "forum"\ncontent = "vendor-report"'), 6),
        (('zone = "Europe/Berlin"', ""), 11),
        (('zone = "Europe/Berlin"', 'zone = "Middle/Earth"'), 12),
        (('zone = "Europe/Berlin"', 'zone = "../../etc/passwd"'), 12),
        (("%H:%M:%S", "%H:%M:%S%z"), 11),
        (("%Y-%m-%d", "%y-%m-%d"), 11),
        (("%Y-%m-%d", "%Y-%m-%d %c"), 11),
        (("%Y-%m-%d", "%Y-%Y-%m-%d"), 11),
        (("%Y-%m-%d %H:%M:%S", "rfc3339"), 12),
        (('author = "sam"', "author = ["), 5),
        (('author = "sam"', 'platform = "x"'), 3),
    ],
)
def test_what_a_mapping_does_not_have_is_refused_by_its_line(
    change: tuple[str, str], line: int, tmp_path: Path
) -> None:
    path = tmp_path / MAPPING
    path.write_text(POSTS_CSV.replace(*change))
    with pytest.raises(InputError) as refused:
        read_mapping(path)
    assert refused.value.line == line
    items, problems = read(tmp_path, POSTS_CSV.replace(*change), "x.csv", table(ROW))
    assert not items
    assert problems[0].startswith(f"mapping.toml, line {refused.value.line}: ")


def test_a_mapping_is_bounded(tmp_path: Path) -> None:
    items, problems = read(tmp_path, POSTS_CSV + "#" * 70_000, "x.csv", table(ROW))
    assert not items
    assert problems == ["mapping.toml, line 1: larger than 65536 bytes"]


def test_the_digest_of_the_mapping_goes_into_the_documentation(tmp_path: Path) -> None:
    form = format_named("mapped")
    assert form is not None
    path = mapped_sample(tmp_path, 1)
    before = BOXES.recording(form, path).software
    assert before == f"mapping sha256:{read_mapping(tmp_path / MAPPING).sha256}"
    (tmp_path / MAPPING).write_text(POSTS_CSV + "# changed\n")
    assert recording_of_mapped(path).software != before


def test_a_mapping_speaks_for_its_own_folder_and_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    mapped_sample(tmp_path / "a", 2)
    (tmp_path / "b" / "other.csv").write_text("x")
    one, other = find_sources(tmp_path)
    assert one.form is not None
    assert one.form.name == "mapped"
    assert sum(isinstance(part, SourceItem) for part in one.read()) == 2
    assert other.form is None


# --- tables -----------------------------------------------------------------------------------


def test_a_row_becomes_an_item_at_its_moment(tmp_path: Path) -> None:
    (item,), problems = read(tmp_path, POSTS_CSV, "x.csv", table(ROW))
    assert item.created_at == datetime(2025, 3, 1, 11, tzinfo=UTC)
    assert (item.native_id.reveal(), item.author.reveal()) == ("p1", "sam")
    assert (item.kind, item.gate, item.pointer) == (PlatformKind.FORUM, AccessGate.NONE, "row:2")
    assert not problems


def test_what_the_mapping_does_not_name_is_not_read(tmp_path: Path) -> None:
    body = "Score,Post ID,Posted,Body\n" + f"{CANARY},p1,2025-03-01 12:00:00,lake\n"
    (item,), _ = read(tmp_path, POSTS_CSV, "x.csv", body)
    assert CANARY not in item.model_dump_json(context={"seal": True})


@pytest.mark.parametrize(
    "line",
    [
        f'p1,"2025-03-01 12:00:00",{CANARY},more',
        f"p1,{CANARY},x",
        f'p1,"{CANARY}"x,y',
        f",2025-03-01 12:00:00,{CANARY}",
        f"{CANARY}\0,2025-03-01 12:00:00,x",
        f"p1,2025-02-30 12:00:00,{CANARY}",
        f"p1,0001-01-01 00:00:00,{CANARY}",
        f"p1,2025-03-01 12:00:00,{'x' * 200_001}",
    ],
)
def test_a_damaged_row_costs_itself(line: str, tmp_path: Path) -> None:
    body = f"Post ID,Posted,Body\n{line}\np2,2025-03-01 12:00:00,good\n"
    items, problems = read(tmp_path, POSTS_CSV, "x.csv", body)
    assert [item.native_id.reveal() for item in items] == ["p2"]
    assert len(problems) == 1


def test_lines_within_quotes_belong_to_one_row(tmp_path: Path) -> None:
    (item,), _ = read(tmp_path, POSTS_CSV, "x.csv", table(("p1", ROW[1], 'one\ntwo, ""three""')))
    assert item.text.reveal() == 'one\ntwo, "three"'


@pytest.mark.parametrize("head", ["Post ID,Posted", "Post ID,Posted,Body,Body", ""])
def test_columns_that_are_not_there_are_not_guessed(head: str, tmp_path: Path) -> None:
    items, problems = read(tmp_path, POSTS_CSV, "x.csv", f"{head}\np1,x,y\n")
    assert not items
    (fault,) = problems
    assert re.fullmatch(rf"{MAPPING}, line \d+: the column of '\w+' is not there, or twice", fault)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1"])
def test_the_stated_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    stated = encoding.removesuffix("-sig")
    mapping = POSTS_CSV.replace('author = "sam"', f'author = "sam"\nencoding = "{stated}"')
    body = table(("p1", ROW[1], "Käse")).encode(encoding)
    (item,), problems = read(tmp_path, mapping, "x.csv", body)
    assert (item.text.reveal(), problems) == ("Käse", [])


def test_a_wrong_encoding_is_told(tmp_path: Path) -> None:
    body = table(("p1", ROW[1], "Käse")).encode("cp1252")
    (item,), problems = read(tmp_path, POSTS_CSV, "x.csv", body)
    assert item.text.reveal() == "K\ufffdse"
    assert problems == ["1 rows with characters that the stated encoding does not have"]


def test_an_hour_that_comes_twice_is_told(tmp_path: Path) -> None:
    (item,), problems = read(
        tmp_path, POSTS_CSV, "x.csv", table(("p1", "2025-10-26 02:30:00", "x"))
    )
    assert item.created_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert problems == ["1 times that clocks showed twice: the earlier one was taken"]


def test_rows_and_lines_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_rows, "MAX_ROWS", 1)
    items, problems = read(tmp_path, POSTS_CSV, "x.csv", table(ROW, ROW))
    assert (len(items), problems) == (1, ["more than 1 rows"])
    monkeypatch.setattr(mapped_rows, "MAX_LINE", 100)
    items, problems = read(tmp_path, POSTS_CSV, "x.csv", table(("p1", ROW[1], "x" * 200)))
    assert not items
    assert "not read from there on" in problems[0]


def test_a_gate_and_a_password_in_an_address_stay_on_the_item(tmp_path: Path) -> None:
    mapping = POSTS_CSV.replace('id = "Post ID"', 'id = "Post ID"\nurl = "Link"')
    head = "Post ID,Posted,Body,Link"
    body = f"{head}\np1,{ROW[1]},x,https://a:{CANARY}@f.example/1\n"
    (item,), _ = read(tmp_path, mapping, "x.csv", body)
    assert (item.url.reveal(), item.gate) == ("https://f.example/1", AccessGate.PASSWORD)
    friends = mapping.replace('author = "sam"', 'author = "sam"\ngate = "friends"')
    (item,), _ = read(tmp_path, friends, "x.csv", f"{head}\np1,{ROW[1]},x,\n")
    assert item.gate is AccessGate.FRIENDS


# --- JSON -------------------------------------------------------------------------------------


def test_pointers_find_their_way_through_json(tmp_path: Path) -> None:
    row = {"id": 7, "body": {"text": "lake"}, "by": "quill", "site": "reddit", "at": 1740830400}
    body = json.dumps({"data": {"posts": [row, row | {"at": None}, row | {"id": True}, 7]}})
    items, problems = read(tmp_path, JSON, "x.json", body)
    assert [item.created_at for item in items] == [datetime(2025, 3, 1, 12, tzinfo=UTC), None]
    assert items[0].native_id.reveal() == "7"
    assert problems == ["a field that is no text", "a row that is no object"]


@pytest.mark.parametrize("items", ["", "/posts", "/a~1b/0"])
def test_the_list_is_where_the_pointer_says(items: str, tmp_path: Path) -> None:
    row = {"id": "1", "body": {"text": "lake"}, "by": "q", "site": "x", "at": 1}
    value: Any = {"": [row], "/posts": {"posts": [row]}, "/a~1b/0": {"a/b": [[row]]}}[items]
    mapping = JSON.replace('"/data/posts"', f'"{items}"')
    assert len(read(tmp_path, mapping, "x.json", json.dumps(value))[0]) == 1
    assert read(tmp_path, mapping, "x.json", "{}")[1]


def test_json_that_was_cut_off_gives_what_came_whole(tmp_path: Path) -> None:
    row = {"id": "1", "body": {"text": "lake"}, "by": "q", "site": "x", "at": 1}
    body = json.dumps([row, row])[:-5]
    items, problems = read(tmp_path, JSON.replace('"/data/posts"', '""'), "x.json", body)
    assert (len(items), len(problems)) == (1, 1)


def test_a_line_of_jsonl_costs_only_itself(tmp_path: Path) -> None:
    row = json.dumps({"id": "1", "body": {"text": "a\ud800b"}, "by": "q", "site": "x", "at": "1.5"})
    mapping = JSON.replace('"json"', '"jsonl"').replace('items = "/data/posts"\n', "")
    body = f"{row}\n{{\n\n{'[' * 100_000}\n{row}\n"
    items, problems = read(tmp_path, mapping, "x.jsonl", body)
    assert [item.pointer for item in items] == ["line:1", "line:5"]
    assert items[0].text.reveal() == "a\ufffdb"
    assert len(problems) == 3


# --- vendors' reports -------------------------------------------------------------------------


def test_of_a_vendors_report_only_what_it_quotes_is_taken(tmp_path: Path) -> None:
    """A vendor's label of a person is opinion, and may be a guess at what the law protects."""
    labelled = GOOD | {"score": 93, "labels": [CANARY], "predicted": {"gender": CANARY}}
    body = json.dumps({"posts": [labelled], "summary": {"results": CANARY, "rating": CANARY}})
    (item,), problems = read(tmp_path, REPORT, "report.json", body)
    assert CANARY not in item.model_dump_json(context={"seal": True})
    assert item.native_id.reveal() == item.url.reveal() == "https://f.example/1"
    assert problems == ["left out: scores, flags and labels of the vendor: opinion"]


@pytest.mark.parametrize("without", ["quote", "link", "when"])
def test_a_row_without_its_source_is_a_vendors_word_and_left_out(
    without: str, tmp_path: Path
) -> None:
    row = {key: value for key, value in GOOD.items() if key != without}
    items, problems = read(tmp_path, REPORT, "r.json", json.dumps({"posts": [row, GOOD]}))
    assert len(items) == 1
    assert "left out: rows without address, time or words (1)" in problems


TEXT = """format = "text"
content = "vendor-report"
platform = "forum"
author = "quill"
expression = '(?m)^POSTED (?<when>\\S+) AT (?<link>\\S+)\\n(?<quote>(?:>.*\\n?)+)'
[fields]
text = "quote"
url = "link"
created_at = "when"
[time]
form = "rfc3339"
"""


def test_an_expression_takes_quotes_out_of_a_text(tmp_path: Path) -> None:
    body = (
        f"Risk: {CANARY}\nPOSTED 2025-03-01T12:00:00Z AT https://f.example/1\n> The lake\n> calm.\n"
        f"Label: {CANARY}\n"
    )
    (item,), _ = read(tmp_path, TEXT, "r.txt", body)
    assert item.text.reveal() == "> The lake\n> calm.\n"
    assert item.pointer == "page:1"


def test_an_expression_without_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped_rows, "SECONDS", 0.05)
    mapping = TEXT.replace("(?m)^POSTED", "(?m)(?:(a|a)+)+b^POSTED")
    items, problems = read(tmp_path, mapping, "r.txt", "a" * 40 + "c")
    assert not items
    assert "the expression takes too long on this page" in problems


@pytest.mark.parametrize("expression", ["(", "(?<quote>x)", "(?<q>x)" * 3000])
def test_an_expression_without_its_groups_is_refused(expression: str, tmp_path: Path) -> None:
    head, _, rest = TEXT.partition("expression = ")
    mapping = f"{head}expression = '{expression}'\n{rest.partition(chr(10))[2]}"
    items, problems = read(tmp_path, mapping, "r.txt", "x")
    assert not items
    assert problems[0].startswith("mapping.toml, line 5: ")


def test_a_pdf_is_read_as_its_pages_show_it(tmp_path: Path) -> None:
    mapping = TEXT.replace('"text"', '"pdf"', 1).replace('content = "vendor-report"\n', "")
    mapping = mapping.partition("expression")[0] + (
        "expression = '(?<quote>The lake was calm on day (?<n>\\d+))'\n"
        '[fields]\ntext = "quote"\nid = "n"\n'
    )
    (tmp_path / MAPPING).write_text(mapping)
    items = [
        part
        for part in MappedReader().read(pdf_sample(tmp_path, 2))
        if isinstance(part, SourceItem)
    ]
    assert [item.native_id.reveal() for item in items] == ["0", "1"]
    assert items[0].created_at is None


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "quote": st.text(max_size=20) | st.none() | st.integers(),
                "link": st.just("https://f.example/1") | st.text(max_size=20) | st.none(),
                "when": st.just("2025-03-01T12:00:00Z") | st.text(max_size=20) | st.floats(),
            }
        ),
        max_size=5,
    )
)
def test_no_row_of_a_report_ends_in_an_error_or_lacks_its_source(
    rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mapped")
    items, _ = read(folder, REPORT, "r.json", json.dumps({"posts": rows}))
    assert all(item.url.reveal() and item.created_at is not None for item in items)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(st.text(min_size=1), st.text(max_size=30)), max_size=5))
def test_what_was_written_as_a_table_comes_back(
    rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("table")
    path = folder / "x.csv"
    good = [(i, t) for i, t in rows if "\0" not in i + t and i.strip() and t == t.strip()]
    with path.open("w", encoding="utf-8", newline="") as file:
        made = csv.writer(file)
        made.writerow(("Post ID", "Posted", "Body"))
        made.writerows((one, ROW[1], text) for one, text in good)
    items, _ = read(folder, POSTS_CSV, "x.csv", path.read_bytes())
    assert [(i.native_id.reveal(), i.text.reveal()) for i in items] == good


# --- what a mapping's own text says -------------------------------------------------------------

TIMED = POSTS_CSV.partition("[time]")[0] + '[time]\nform = "{}"\nzone = "Europe/Berlin"\n'


@pytest.mark.parametrize(
    "form",
    ["%d.%m.%Y %I:%M", "%d.%m.%Y %H:%M %p", "%d.%m.%Y %H:%I %p", "%d.%m.%b.%Y", "%j.%d.%m.%Y"],
)
def test_a_form_of_time_that_would_be_read_wrongly_is_refused_by_its_line(
    form: str, tmp_path: Path
) -> None:
    """Half past seven in the evening must never become half past seven in the morning."""
    (tmp_path / MAPPING).write_text(TIMED.format(form))
    with pytest.raises(InputError) as refused:
        read_mapping(tmp_path / MAPPING)
    assert refused.value.line == TIMED.split("\n").index('form = "{}"') + 1


def test_twelve_hours_with_their_half_of_the_day_are_read(tmp_path: Path) -> None:
    mapping = TIMED.format("%d.%m.%Y %I:%M %p")
    row = table(("p1", "01.03.2025 07:30 PM", "The lake."))
    (item,), problems = read(tmp_path, mapping, "x.csv", row)
    assert problems == []
    assert item.created_at == datetime(2025, 3, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('format = "csv"\nplatform = "f"\nauthor = "a"\nfields = {id = "i", text = 3}\n', 4),
        ('format = "csv"\nplatform = "f"\nauthor = "a"\nfields.id = "i"\nfields.text = 3\n', 5),
        (
            'format = "csv"\nplatform = "f"\nauthor = "a"\n[time]\nform = ""\n[fields]\nid = "i"\n'
            'text = "t"\nform = "x"\n',
            9,
        ),
    ],
)
def test_the_line_of_a_fault_is_that_of_its_own_table(text: str, line: int, tmp_path: Path) -> None:
    (tmp_path / MAPPING).write_text(text)
    with pytest.raises(InputError) as refused:
        read_mapping(tmp_path / MAPPING)
    assert refused.value.line == line


def test_a_mapping_that_is_not_utf_8_is_refused_and_a_mark_at_its_begin_is_not(
    tmp_path: Path,
) -> None:
    """A name with characters made up for those that cannot be read is no name."""
    body = POSTS_CSV.encode()
    (tmp_path / MAPPING).write_bytes(b"\xef\xbb\xbf" + body)
    assert (
        read_mapping(tmp_path / MAPPING).lines["id"]
        == POSTS_CSV.split("\n").index('id = "Post ID"') + 1
    )
    (tmp_path / MAPPING).write_bytes(body + b"\n# \xfc\n")
    with pytest.raises(InputError, match="not UTF-8") as refused:
        read_mapping(tmp_path / MAPPING)
    assert refused.value.line == body.count(b"\n") + 2


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory"])
def test_a_zone_that_each_machine_has_another_of_is_refused(zone: str, tmp_path: Path) -> None:
    text = TIMED.format("%d.%m.%Y").replace("Europe/Berlin", zone)
    (tmp_path / MAPPING).write_text(text)
    with pytest.raises(InputError, match="no such time zone"):
        read_mapping(tmp_path / MAPPING)


@pytest.mark.parametrize("expression", ["(?P<a>x{1000000000})", "(?P<a>(?:(?:x{99}){99}){99})"])
def test_an_expression_that_would_take_all_memory_is_not_compiled(
    expression: str, tmp_path: Path
) -> None:
    text = f'format = "text"\nplatform = "f"\nauthor = "a"\nexpression = "{expression}"\n'
    (tmp_path / MAPPING).write_text(f'{text}[fields]\nid = "a"\ntext = "a"\n')
    with pytest.raises(InputError, match="repeats more than") as refused:
        read_mapping(tmp_path / MAPPING)
    assert refused.value.line == 4


@pytest.mark.parametrize("score", ["87", 87, "0.93", "87 %", "-3,5", "4/5", "87 / 100"])
def test_a_vendors_score_is_no_quotation(score: object, tmp_path: Path) -> None:
    """A mapping may name the wrong field: a number alone is nobody's words."""
    body = json.dumps({"posts": [GOOD | {"quote": score}, GOOD]})
    items, problems = read(tmp_path, REPORT, "report.json", body)
    assert [one.text.reveal() for one in items] == [GOOD["quote"]]
    assert "left out: rows whose words are a number alone (1)" in problems


def test_a_vendors_labels_for_words_are_pointed_out(tmp_path: Path) -> None:
    rows = [GOOD | {"quote": ("high", "low")[n % 2], "link": f"https://f.example/{n}"}
            for n in range(12)]  # fmt: skip
    _, problems = read(tmp_path, REPORT, "report.json", json.dumps({"posts": rows}))
    assert any("label of the vendor's" in one for one in problems)
    rows = [one | {"quote": f"Post {n}."} for n, one in enumerate(rows)]
    _, problems = read(tmp_path, REPORT, "report.json", json.dumps({"posts": rows}))
    assert not any("label of the vendor's" in one for one in problems)


def test_the_words_of_a_vendors_report_stand_where_no_other_field_is(tmp_path: Path) -> None:
    text = REPORT.replace('text = "/quote"', 'text = "/link"')
    (tmp_path / MAPPING).write_text(text)
    with pytest.raises(InputError, match="no other field"):
        read_mapping(tmp_path / MAPPING)
