"""Rows that shops really deliver, and what must become of each.

One case is (input, sentence, row, verdict). The sentence travels with the row in a
column `note`, which no contract knows. The verdict is `accepted`, `merged`, or the
reason that must stand in the quarantine.
"""

Case = tuple[str, str, dict[str, str | None], str]

MEGABYTE = "x" * 1_000_000


def _order(sentence: str, verdict: str, **row: str | None) -> Case:
    usual = {"customer_id": "C1", "order_id": sentence, "ordered_at": "2024-03-01"}
    return "orders", sentence, {**usual, "amount": "10", **row}, verdict


def _dated(sentence: str, day: str | None, verdict: str) -> Case:
    return _order(sentence, verdict, ordered_at=day)


def _priced(sentence: str, amount: str | None, verdict: str, **row: str) -> Case:
    return _order(sentence, verdict, amount=amount, **row)


ORDERS = [
    _order("a plain order", "accepted"),
    _dated("a day that no calendar has", "2024-02-30", "ordered_at_not_a_date"),
    _dated("a date in words", "yesterday", "ordered_at_not_a_date"),
    _dated("a date that can be read two ways", "01/02/2024", "ordered_at_not_a_date"),
    _dated("a date without a value", None, "ordered_at_missing"),
    _dated("a date of blanks", "   ", "ordered_at_missing"),
    _dated("a date centuries ahead", "2999-01-01", "ordered_at_in_the_future"),
    _dated("a date without end", "infinity", "ordered_at_in_the_future"),
    _dated("a date before there were shops", "1970-01-01", "ordered_at_before_1990"),
    _dated("a year of two digits", "24-03-01", "ordered_at_before_1990"),
    _dated("a time with its offset from UTC", "2024-03-02 00:30:00 +0200", "accepted"),
    _dated("a time in ISO 8601 with offset", "2024-03-02T00:30:00+02:00", "accepted"),
    _dated("a time and hours of offset", "2024-03-01 14:30:00 -08", "accepted"),
    _dated("a time and hours without space", "2024-03-01T23:30:00.0+01", "accepted"),
    _dated("a time in small letters", "2024-03-01t22:30:00z", "accepted"),
    _dated("a time and a lonely z", "2024-03-01 22:30:00 z", "accepted"),
    _dated(
        "a named zone", "2024-03-02 00:30:00 Europe/Berlin", "ordered_at_not_a_date"
    ),
    _priced("an amount in words", "abc", "amount_not_a_number"),
    _priced("an amount of nothing", "", "amount_missing"),
    _priced("an amount that is null", None, "amount_missing"),
    _priced("an amount that is no number", "NaN", "amount_not_a_number"),
    _priced("an amount without end", "Infinity", "amount_not_a_number"),
    _priced("an amount too large for a float", "1e400", "amount_not_a_number"),
    _priced("an amount with a comma", "1,234.50", "amount_not_a_number"),
    _priced("an amount with a currency sign", "€12", "amount_not_a_number"),
    _priced("an amount of a million millions", "1e12", "amount_out_of_range"),
    _priced("a negative order", "-5", "amount_negative", order_type="order"),
    _priced("a negative amount without a type", "-5", "accepted"),
    _priced("a refund with a minus", "-4", "accepted", order_type="refund"),
    _priced("a refund without a minus", "4", "accepted", order_type="Refund"),
    _priced(
        "a discount larger than the amount",
        "10",
        "discount_larger_than_amount",
        discount_amount="10.01",
    ),
    _priced("a discount of all", "10", "accepted", discount_amount="-10"),
    _priced(
        "a refund and its discount",
        "4",
        "accepted",
        order_type="refund",
        discount_amount="5",
    ),
    _order("a customer who is null", "customer_id_missing", customer_id=None),
    _order("a customer of blanks", "customer_id_missing", customer_id="  "),
    _order("an order id of blanks", "order_id_missing", order_id=" "),
    _order("said twice, once", "accepted", order_id="twice"),
    _order("said twice, again", "merged", order_id="twice"),
    _priced("two amounts, the larger", "9", "accepted", order_id="two amounts"),
    _priced(
        "two amounts, the smaller", "8", "conflicting_duplicate", order_id="two amounts"
    ),
    _order("two discounts, none", "accepted", order_id="two discounts"),
    _order(
        "two discounts, three",
        "conflicting_duplicate",
        order_id="two discounts",
        discount_amount="3",
    ),
    _order("an order of two days, the first", "accepted", order_id="two days"),
    _order(
        "an order of two days, the second",
        "conflicting_duplicate",
        order_id="two days",
        ordered_at="2024-03-09",
    ),
    _order("a currency without a rate", "exchange_rate_missing", currency_code="XYZ"),
    _order("a currency of four letters", "currency_code_invalid", currency_code="EURO"),
    _order("a currency in small letters", "accepted", currency_code="usd"),
    _order("a rate that came later", "exchange_rate_missing", currency_code="JPY"),
    _order("a rate of zero", "exchange_rate_missing", currency_code="ZER"),
    _order("a rate below zero", "exchange_rate_missing", currency_code="NEG"),
    _order("a rate that is no number", "exchange_rate_missing", currency_code="NAN"),
    _priced("a rate that bursts", "1e10", "amount_out_of_range", currency_code="BIG"),
    _order("an order of no known type", "order_type_unknown", order_type="gift"),
    _order("an order of the testers", "test_order", order_type="TEST"),
    _order("a discount in words", "discount_amount_not_a_number", discount_amount="x"),
    _order("a tax in words", "tax_amount_not_a_number", tax_amount="x"),
    _order(
        "a shipping fee in words", "shipping_amount_not_a_number", shipping_amount="x"
    ),
    _order("a field of a megabyte", "accepted", channel=MEGABYTE),
    _order("a zero byte inside", "accepted", order_id="zero\0byte"),
    _order("letters of the world", "accepted", customer_id="客户-ñ-🛒"),
    _order("a piece of SQL", "accepted", customer_id="'; drop table orders; --"),
    _order("a line break and quotes", "accepted", customer_id='a "b"\nc'),
]

RATES: list[Case] = [
    (
        "exchange_rates",
        sentence,
        {"currency_code": code, "rate_date": day, "rate_to_reporting": rate},
        verdict,
    )
    for sentence, code, day, rate, verdict in [
        ("an old rate", "USD", "2024-01-01", "0.5", "accepted"),
        ("the newest rate, once", "USD", "2024-02-28", "0.9", "accepted"),
        ("the newest rate, again", "USD", "2024-02-28", "0.9", "merged"),
        ("a rival of that rate", "USD", "2024-02-28", "0.1", "conflicting_duplicate"),
        ("a rate after the order", "USD", "2024-03-02", "7", "accepted"),
        ("yen, from the next day on", "JPY", "2024-03-02", "0.006", "accepted"),
        ("worth nothing", "ZER", "2024-01-01", "0", "rate_to_reporting_out_of_range"),
        ("worth less", "NEG", "2024-01-01", "-1", "rate_to_reporting_out_of_range"),
        ("worth NaN", "NAN", "2024-01-01", "NaN", "rate_to_reporting_out_of_range"),
        ("worth all", "ALL", "2024-01-01", "inf", "rate_to_reporting_out_of_range"),
        ("in words", "WRD", "2024-01-01", "x", "rate_to_reporting_not_a_number"),
        ("worth very much", "BIG", "2024-01-01", "9e8", "accepted"),
        ("of no currency", None, "2024-01-01", "1", "currency_code_missing"),
        ("of no calendar", "USD", "2023-02-29", "1", "rate_date_not_a_date"),
    ]
]

LINES: list[Case] = [
    (
        "order_lines",
        sentence,
        {
            "order_id": order_id,
            "line_number": number,
            "category": "shoes",
            "quantity": quantity,
            "unit_price": price,
        },
        verdict,
    )
    for sentence, order_id, number, quantity, price, verdict in [
        ("a plain line", "a plain order", "1", "2", "5", "accepted"),
        ("a line of an unknown order", "nobody's", "1", "1", "5", "order_unknown"),
        (
            "a line of a rejected order",
            "a date in words",
            "1",
            "1",
            "5",
            "order_unknown",
        ),
        ("a line of no order", None, "1", "1", "5", "order_id_missing"),
        ("a negative quantity", "a plain order", "2", "-1", "5", "quantity_negative"),
        (
            "a quantity in words",
            "a plain order",
            "2",
            "x",
            "5",
            "quantity_not_a_number",
        ),
        ("no quantity", "a plain order", "2", None, "5", "quantity_missing"),
        ("a price in words", "a plain order", "2", "1", "x", "unit_price_not_a_number"),
        ("a negative price", "a plain order", "2", "1", "-5", "unit_price_negative"),
        (
            "a quantity without bounds",
            "a plain order",
            "2",
            "1e12",
            "5",
            "quantity_out_of_range",
        ),
        (
            "a large price of many pieces",
            "a plain order",
            "3",
            "1e9",
            "1e11",
            "accepted",
        ),
        ("line four", "a plain order", "4", "2", "5", "accepted"),
        (
            "line four, with fewer pieces",
            "a plain order",
            "4",
            "1",
            "5",
            "conflicting_duplicate",
        ),
        ("without a number", "twice", None, "1", "5", "accepted"),
        ("another without a number", "twice", None, "2", "5", "accepted"),
    ]
]

EVENTS: list[Case] = [
    (
        "events",
        sentence,
        {"customer_id": customer, "event_type": kind, "occurred_at": moment},
        verdict,
    )
    for sentence, customer, kind, moment, verdict in [
        ("a plain event", "C1", "page_view", "2024-03-01 10:00:00", "accepted"),
        ("an event of nobody", None, "page_view", "2024-03-01", "customer_id_missing"),
        ("an event of no type", "C1", "", "2024-03-01", "event_type_missing"),
        ("an event of no time", "C1", "search", None, "occurred_at_missing"),
        ("an event of a bad time", "C1", "search", "noon", "occurred_at_not_a_date"),
        ("an event of a new type", "C1", "teleport", "2024-03-01", "accepted"),
        ("an event of a stranger", "C99", "page_view", "2024-03-01", "accepted"),
    ]
] + [
    (
        "events",
        f"robot {number}",
        {
            "customer_id": "C1",
            "event_type": "page_view",
            "occurred_at": f"2024-03-03 12:00:00.{number:03}",
        },
        "robot_traffic",
    )
    for number in range(301)
]

CUSTOMERS: list[Case] = [
    (
        "customers",
        sentence,
        {"customer_id": customer, "age": age, "signed_up_at": day},
        verdict,
    )
    for sentence, customer, age, day, verdict in [
        ("a customer of 999 years", "C1", "999", "2024-01-01", "accepted"),
        ("an age in words", "C2", "old", "2024-01-01", "accepted"),
        ("a plain customer", "C3", "40", "2024-01-01", "accepted"),
        ("the same customer later", "C3", "41", "2024-02-01", "merged"),
        ("a customer of no date", "C6", "40", None, "accepted"),
        ("that customer with a date", "C6", "41", "2024-02-01", "merged"),
        ("a sign-up in words", "C4", "40", "soon", "accepted"),
        ("a sign-up centuries ahead", "C5", "40", "2999-01-01", "accepted"),
        ("a customer without an id", None, "40", "2024-01-01", "customer_id_missing"),
    ]
]

TOUCHES: list[Case] = [
    ("touches", sentence, {"customer_id": customer, "touched_at": day}, verdict)
    for sentence, customer, day, verdict in [
        ("a plain contact", "C1", "2024-02-01", "accepted"),
        ("a contact with nobody", "", "2024-02-01", "customer_id_missing"),
        ("a contact on no day", "C1", "", "touched_at_missing"),
        ("a contact on a bad day", "C1", "2024-02-31", "touched_at_not_a_date"),
    ]
]

REFERRALS: list[Case] = [
    (
        "referrals",
        sentence,
        {
            "referrer_customer_id": referrer,
            "referred_customer_id": referred,
            "referred_at": day,
        },
        verdict,
    )
    for sentence, referrer, referred, day, verdict in [
        ("a plain referral", "C1", "C2", "2024-01-01", "accepted"),
        (
            "a later claim to the same",
            "C3",
            "C2",
            "2024-01-02",
            "conflicting_duplicate",
        ),
        (
            "a referral of oneself",
            "C1",
            "C1",
            "2024-01-01",
            "customer_refers_themselves",
        ),
        (
            "a referral by nobody",
            None,
            "C3",
            "2024-01-01",
            "referrer_customer_id_missing",
        ),
        (
            "a referral of nobody",
            "C1",
            None,
            "2024-01-01",
            "referred_customer_id_missing",
        ),
        ("a referral on no day", "C1", "C4", None, "referred_at_missing"),
    ]
]


def _snapshot(sentence: str, verdict: str, **row: str | None) -> Case:
    usual = {"customer_id": sentence, "snapshot_date": "2024-03-01"}
    return "customer_snapshots", sentence, {**usual, **row}, verdict


def _bought(sentence: str, count: str | None, amount: str | None, verdict: str) -> Case:
    row = {"count_purchases": count, "purchase_amount": amount}
    return _snapshot(sentence, verdict, **row)


SNAPSHOTS = [
    _snapshot("a snapshot of silence", "accepted"),
    _snapshot("of nobody", "customer_id_missing", customer_id=" "),
    _snapshot("of no day", "snapshot_date_missing", snapshot_date=None),
    _snapshot("of a bad day", "snapshot_date_not_a_date", snapshot_date="2023-02-29"),
    _snapshot(
        "of the year 2999", "snapshot_date_in_the_future", snapshot_date="2999-01-01"
    ),
    _snapshot("of 1970", "snapshot_date_before_1990", snapshot_date="1970-01-01"),
    _bought("an amount and no count", None, "12.50", "accepted"),
    _bought("three purchases", "3", "10", "accepted"),
    _bought("three purchases in decimals", "3.0", "10", "accepted"),
    _bought("a purchase for nothing", "1", "0", "accepted"),
    _bought("no purchase for nothing", "0", "0", "accepted"),
    _bought("money given back", None, "-5", "accepted"),
    _bought("money given back, no purchase", "0", "-5", "accepted"),
    _bought("a purchase below zero", "1", "-5", "purchase_amount_negative"),
    _bought("money and no purchase", "0", "5", "purchase_amount_without_purchase"),
    _bought("a purchase and no money", "1", None, "purchase_amount_missing"),
    _bought("money in words", "1", "ten", "purchase_amount_not_a_number"),
    _bought("money without end", "1", "1e12", "purchase_amount_out_of_range"),
    _bought("half a purchase", "0.5", "5", "count_purchases_not_a_number"),
    _bought("purchases in words", "often", "5", "count_purchases_not_a_number"),
    _bought("purchases that are no number", "NaN", "5", "count_purchases_not_a_number"),
    _bought("fewer than no purchases", "-1", "5", "count_purchases_negative"),
    _bought("purchases without end", "1e6", "5", "count_purchases_out_of_range"),
    _snapshot(
        "views in words", "count_page_views_not_a_number", count_page_views="many"
    ),
    _snapshot(
        "fewer than no views", "count_page_views_negative", count_page_views="-1"
    ),
    _snapshot(
        "views without end", "count_page_views_out_of_range", count_page_views="1e13"
    ),
    _snapshot("an age of 999", "accepted", age="999"),
    _snapshot("an age in letters", "accepted", age="old"),
    _snapshot(
        "a currency of one letter",
        "currency_code_invalid",
        purchase_amount="5",
        currency_code="$",
    ),
    _snapshot(
        "money without a rate",
        "exchange_rate_missing",
        purchase_amount="5",
        currency_code="XYZ",
    ),
    _snapshot("no money and no rate", "accepted", currency_code="XYZ"),
    _snapshot("seen once", "accepted", customer_id="C1", count_page_views="9"),
    _snapshot("seen again", "merged", customer_id="C1", count_page_views="9"),
    _snapshot(
        "seen in the evening of that day",
        "merged",
        customer_id="C1",
        count_page_views="9.0",
        snapshot_date="2024-03-01 20:00:00",
    ),
    _snapshot(
        "seen with fewer views",
        "conflicting_duplicate",
        customer_id="C1",
        count_page_views="8",
    ),
]

CASES = [
    *ORDERS,
    *RATES,
    *LINES,
    *EVENTS,
    *CUSTOMERS,
    *TOUCHES,
    *REFERRALS,
    *SNAPSHOTS,
]


def delivered() -> dict[str, list[dict[str, str | None]]]:
    """Return all rows by input, each with its sentence in the column `note`."""
    inputs: dict[str, list[dict[str, str | None]]] = {}
    for name, sentence, row, _ in CASES:
        inputs.setdefault(name, []).append({**row, "note": sentence})
    return inputs
