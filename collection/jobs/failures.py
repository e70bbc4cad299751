"""Why jobs failed, in English as it is stored. collection.files.refusal_texts translates it for pages."""

from collection.imaging.refusals import gettext_noop

GAVE_UP = gettext_noop("Given up after %(limit)s attempts: each time the worker stopped before it had finished.")
UNREADABLE = gettext_noop("The file of this picture could not be read. The reason is in the log of the worker.")
UNDECODABLE = gettext_noop("This picture could not be decoded. The reason is in the log of the worker.")
NOT_COMPARABLE = gettext_noop("The network found nothing in this picture that could be compared.")
NOT_FLAGGED = gettext_noop(
    "Duplicates of this picture could not be looked for. The reason is in the log of the worker."
)
NOT_CHECKED = gettext_noop("The files of this picture could not be checked. The reason is in the log of the worker.")
NOT_MADE = gettext_noop("The %(files)s of this picture could not be made. The reason is in the log of the worker.")
SEND_AGAIN = gettext_noop("Upload the same file again, or restore it from a backup.")

# The files that NOT_MADE names.
SMALLER_COPIES = gettext_noop("smaller copies")
TILES = gettext_noop("tiles")
COLOURS = gettext_noop("colours")
AVIF_COPIES = gettext_noop("AVIF copies")
