"""Refusals to decide pairs and to take verdicts back. Each text can be shown to a person."""

from similarity.models import DuplicatePair


class AlreadyDecidedError(ValueError):
    """Somebody else has decided the pair already. The text names that person and the verdict."""

    def __init__(self, pair: DuplicatePair) -> None:
        who = pair.decided_by or "a former colleague"
        super().__init__(f"{who} has already decided this pair: {pair.get_verdict_display().lower()}.")


class OpinionGivenError(AlreadyDecidedError):
    """The reviewer has given a verdict on this pair already, and another reviewer is asked too."""

    def __init__(self, pair: DuplicatePair) -> None:  # the pair is undecided, so it names nobody
        ValueError.__init__(self, "You have given your verdict on this pair. It stands once a second reviewer agrees.")


class PairGoneError(ValueError):
    """The pair was deleted, with one of its pictures or because a new comparison refuted it."""

    def __init__(self) -> None:
        super().__init__(
            "This pair is gone: one of its pictures was deleted, or a new comparison has refuted the pair."
        )


class NotYoursError(ValueError):
    """The verdict is a colleague's: only that person or an administrator may take it back."""


class DisputedError(NotYoursError):
    """Two reviewers differ, and each can read the other's opinion, so neither can withdraw the own one."""

    def __init__(self) -> None:
        super().__init__(
            "Another reviewer has given another verdict, so yours cannot be withdrawn. Settle the pair on the page of"
            " disagreements."
        )
