"""The back-test, and whether a challenger takes the champion's place."""
