"""Refusals to merge, to undo and to relate. Each text can be shown to a person."""

from django.utils.translation import gettext

from collection.models import Artwork, WorkMerge


class MergeRefusedError(ValueError):
    """Two works cannot be merged or related, or a merge cannot be undone."""


class SameWorkError(MergeRefusedError):
    """Both records are one work already."""

    def __init__(self, work: Artwork) -> None:
        super().__init__(
            gettext("Both are the record %(number)s already. Choose another record.")
            % {"number": work.accession_number}
        )


class AlreadyMergedError(MergeRefusedError):
    """Somebody merged the record first."""

    def __init__(self, merged: Artwork, kept: Artwork, who: str) -> None:
        super().__init__(
            gettext("%(who)s has already merged %(merged)s into %(kept)s.")
            % {
                "who": who or gettext("A former colleague"),
                "merged": merged.accession_number,
                "kept": kept.accession_number,
            }
        )


class KeptWorkMergedError(MergeRefusedError):
    """The work that was to be kept has been merged itself, so nobody has compared the two records."""

    def __init__(self, asked: Artwork, kept: Artwork) -> None:
        super().__init__(
            gettext(
                "%(asked)s has been merged into %(kept)s since you opened this page. "
                "Compare with %(kept)s before you take anything over."
            )
            % {"asked": asked.accession_number, "kept": kept.accession_number}
        )


class PreviewOutdatedError(MergeRefusedError):
    """A record or its pictures changed after the user read the comparison of both."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "A record or its pictures changed since this page was shown. Nothing was merged. "
                "Check the present values below, and choose again."
            )
        )


class YearsReversedError(MergeRefusedError):
    """The values of a merge, or those that an undo would restore, break the order of years."""

    def __init__(self) -> None:
        super().__init__(
            gettext("The latest year would be before the earliest. Correct the years of the records first.")
        )


class AlreadyUndoneError(MergeRefusedError):
    """Somebody undid the merge first."""

    def __init__(self, merge: WorkMerge) -> None:
        who = merge.undone_by or gettext("A former colleague")
        super().__init__(gettext("%(who)s has already undone this merge.") % {"who": who})


class WorkDeletedError(MergeRefusedError):
    """A record was deleted before it was to be merged, or after it was."""

    def __init__(self, name: str) -> None:
        super().__init__(gettext("%(name)s has been deleted since, so nothing was changed.") % {"name": name})
