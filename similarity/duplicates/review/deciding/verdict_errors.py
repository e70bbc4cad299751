"""Refusals to decide pairs and to take verdicts back. Each text can be shown to a person."""

from django.utils.translation import gettext, gettext_noop

from similarity.models import DuplicatePair, Verdict

WORDS = {  # the verdicts as they are within a sentence
    Verdict.UNDECIDED: gettext_noop("undecided"),
    Verdict.DUPLICATE: gettext_noop("duplicate"),
    Verdict.SIMILAR: gettext_noop("similar but distinct"),
    Verdict.SAME_OBJECT: gettext_noop("same object, other photograph"),
    Verdict.DETAIL_OF: gettext_noop("detail of the other"),
    Verdict.EDITION_OF: gettext_noop("edition or copy of the other"),
    Verdict.UNRELATED: gettext_noop("unrelated"),
}


class AlreadyDecidedError(ValueError):
    """Somebody else has decided the pair already. The text names that person and the verdict."""

    def __init__(self, pair: DuplicatePair) -> None:
        verdict = gettext(WORDS[Verdict(pair.verdict)])
        if pair.decided_by is None:
            sentence = gettext("a former colleague has already decided this pair: %(verdict)s.")
            super().__init__(sentence % {"verdict": verdict})
            return
        sentence = gettext("%(name)s has already decided this pair: %(verdict)s.")
        super().__init__(sentence % {"name": pair.decided_by, "verdict": verdict})


class OpinionGivenError(AlreadyDecidedError):
    """The reviewer has given a verdict on this pair already, and another reviewer is asked too."""

    def __init__(self, pair: DuplicatePair) -> None:  # the pair is undecided, so it names nobody
        sentence = gettext("You have given your verdict on this pair. It stands once a second reviewer agrees.")
        ValueError.__init__(self, sentence)


class PairGoneError(ValueError):
    """The pair was deleted, with one of its pictures or because a new comparison refuted it."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This pair is gone: one of its pictures was deleted, or a new comparison has refuted the pair.")
        )


class NotYoursError(ValueError):
    """The verdict is a colleague's: only that person or an administrator may take it back."""


class DisputedError(NotYoursError):
    """Two reviewers differ, and each can read the other's opinion, so neither can withdraw the own one."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "Another reviewer has given another verdict, so yours cannot be withdrawn. Settle the pair on the page"
                " of disagreements."
            )
        )
