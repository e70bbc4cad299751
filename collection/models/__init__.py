"""Tables of the collection: works and their pictures, merges, jobs, files, uploads, the audit log and the look."""

from collection.models.appearances import DEFAULT_NAME, Appearance, Logo
from collection.models.artworks import UNKNOWN_MAKER, UNTITLED, Artwork, ArtworkImage, Collection, maker_name
from collection.models.audit_entries import AuditEntry
from collection.models.merges import WorkMerge, WorkRelation
from collection.models.picture_jobs import Job, JobState
from collection.models.search_index import SearchIndex, SearchWord
from collection.models.sent_files import Upload, UploadedFile
from collection.models.stored_files import FileCheck, FileState, Orphan, PublicSizeChange

__all__ = [
    "DEFAULT_NAME",
    "UNKNOWN_MAKER",
    "UNTITLED",
    "Appearance",
    "Artwork",
    "ArtworkImage",
    "AuditEntry",
    "Collection",
    "FileCheck",
    "FileState",
    "Job",
    "JobState",
    "Logo",
    "Orphan",
    "PublicSizeChange",
    "SearchIndex",
    "SearchWord",
    "Upload",
    "UploadedFile",
    "WorkMerge",
    "WorkRelation",
    "maker_name",
]
