"""The CNN-LSTM: its layers, its losses, how it is trained, stored small and asked."""
