"""What orders alone lead one to expect: BG/NBD, Gamma-Gamma, level and season."""
