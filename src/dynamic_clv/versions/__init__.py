"""Which trained model scores, and when a new one is due."""
