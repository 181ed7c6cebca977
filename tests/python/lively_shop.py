"""A small lively shop with every input, made of a few rules and no chance."""

import datetime as dt

FIRST_DAY = dt.date(2023, 1, 1)
DAYS = 300

Row = dict[str, str | None]
Inputs = dict[str, list[Row]]


def delivered(count_customers: int = 24) -> Inputs:
    """Return the rows of every input, oldest first."""
    visits = [
        (customer, day)
        for day in range(DAYS)
        for customer in range(count_customers)
        if day >= 5 * (customer % 24)
        and (day - 5 * (customer % 24)) % (11 + 7 * (customer % 24)) == 0
    ]
    orders = [_order(customer, day) for customer, day in visits]
    refunds = [_refund(row) for row in orders[::9]]
    return {
        "orders": sorted(orders + refunds, key=lambda row: row["ordered_at"] or ""),
        "order_lines": [line for row in orders for line in _lines(row)],
        "events": [
            _event(customer, day, n) for customer, day in visits for n in (0, 1)
        ],
        "touches": [_touch(customer, day) for customer, day in visits[::3]],
        "customers": [_customer(customer) for customer in range(count_customers - 2)],
        "referrals": [_referral(customer) for customer in range(1, 12, 2)],
        "customer_snapshots": [
            _snapshot(customer, day)
            for customer in range(count_customers)
            for day in range(30, DAYS, 30)
        ],
        "exchange_rates": [_rate(day) for day in range(0, DAYS, 7)],
    }


def with_prospects(inputs: Inputs, count: int = 40) -> Inputs:
    """Add people who look around; of each five, two order, a month after they came.

    The others: one looks in every week, one came once, one only signed up.
    """
    added: Inputs = {name: list(rows) for name, rows in inputs.items()}
    for person in range(count):
        name, first, kind = f"P{person}", 6 * person, person % 5
        visits = {0: 4, 1: 4, 2: (DAYS - first) // 7, 3: 1, 4: 0}[kind]
        days = [first + 7 * visit for visit in range(visits)]
        added["events"] += [_view(name, day) for day in days]
        added["customers"].append(
            {"customer_id": name, "signed_up_at": day_text(first)}
        )
        if kind < 2:
            added["orders"].append(
                {
                    "customer_id": name,
                    "order_id": f"O{name}",
                    "ordered_at": day_text(first + 30),
                    "amount": "30",
                }
            )
    return added


def day_text(day: int) -> str:
    """Return a day of the shop as text; day 0 is its first."""
    return str(FIRST_DAY + dt.timedelta(days=day))


def _order(customer: int, day: int) -> Row:
    return {
        "customer_id": f"C{customer}",
        "order_id": f"O{customer}-{day}",
        "ordered_at": f"{day_text(day)} {8 + customer % 12:02}:15:00",
        "amount": f"{20 + 3.37 * customer + day % 7:.2f}",
        "discount_amount": "1.10" if day % 4 == 0 else None,
        "currency_code": "USD" if customer % 5 == 0 else "EUR",
        "order_type": "order",
        "channel": ("web", "app", "store")[(customer + day) % 3],
        "device": "mobile" if day % 2 else "desktop",
    }


def _refund(row: Row) -> Row:
    day = dt.date.fromisoformat((row["ordered_at"] or "")[:10])
    return {
        **row,
        "order_type": "refund",
        "ordered_at": str(day + dt.timedelta(days=3)),
        "discount_amount": None,
        "amount": "5.25",
    }


def _lines(row: Row) -> list[Row]:
    number = len(row["order_id"] or "")
    return [
        {
            "order_id": row["order_id"],
            "line_number": str(line),
            "category": ("shoes", "toys", "lamp")[(number + line) % 3],
            "quantity": str(line),
            "unit_price": "3.35",
        }
        for line in (1, 2)
    ]


def _event(customer: int, day: int, number: int) -> Row:
    return {
        "customer_id": f"C{customer}",
        "event_type": ("search", "page_view")[number],
        "occurred_at": f"{day_text(day)} 07:{10 + 40 * number}:00",
        "search_keyword": ("shoes sale", "refund", None)[day % 3]
        if not number
        else None,
    }


def _view(name: str, day: int) -> Row:
    return {
        "customer_id": name,
        "event_type": "page_view",
        "occurred_at": f"{day_text(day)} 09:00:00",
    }


def _touch(customer: int, day: int) -> Row:
    moment = f"{day_text(day)} 06:00:00"
    return {"customer_id": f"C{customer}", "touched_at": moment, "campaign": "news"}


def _customer(customer: int) -> Row:
    return {
        "customer_id": f"C{customer}",
        "signed_up_at": day_text(9 * customer),
        "age": str(20 + customer) if customer % 3 else None,
        "gender": ("f", "m", None)[customer % 3],
        "region": "north" if customer % 2 else "south",
        "acquisition_channel": "search",
    }


def _referral(customer: int) -> Row:
    return {
        "referrer_customer_id": f"C{customer - 1}",
        "referred_customer_id": f"C{customer}",
        "referred_at": day_text(9 * customer),
    }


def _rate(day: int) -> Row:
    rate = f"{0.9 + day / 5000:.4f}"
    return {
        "currency_code": "USD",
        "rate_date": day_text(day),
        "rate_to_reporting": rate,
    }


def _snapshot(customer: int, day: int) -> Row:
    """Return what other inputs tell too, and a region where only it is known."""
    return {
        "customer_id": f"C{customer}",
        "snapshot_date": day_text(day),
        "count_purchases": "2",
        "purchase_amount": "31.50",
        "search_keyword": "size guide",
        "age": str(30 + day // 30),
        "region": "west",
    }
