"""Refuse dangerous file names. Other names do not matter, because files are stored under generated names."""

import unicodedata
from pathlib import PurePosixPath

from collection.imaging.refusals import ActiveName, UnreadableName

ACTIVE_EXTENSIONS = {
    "an SVG drawing": "svg svgz",
    "a web page": "htm html xhtml xht shtml mht mhtml hta xml xsl xslt",
    "a script": "js mjs cjs vbs wsf php phtml phar asp aspx jsp css cgi pl py rb sh bat cmd ps1 htaccess",
    "a program": "exe com dll msi scr pif jar apk app swf wasm lnk",
    "a document": "pdf ps eps doc docm docx xls xlsm xlsx ppt pptx",
}
KIND_OF_EXTENSION = {
    extension: kind for kind, extensions in ACTIVE_EXTENSIONS.items() for extension in extensions.split()
}


def check_name(filename: str) -> None:
    """Refuse names of files that a browser or an operating system might run, regardless of their content.

    Any other name is ignored: `picture.bmp` with the bytes of a JPEG is a JPEG. Only the last extension counts, in
    upper or lower case, without trailing dots and blanks (as on Windows). Raise ActiveName or UnreadableName.
    """
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in filename):
        raise UnreadableName("This file's name has control characters; please rename it and send it again.")
    folded = unicodedata.normalize("NFKC", filename).replace("\\", "/").rstrip(". \u200b")
    name = PurePosixPath(folded).name.lower()
    extension = name.rpartition(".")[2] if "." in name else ""
    if extension in KIND_OF_EXTENSION:
        raise ActiveName(
            f"This file's name ends in .{extension}, like the name of {KIND_OF_EXTENSION[extension]}; "
            "if it is a picture, please give it the extension of its format, for example .jpg."
        )
