"""The SQL half keeps to what DuckDB, Spark and PostgreSQL all understand alike."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODELS = sorted((ROOT / "models").rglob("*.sql"))
MACROS = sorted((ROOT / "macros").rglob("*.sql"))
SINGULAR_TESTS = sorted((ROOT / "tests").glob("*.sql"))

# What to write instead stands behind each construct.
NOT_PORTABLE = {
    r"\bqualify\b": "a row_number() in a CTE of its own",
    r"\bmedian\s*\(": "percentile_cont(0.5) within group",
    r"\b(any_value|arg_max|arg_min|max_by|min_by)\s*\(": "max() or row_number()",
    r"\bapprox_\w+\s*\(": "the exact aggregate",
    r"\b(array_agg|list|string_agg|listagg)\s*\(": "dbt.listagg",
    r"\bsha256\s*\(": "md5",
    r"\bregexp_\w+\s*\(": "like, or a dispatched macro",
    r"(?<!dbt\.)\b(datediff|dateadd|date_diff|date_add|date_trunc)\s*\(": "dbt.<name>",
    r"(?<!dbt\.)\bdate_spine\s*\(": "dbt.generate_series; date_spine is wrong on Spark",
    r"\bextract\s*\(\s*(epoch|dow|week|isodow)\b": "whole days from an anchor date",
    r"\btry_cast\s*\(": "clv_safe_cast",
    r"\bas\s+(string|double|text|float|varchar)\s*\)": "dbt.type_<name>, clv_type_...",
    r"::": "cast(... as ...)",
    r"\bconcat\s*\(": "||, whose null is null everywhere",
    r"\bilike\b": "lower() and like",
    r"\bdistinct\s+on\b": "row_number()",
    r"\bgroup\s+by\s+(all|\d)": "named columns",
    r"\bselect\s+\*\s+(exclude|replace|except)\b": "named columns",
    r"\blog\s*\((?!')": "ln",
    r"\bconv\s*\(": "a dispatched macro",
    r"\bpivot\b": "case when",
    r"\bstruct_pack\b|\bunnest\s*\(": "rows",
}


def without_comments(text: str) -> str:
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    return re.sub(r"--.*", "", text)


def without_overrides(text: str) -> str:
    """Leave out macros of one engine: that is where its own words belong."""
    return re.sub(
        r"\{% macro (duckdb|spark|postgres)__.*?endmacro -?%\}",
        "",
        text,
        flags=re.DOTALL,
    )


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("name", names(MODELS + MACROS + SINGULAR_TESTS))
def test_sql_is_portable_outside_dispatched_macros(name: str):
    text = without_overrides(without_comments((ROOT / name).read_text()))
    found = [
        f"`{match.group(0)}`: write {instead}"
        for pattern, instead in NOT_PORTABLE.items()
        if (match := re.search(pattern, text, flags=re.IGNORECASE))
    ]
    assert not found


@pytest.mark.parametrize("bad", ["select median(x)", "qualify 1 = 1", "a::int"])
def test_the_portability_check_can_fail(bad: str):
    assert any(re.search(pattern, bad) for pattern in NOT_PORTABLE)


@pytest.mark.parametrize("name", names(MODELS + MACROS + SINGULAR_TESTS))
def test_no_line_is_longer_than_88_columns(name: str):
    lines = (ROOT / name).read_text().splitlines()
    assert [line for line in lines if len(line) > 88] == []


@pytest.mark.parametrize("name", names(MODELS))
def test_a_model_begins_with_what_one_row_is(name: str):
    first = (ROOT / name).read_text().splitlines()[0]
    assert first.startswith("-- One row per ")


@pytest.mark.parametrize("name", names(MACROS))
def test_a_macro_file_begins_with_its_purpose_and_is_named_after_its_macro(name: str):
    text = (ROOT / name).read_text()
    first = re.search(r"\{% (?:macro|test) (\w+)", text).group(1)
    assert text.startswith("{#-")
    assert first == Path(name).stem


def test_an_override_stands_beside_an_entry_that_dispatches_to_it():
    for path in MACROS:
        text = path.read_text()
        for engine, name in re.findall(r"macro (\w+?)__(\w+)", text):
            assert f"macro {name}(" in text, (path.name, engine)
            assert "adapter.dispatch" in text, (path.name, engine)


def test_every_model_is_described_and_so_is_every_column_of_a_mart():
    described = "\n".join(path.read_text() for path in (ROOT / "models").rglob("*.yml"))
    for path in MODELS:
        assert f"- name: {path.stem}\n" in described
