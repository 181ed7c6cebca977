"""Errors that say what was wanted, what was received, and what to do."""

from collections.abc import Iterable


class ClvError(Exception):
    """Anything that this library stops for on purpose.

    Args:
        *sentences: what was wanted, what was received, what to do; joined by spaces.

    Example:
        >>> str(ClvError("Wanted a date.", "Received 'soon'.", "Use YYYY-MM-DD."))
        "Wanted a date. Received 'soon'. Use YYYY-MM-DD."
    """

    def __init__(self, *sentences: str) -> None:
        """Join the sentences into one message."""
        super().__init__(" ".join(sentences))


class NotEnoughData(ClvError):  # noqa: N818 (reads as the reason that it is)
    """There is too little history to learn from; a fallback should answer instead."""

    @classmethod
    def too_few(cls, what: str, wanted: int, received: float) -> "NotEnoughData":
        """Say that a count is below its least useful value."""
        return cls(
            f"At least {wanted} {what} are needed.",
            f"Received {received:g}.",
            "Wait for more orders, or let the simpler fallback answer.",
        )


class BadInput(ClvError):  # noqa: N818
    """A table or array does not look as promised."""

    @classmethod
    def missing_columns(
        cls,
        table: str,
        wanted: Iterable[str],
        found: Iterable[str],
        advice: str | None = None,
    ) -> "BadInput":
        """Name the columns of a table that are absent, and those that are there.

        Args:
            table: a model of dbt, or what else holds the columns.
            wanted: columns.
            found: columns that are there.
            advice: what to do; by default, build the model.
        """
        found = list(found)
        missing = ", ".join(f"`{name}`" for name in wanted if name not in found)
        return cls(
            f"Column {missing} missing from `{table}`.",
            f"Found: {', '.join(found) or 'no column'}.",
            advice or f"Run `dbt build -s {table}`.",
        )

    @classmethod
    def unequal_lengths(cls, lengths: dict[str, int]) -> "BadInput":
        """Say that arrays which describe the same customers differ in length."""
        received = ", ".join(f"{name} {length}" for name, length in lengths.items())
        return cls(
            "Arrays must hold one value per customer.",
            f"Received lengths: {received}.",
            "Take all of them from the same rows.",
        )

    @classmethod
    def out_of_range(cls, name: str, wanted: str, count: int) -> "BadInput":
        """Say how many values of one array break a rule."""
        return cls(
            f"`{name}` must be {wanted}.",
            f"Received {count} values that are not.",
            "Check the model that computes it.",
        )


class BadSettings(ClvError):  # noqa: N818
    """A setting has a value that cannot be used."""

    @classmethod
    def unusable(cls, name: str, wanted: str, received: object) -> "BadSettings":
        """Say what one setting must be and what it is."""
        return cls(
            f"Setting `{name}` must be {wanted}.",
            f"Received {received!r}.",
            f"Change the dbt var `clv_{name}`.",
        )

    @classmethod
    def unknown(cls, names: Iterable[str], known: Iterable[str]) -> "BadSettings":
        """Name the settings that do not exist, and those that do."""
        return cls(
            f"Unknown setting: {', '.join(sorted(names))}.",
            f"Known: {', '.join(sorted(known))}.",
            "Correct the spelling or remove it.",
        )


class Interrupted(ClvError):  # noqa: N818
    """The build was asked to stop while Python was at work."""
