"""What a shop sees that installs the package in a dbt project of its own."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner
from shops import PROJECT, Shop

ORDERS = (
    "select 'C1' as customer_id, 'O1' as order_id, 5 as amount, {day} as ordered_at"
)
EVENTS = (
    "select 'C1' as customer_id, '{kind}' as event_type, day as occurred_at"
    " from (values (date '2024-01-01'), (date '2024-03-01')) as days(day)"
)
NAMESAKE = """
    {{ config(schema='mine', enabled=var('has_namesake', false)) }} select 1 as anything
"""
SNAPSHOTS = "select 'C1' as customer_id, date '2024-01-01' as snapshot_date"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the project lies."""
    return tmp_path_factory.mktemp("consumer")


@pytest.fixture(scope="module")
def run(
    folder: Path, open_shop: Callable[[str], Shop]
) -> Callable[..., tuple[bool, str]]:
    """Run dbt in a project that tells the package the given vars."""
    (folder / "models").mkdir()
    orders = ORDERS.format(day="date '2024-01-01'")
    (folder / "models" / "clv_input_orders.sql").write_text(orders)
    (folder / "models" / "clv_input_customer_snapshots.sql").write_text(SNAPSHOTS)
    (folder / "models" / "clv_predictions.sql").write_text(NAMESAKE)
    packages = {"packages": [{"local": str(PROJECT)}]}
    (folder / "packages.yml").write_text(json.dumps(packages))
    profile = {"type": "duckdb", "path": str(folder / "consumer.duckdb")}
    profiles = {"consumer": {"target": "dev", "outputs": {"dev": profile}}}
    (folder / "profiles.yml").write_text(json.dumps(profiles))

    def run_one(
        *command: str, flags: Mapping[str, bool] | None = None, **vars: object
    ) -> tuple[bool, str]:
        models = vars.pop("models", {})
        project = {"name": "consumer", "profile": "consumer", "vars": vars}
        project |= {"models": models, "flags": dict(flags or {})}
        (folder / "dbt_project.yml").write_text(json.dumps(project))
        said: list[str] = []
        runner = dbtRunner(callbacks=[lambda event: _listen(event, said)])
        where = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
        answer = runner.invoke([*command, *where, "--quiet"])
        open_shop("consumer").release()
        return bool(answer.success), "\n".join([*said, str(answer.exception or "")])

    assert run_one("deps")[0]
    return run_one


def _listen(event: object, said: list[str]) -> None:
    if event.info.level in ("error", "warn"):
        said.append(event.info.msg)


def test_the_relations_of_the_readme_are_found_without_a_warning(
    run: Callable[..., tuple[bool, str]],
):
    relation = "{{ ref('consumer', 'clv_input_orders') }}"
    answer = run(
        "build",
        "--select",
        "+stg_clv__orders",
        dynamic_clv={"clv_orders_relation": relation},
        clv_reporting_currency="USD",
        clv_shop={"clv_mine": "another package's"},
    )
    assert answer == (True, "")


def test_a_model_of_the_shop_with_a_name_of_ours_is_not_reported(
    run: Callable[..., tuple[bool, str]],
):
    answer = run(
        *("run", "--select", "consumer.clv_predictions"),
        flags={"require_ref_searches_node_package_before_root": True},
        has_namesake=True,
    )
    assert answer == (True, "")


def test_a_name_that_no_var_has_is_refused_wherever_it_stands(
    run: Callable[..., tuple[bool, str]],
):
    success, said = run(
        "run",
        "--vars",
        "{clv_ensembl_member: 3}",
        dynamic_clv={"horizon_days": 30},
        clv_window_period=8,
    )
    assert not success
    for wrong, right in {
        "clv_ensembl_member": "clv_ensemble_members",
        "horizon_days": "clv_horizon_days",
        "clv_window_period": "clv_window_periods",
    }.items():
        assert (
            f"`{wrong}` is not a var of dynamic_clv; the nearest is `{right}`" in said
        )


def test_a_var_in_a_place_where_dbt_does_not_look_is_refused(
    run: Callable[..., tuple[bool, str]],
):
    success, said = run(
        "run",
        "--vars",
        "{dynamic_clv: {clv_horizon_days: 33}}",
        consumer={"clv_window_periods": 20, "clv_seed": 3, "my_own": 1},
        dynamic_clv={"clv_seed": 3},
    )
    assert not success
    assert (
        "`clv_horizon_days` stands below `dynamic_clv` in --vars, where dbt does not"
        " look. Write --vars '{clv_horizon_days: 33}'." in said
    )
    assert "`clv_window_periods` stands below the name of your project" in said
    assert "`clv_seed`" not in said and "my_own" not in said


def test_snapshots_may_be_all_that_a_shop_names(run: Callable[..., tuple[bool, str]]):
    relation = "{{ ref('consumer', 'clv_input_customer_snapshots') }}"
    answer = run(
        "build",
        "--select",
        "+stg_clv__orders",
        "+int_clv__snapshot_orders",
        dynamic_clv={
            "clv_orders_relation": "none",
            "clv_customer_snapshots_relation": relation,
        },
    )
    assert answer == (True, "")


def test_a_shop_without_orders_and_snapshots_is_asked_for_one_of_them(
    run: Callable[..., tuple[bool, str]],
):
    success, said = run("run", "--select", "stg_clv__orders")
    assert not success
    assert "wanted orders or customer snapshots. Found neither" in said
    assert "`clv_orders_relation`" in said
    assert "`clv_customer_snapshots_relation`" in said


def keeping_models() -> set[str]:
    """Return the models that are incremental by what the package says."""
    asked = [
        "ls",
        "--resource-type",
        "model",
        "--select",
        "config.materialized:incremental",
    ]
    where = ["--project-dir", str(PROJECT), "--profiles-dir", f"{PROJECT}/profiles"]
    answer = dbtRunner().invoke([*asked, *where, "--quiet"])
    return {name.rsplit(".", 1)[-1] for name in answer.result}


@pytest.mark.parametrize(
    "models",
    [{"+materialized": "table"}, {"dynamic_clv": {"+materialized": "view"}}],
    ids=["for all models", "for those of the package"],
)
def test_no_model_that_keeps_rows_becomes_another_by_a_word_of_the_shop(
    run: Callable[..., tuple[bool, str]], models: dict[str, object]
):
    success, said = run("run", "--select", "stg_clv__orders", models=models)
    assert not success
    named = set(re.findall(r"`(\w+)` (?:table|view)", said))
    assert named == keeping_models() and len(named) == 10
    assert "say that below the name of your project" in said


def test_a_full_refresh_of_the_shop_s_own_does_not_reach_history(
    run: Callable[..., tuple[bool, str]],
):
    models = {"dynamic_clv": {"marts": {"+full_refresh": True}}}
    success, said = run("run", "--select", "stg_clv__orders", models=models)
    assert not success
    named = re.findall(r"`(\w+)` full_refresh True", said)
    assert "clv_prediction_history" in named
    assert "clv_segment_transitions" not in named


def test_other_models_are_the_shop_s_to_change(run: Callable[..., tuple[bool, str]]):
    models = {
        "consumer": {"+materialized": "table"},
        "dynamic_clv": {
            "+meta": {"owner": "ours"},
            "staging": {"+materialized": "table"},
            "marts": {"clv_prediction_history": {"+tags": "ours"}},
        },
    }
    relation = "{{ ref('consumer', 'clv_input_orders') }}"
    answer = run(
        "run",
        "--select",
        "+stg_clv__orders",
        models=models,
        dynamic_clv={"clv_orders_relation": relation},
    )
    assert answer == (True, "")


def test_a_view_that_a_refresh_does_not_build_is_noticed_once_it_is_built(
    run: Callable[..., tuple[bool, str]], folder: Path
):
    """A view of visits becomes one of searches; one visit is too old to be late."""
    view = folder / "models" / "clv_input_events.sql"
    inputs = {
        f"clv_{name}_relation": f"{{{{ ref('consumer', 'clv_input_{name}') }}}}"
        for name in ("orders", "events")
    }

    def cleaned(*select: str) -> tuple[str, list[int]]:
        assert run("run", "--select", *select, dynamic_clv=inputs)[0]
        with duckdb.connect(str(folder / "consumer.duckdb")) as connection:
            days = "select count_searches from int_clv__event_days order by event_date"
            searches = [row[0] for row in connection.execute(days).fetchall()]
            reason = connection.execute("select reason from int_clv__events_window")
            return reason.fetchone()[0], searches

    every = ("+int_clv__event_days", "+stg_clv__orders")
    refresh = ("dynamic_clv.staging", "dynamic_clv.intermediate")
    late = "new and late rows"
    view.write_text(EVENTS.format(kind="page_view"))
    assert cleaned(*every) == ("nothing is held yet", [0, 0])
    assert cleaned(*refresh) == (late, [0, 0])
    view.write_text(EVENTS.format(kind="search"))
    assert cleaned(*refresh) == (late, [0, 0])
    assert cleaned(*refresh) == (late, [0, 0])
    assert cleaned(*every) == ("settings, inputs or code have changed", [1, 1])
    assert cleaned(*refresh) == (late, [1, 1])
    view.write_text(EVENTS.format(kind="page_view"))
    assert cleaned(*refresh, "clv_input_events")[1] == [0, 0]
