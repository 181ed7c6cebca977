"""Customer lifetime value inside the warehouse: the learning half of dynamic_clv."""
