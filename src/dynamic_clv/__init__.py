"""Customer lifetime value inside the warehouse: the learning half of dynamic_clv."""

from dynamic_clv.serving import score

__all__ = ["score"]
