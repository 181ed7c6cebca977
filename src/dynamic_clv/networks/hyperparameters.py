"""What can be changed in the training of networks, and what is done unasked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hyperparameters:
    """How networks are built and trained.

    Attributes:
        learning_rate: of Adam.
        weight_decay: decoupled from the gradient (Loshchilov and Hutter 2019, AdamW).
        width: filters of the convolution, and units of the LSTM.
        dropouts: share of features and dense units left out, taken in turn by the
            members. Which of them a shop is better off with is less than its
            validation cut-off can tell, and their average is as good as the better one
            (Wenzel et al. 2020, "Hyperparameter Ensembles").
        channel_dropout: share of a customer's channels left out at a training step.
        amount_jitter: standard deviation of the noise by which every number of the
            windows is multiplied at a training step, around 1.
        silent_channels: channels that are not listened to.
    """

    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    width: int = 32
    dropouts: tuple[float, ...] = (0.0, 0.2)
    channel_dropout: float = 0.0
    amount_jitter: float = 0.0
    silent_channels: tuple[str, ...] = ()


DEFAULTS = Hyperparameters()
