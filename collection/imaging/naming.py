"""Refuse dangerous file names. Other names do not matter, because files are stored under generated names."""

import unicodedata
from pathlib import PurePosixPath

from collection.imaging.refusals import ActiveName, UnreadableName, gettext_noop

ACTIVE_EXTENSIONS = {
    gettext_noop("an SVG drawing"): "svg svgz",
    gettext_noop("a web page"): "htm html xhtml xht shtml mht mhtml hta xml xsl xslt",
    gettext_noop("a script"): "js mjs cjs vbs wsf php phtml phar asp aspx jsp css cgi pl py rb sh bat cmd ps1 htaccess",
    gettext_noop("a program"): "exe com dll msi scr pif jar apk app swf wasm lnk",
    gettext_noop("a document"): "pdf ps eps doc docm docx xls xlsm xlsx ppt pptx",
}
KIND_OF_EXTENSION = {
    extension: kind for kind, extensions in ACTIVE_EXTENSIONS.items() for extension in extensions.split()
}

CONTROL_CHARACTERS = gettext_noop("This file's name has control characters; please rename it and send it again.")
ACTIVE_NAME = gettext_noop(
    "This file's name ends in .%(extension)s, like the name of %(kind)s; "
    "if it is a picture, please give it the extension of its format, for example .jpg."
)


def check_name(filename: str) -> None:
    """Refuse names of files that a browser or an operating system might run, regardless of their content.

    Any other name is ignored: `picture.bmp` with the bytes of a JPEG is a JPEG. Only the last extension counts, in
    upper or lower case, without trailing dots and blanks (as on Windows). Raise ActiveName or UnreadableName.
    """
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in filename):
        raise UnreadableName(CONTROL_CHARACTERS)
    folded = unicodedata.normalize("NFKC", filename).replace("\\", "/").rstrip(". \u200b")
    name = PurePosixPath(folded).name.lower()
    extension = name.rpartition(".")[2] if "." in name else ""
    if extension in KIND_OF_EXTENSION:
        raise ActiveName(ACTIVE_NAME, extension=extension, kind=KIND_OF_EXTENSION[extension])
