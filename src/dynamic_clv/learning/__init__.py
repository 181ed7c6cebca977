"""From labelled cut-offs to a trained model."""
