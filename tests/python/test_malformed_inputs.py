"""Bad rows are counted and quarantined, bad vars end in a sentence."""

from collections.abc import Callable

import messy_rows
import pytest
from shops import Shop, order

SOUND = ("dynamic_clv.staging", "dynamic_clv.intermediate")

JUDGED = {
    "orders": "int_clv__orders_converted",
    "exchange_rates": "stg_clv__exchange_rates",
    "order_lines": "int_clv__order_lines_matched",
    "events": "int_clv__events_screened",
    "customer_snapshots": "int_clv__customer_snapshots_converted",
    "customers": "stg_clv__customers",
    "touches": "stg_clv__touches",
    "referrals": "stg_clv__referrals",
}


@pytest.fixture(scope="module")
def messy_shop(open_shop: Callable[[str], Shop]) -> Shop:
    """One shop that was delivered everything that can be wrong with a row."""
    shop = open_shop("messy")
    shop.deliver(**messy_rows.delivered())
    build = shop.build()
    assert build.success, build.messages
    return shop


@pytest.fixture(scope="module")
def verdicts(messy_shop: Shop) -> dict[tuple[str, str], str]:
    """What became of each row: (input, sentence) -> accepted, merged or the reason."""
    found = {}
    # some rows are kept where they are rejected only: what staging said comes first
    staged = [(name, f"stg_clv__{name}") for name in JUDGED]
    for name, model in [*staged, *JUDGED.items()]:
        for status, reason, row in messy_shop.rows(
            f"select delivery_status, rejection_reason, raw_row from {model}"
            " where raw_row is not null"
        ):
            sentence = row.rsplit("; note=", 1)[-1]
            found[name, sentence] = status if reason is None else reason
    return found


@pytest.mark.parametrize(
    ("name", "sentence", "verdict"),
    [
        pytest.param(name, sentence, verdict, id=f"{name}: {sentence}")
        for name, sentence, _, verdict in messy_rows.CASES
        if not sentence.startswith("robot ") or sentence == "robot 0"
    ],
)
def test_a_delivered_row_gets_its_verdict(
    verdicts: dict[tuple[str, str], str], name: str, sentence: str, verdict: str
):
    assert verdicts[name, sentence] == verdict


def test_no_delivered_row_is_lost(messy_shop: Shop):
    assert messy_shop.lost() == []
    counted = dict(
        messy_shop.rows(
            "select input_name, count_delivered from int_clv__reconciliation"
        )
    )
    expected = {name: len(rows) for name, rows in messy_rows.delivered().items()}
    assert counted == expected


def test_a_rejected_row_can_be_read_in_the_quarantine(messy_shop: Shop):
    [(row,)] = messy_shop.rows(
        "select raw_row from int_clv__quarantine"
        " where row_key = 'an amount with a currency sign'"
    )
    assert "amount=€12" in row and "customer_id=C1" in row


@pytest.mark.parametrize(
    ("order_id", "amount"),
    [
        ("a plain order", 10),
        ("a negative amount without a type", -5),
        ("a refund with a minus", -4),
        ("a refund without a minus", -4),
        ("a refund and its discount", -4),
        ("a discount of all", 0),
        ("a currency in small letters", 9),  # 10 dollars at 0.9
    ],
)
def test_what_is_accepted_has_the_right_amount(
    messy_shop: Shop, order_id: str, amount: int
):
    found = messy_shop.rows(
        f"select net_amount from int_clv__orders_cleaned where order_id = '{order_id}'"
    )
    assert found == [(amount,)]


@pytest.mark.parametrize(
    "order_id",
    [
        "a time with its offset from UTC",
        "a time in ISO 8601 with offset",
        "a time and hours of offset",
        "a time and hours without space",
        "a time in small letters",
        "a time and a lonely z",
    ],
)
def test_a_time_with_an_offset_is_counted_on_its_day_in_utc(
    messy_shop: Shop, order_id: str
):
    [(day,)] = messy_shop.rows(
        "select cast(ordered_at as varchar) from int_clv__orders_cleaned"
        f" where order_id = '{order_id}'"
    )
    assert day == "2024-03-01 22:30:00"


def test_attributes_that_cannot_be_are_missing_and_flagged(messy_shop: Shop):
    found = messy_shop.rows(
        "select customer_id, age, signed_up_at is null from int_clv__customers_cleaned"
        " where customer_id in ('C1', 'C2', 'C3', 'C4', 'C5') order by customer_id"
    )
    assert found == [
        ("C1", None, False),  # 999 years
        ("C2", None, False),  # an age in words
        ("C3", 40, False),
        ("C4", 40, True),  # a sign-up in words
        ("C5", 40, True),  # a sign-up in 2999
    ]
    flags = messy_shop.rows(
        "select distinct is_age_missing from fea_clv__customer_profile"
        " where customer_id = 'C1'"
    )
    assert flags == [(1,)]


def test_strange_letters_come_out_as_they_went_in(messy_shop: Shop):
    wanted = {"客户-ñ-🛒", "'; drop table orders; --", 'a "b"\nc'}
    found = {row[0] for row in messy_shop.rows("from fea_clv__customer_behaviour")}
    assert wanted <= found


def test_robots_do_not_browse(messy_shop: Shop):
    [(views,)] = messy_shop.rows(
        "select sum(count_page_views) from int_clv__customer_periods"
        " where customer_id = 'C1'"
    )
    assert views == 1


def test_typed_columns_are_judged_like_text(open_shop: Callable[[str], Shop]):
    shop = open_shop("typed")
    shop.deliver(orders=[])
    shop.rows(
        "create or replace table delivered.orders as select * from (values"
        " (1, 'a', timestamptz '2024-03-02 00:30:00+02', 10.5::double),"
        " (1, 'b', timestamptz '2024-03-03 00:00:00+00', 'nan'::double),"
        " (1, 'c', timestamptz '2024-03-03 00:00:00+00', 'inf'::double),"
        " (1, 'd', timestamptz 'infinity', 5),"
        " (null, 'e', timestamptz '2024-03-03 00:00:00+00', 5)"
        ") as t(customer_id, order_id, ordered_at, amount)"
    )
    assert shop.build(SOUND).success
    assert shop.lost() == []
    assert [row[1:] for row in shop.quarantined()] == [
        ("b", "amount_not_a_number"),
        ("c", "amount_not_a_number"),
        ("d", "ordered_at_in_the_future"),
        ("e", "customer_id_missing"),
    ]
    assert shop.rows(
        "select customer_id, cast(order_date as varchar) from int_clv__orders_cleaned"
    ) == [("1", "2024-03-01")]


@pytest.mark.parametrize("floating", ["double", "decimal(18, 2)"])
def test_an_id_is_the_same_in_every_type_of_number(
    open_shop: Callable[[str], Shop], floating: str
):
    shop = open_shop("numbered")
    shop.deliver(orders=[], customers=[], order_lines=[])
    ids = "3000000007, 7.5, -1, null"
    shop.execute(f"""
        create or replace table delivered.orders as
        select 3000000007 as customer_id, 12 as order_id, 10 as amount,
            date '2024-03-02' as ordered_at;
        create or replace table delivered.order_lines as
        select cast(12 as {floating}) as "Order_ID", 'shoes' as category, 1 as quantity;
        create or replace table delivered.customers as
        select cast(unnest([{ids}]) as {floating}) as customer_id
    """)
    build = shop.build(SOUND)
    assert build.success, build.messages
    assert [row[2] for row in shop.quarantined()] == ["customer_id_missing"]
    told = shop.rows("select customer_id from stg_clv__customers order by all")
    fraction = "7.5" if floating == "double" else "7.50"
    assert told == [("-1",), ("3000000007",), (fraction,), (None,)]
    assert shop.rows("select order_id from int_clv__order_lines_cleaned") == [("12",)]


def test_an_id_too_large_for_its_type_stays_as_it_is(open_shop: Callable[[str], Shop]):
    shop = open_shop("large_numbers")
    shop.deliver(orders=[], customers=[])
    shop.execute("""
        create or replace table delivered.customers as
        select unnest([9007199254740992, 1e300, 'inf', 'nan']::double[]) as customer_id
    """)
    build = shop.build(("stg_clv__customers",))
    assert build.success, build.messages
    found = shop.rows("select customer_id from stg_clv__customers order by all")
    assert found == [("1e+300",), ("9007199254740992",), ("inf",), ("nan",)]


@pytest.fixture(scope="module")
def plain_shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop whose orders change from test to test."""
    return open_shop("plain")


WHOLE_SHOPS = {
    "without any order": ([], 0),
    "with one customer": ([order("C1", "2024-01-01"), order("C1", "2024-02-01")], 1),
    "of one day": ([order("C1", "2024-01-01"), order("C2", "2024-01-01")], 2),
    "where nobody returns": (
        [order(f"C{n}", f"2024-0{n}-01") for n in range(1, 10)],
        9,
    ),
    "of refunds only": (
        [order("C1", "2024-01-01", "-5"), order("C2", "2024-02-01", "-5")],
        0,
    ),
    "where all is quarantined": ([order("C1", "never"), order("C2", "ever")], 0),
}


@pytest.mark.parametrize("name", WHOLE_SHOPS)
def test_features_are_built_for_a_shop(plain_shop: Shop, name: str):
    orders, count_customers = WHOLE_SHOPS[name]
    plain_shop.deliver(orders=orders)
    build = plain_shop.build()
    assert build.success, build.messages
    assert plain_shop.lost() == []
    found = plain_shop.rows(
        "select count(*) from fea_clv__customer_behaviour join fea_clv__as_of_dates"
        " using (as_of_date) where role = 'today'"
    )
    assert found == [(count_customers,)]


def test_an_as_of_date_before_any_order_gives_empty_features(plain_shop: Shop):
    plain_shop.deliver(orders=[order("C1", "2024-01-01")])
    build = plain_shop.build(clv_as_of_date="2023-06-01")
    assert build.success, build.messages
    assert plain_shop.rows("select count(*) from fea_clv__as_of_dates") == [(0,)]
    assert plain_shop.rows("select count(*) from fea_clv__customer_profile") == [(0,)]


# Bad vars by round: those of one round are set together, and each must be named.
BAD_VARS = [
    {
        "clv_as_of_date": ("2024-02-30", "a day such as 2024-12-31"),
        "clv_horizon_days": (0, "a whole number of days from 1 to 3650"),
        "clv_window_periods": (0, "a whole number from 2 on"),
        "clv_reporting_currency": ("euro", "an ISO-4217 code in capitals"),
        "clv_include_tax": ("maybe", "true or false"),
        "clv_imputation": ({"height": "mean"}, "a strategy for each of age"),
        "clv_loss": ("guess", "tweedie or mse"),
        "clv_champion": ("mine", "cnn_lstm or best"),
    },
    {
        "clv_as_of_date": ("tomorrow", "a day such as 2024-12-31"),
        "clv_period": ("fortnight", "day, week or month"),
        "clv_horizon_days": (-30, "a whole number of days from 1 to 3650"),
        "clv_imputation": ({"age": "unknown"}, "cannot use unknown for age"),
        "clv_seed": ("x", "a whole number from 0 on"),
    },
    {
        "clv_as_of_date": ("2999-01-01", "a day that is not in the future"),
        "clv_horizon_days": (3, "at least the days of one `clv_period`"),
        "clv_imputation": ({"region": "mean"}, "cannot use mean for region"),
        "clv_force_retrain": ("often", "true or false"),
        "clv_currency": ("EUR", "the nearest is `clv_reporting_currency`"),
        "clv_customers_relation": ("delivered.custmers", "a table or view that is"),
        "clv_ensemble_members": (1.5, "a whole number from 1 on"),
    },
    {
        "clv_orders_relation": ("none", "wanted orders or customer snapshots"),
        "clv_customer_snapshots_relation": ("none", "Found neither"),
    },
    {"clv_imputation": ("median", "a strategy for each of age")},
]


@pytest.fixture(scope="module")
def refusals(plain_shop: Shop) -> list[str]:
    """What dbt said in each round of bad vars."""
    plain_shop.deliver(orders=[order("C1", "2024-01-01")])
    said = []
    for bad in BAD_VARS:
        values = {name: value for name, (value, _) in bad.items()}
        build = plain_shop.build(("stg_clv__customers",), **values)
        assert not build.success
        said.append(build.messages)
    return said


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        pytest.param(turn, name, id=f"{name}={bad[name][0]}")
        for turn, bad in enumerate(BAD_VARS)
        for name in bad
    ],
)
def test_a_var_is_refused_in_a_sentence(refusals: list[str], turn: int, name: str):
    _, sentence = BAD_VARS[turn][name]
    assert sentence in refusals[turn]
    assert name in refusals[turn]
    assert "Traceback" not in refusals[turn]


def test_orders_that_are_not_there_are_asked_for(plain_shop: Shop):
    plain_shop.deliver()
    build = plain_shop.build(("stg_clv__orders",))
    assert "Found no such table" in build.messages
    assert "none" not in build.messages


@pytest.mark.parametrize("counts", [True, False])
def test_a_discount_may_pay_for_shipping_that_counts(plain_shop: Shop, counts: bool):
    plain_shop.deliver(
        orders=[
            order("C1", "2024-01-01", "3", shipping_amount="5", discount_amount="5")
        ]
    )
    build = plain_shop.build(("stg_clv__orders",), clv_include_shipping=counts)
    assert build.success, build.messages
    reason = None if counts else "discount_larger_than_amount"
    assert plain_shop.rows("select rejection_reason from stg_clv__orders") == [
        (reason,)
    ]
