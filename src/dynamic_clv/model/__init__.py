"""One trained model: what it is shown, its experts and their shares, its row."""
