"""A made-up shop whose customers browse, order, lose interest and leave.

`python -m dynamic_clv.demo_shop seeds` writes the demo seeds; with `--customers`
the same shop grows as large as a benchmark wants. The hidden life of a customer
(how often they would order, when they leave) is never written: like in a real
shop, only its traces are.
"""

from dynamic_clv.demo_shop.shop import write_shop

__all__ = ["write_shop"]
