"""A CSV file is read whole, line by line, or refused in a sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from messy_rows import MEGABYTE
from shops import Build, Shop, csv_text

SOUND = ("dynamic_clv.staging", "dynamic_clv.intermediate")

HEADER = ["customer_id", "order_id", "ordered_at", "amount"]
LINE = ["C1", "O1", "2024-03-01", "10"]
SECOND = ["C2", "O2", "2024-03-02", "20"]
PLAIN = csv_text([HEADER, LINE, SECOND])

# content of the file -> order ids that are accepted, and reasons of the others
READABLE = {
    "a header and nothing else": (csv_text([HEADER]), [], []),
    "no line end at the end": (PLAIN.rstrip(), ["O1", "O2"], []),
    "a byte order mark": ("\ufeff" + PLAIN, ["O1", "O2"], []),
    "line ends of Windows": (PLAIN.replace("\n", "\r\n"), ["O1", "O2"], []),
    "line ends of an old Mac": (PLAIN.replace("\n", "\r"), ["O1", "O2"], []),
    "mixed line ends": (PLAIN.replace("\n", "\r\n", 1), ["O1", "O2"], []),
    "blank lines between": (PLAIN.replace("\n", "\n\n"), ["O1", "O2"], []),
    "a column that nobody asked for": (
        csv_text([[*HEADER, 'a "new", one'], [*LINE, "x"]]),
        ["O1"],
        [],
    ),
    "a column without a name": (csv_text([["", *HEADER], ["x", *LINE]]), ["O1"], []),
    "a row that is too short": (
        csv_text([HEADER, LINE[:2], SECOND]),
        ["O2"],
        ["ordered_at_missing"],
    ),
    "a row that is too long": (
        csv_text([HEADER, [*LINE[:3], "1", "234.50"], SECOND]),
        ["O2"],
        ["order_id_missing"],
    ),
    "empty cells at the end": (csv_text([HEADER, [*LINE, "", ""]]), ["O1"], []),
    "a zero byte": (PLAIN.replace("O1", "O\0"), ["O\0", "O2"], []),
    "quotes, delimiters and line ends in a cell": (
        csv_text([HEADER, ["C1", 'O "1",\n1', *LINE[2:]], SECOND]),
        ['O "1",\n1', "O2"],
        [],
    ),
    "a cell of a megabyte": (
        csv_text([HEADER, LINE, [MEGABYTE, *SECOND[1:]]]),
        ["O1", "O2"],
        [],
    ),
}

# content of the file (none: no file) -> what the message must say
UNREADABLE = {
    "no file": (None, "no such file. Check the path"),
    "an empty file": (b"", "Found an empty file. Deliver the file again"),
    "a missing column": (
        csv_text([HEADER[:3], LINE[:3]]).encode(),
        "wants the column(s) amount. Found: customer_id, order_id, ordered_at",
    ),
    "another delimiter": (PLAIN.replace(",", ";").encode(), "wants the column(s)"),
    "a column that comes twice": (
        csv_text([[*HEADER, "Amount"], [*LINE, "1"]]).encode(),
        "wanted each column name once",
    ),
    "a quote that never closes": (
        csv_text([HEADER, LINE]).encode() + b'"C2,O2,2024-03-02,20\n',
        "a double quote out of place in line 3. Close the cell",
    ),
    "two quotes that never close": (
        csv_text([HEADER]).encode() + b'"C1,O1,2024-03-01,1\n"C2,O2,2024-03-02,2\n',
        "a double quote out of place in line 3. Close the cell",
    ),
    "letters of an old code page": (
        PLAIN.replace("C1", "Zoë").encode("latin-1"),
        "bytes that are not UTF-8. Save the file as UTF-8",
    ),
    "text of two bytes a letter": (PLAIN.encode("utf-16"), "not UTF-8"),
}


@pytest.fixture(scope="module")
def file_shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop that reads its orders from `orders.csv`."""
    shop = open_shop("file")
    shop.deliver()
    path = shop.folder / "orders.csv"
    shop.vars["clv_orders_relation"] = f"{{{{ clv_csv_file('{path}') }}}}"
    return shop


def _build_file(shop: Shop, content: bytes | None) -> Build:
    path: Path = shop.folder / "orders.csv"
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
    return shop.build(SOUND)


@pytest.mark.parametrize("name", READABLE)
def test_a_file_is_read_whole_with(file_shop: Shop, name: str):
    content, accepted, reasons = READABLE[name]
    build = _build_file(file_shop, content.encode())
    assert build.success, build.messages
    assert file_shop.lost() == []
    found = file_shop.rows("select order_id from int_clv__orders_cleaned order by all")
    assert [row[0] for row in found] == accepted
    assert [reason for _, _, reason in file_shop.quarantined()] == reasons


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_is_refused_in_a_sentence_for(file_shop: Shop, name: str):
    content, sentence = UNREADABLE[name]
    build = _build_file(file_shop, content)
    assert not build.success
    assert sentence in build.messages
    assert "Traceback" not in build.messages
