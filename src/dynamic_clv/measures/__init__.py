"""How good an answer is, and what rules and textbook learners answer."""
