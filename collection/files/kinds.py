"""What kind of file nobody can read is said by the end of its name, from a closed list."""

from typing import Final

_KINDS: Final = {
    "picture": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".bmp", ".tif", ".tiff", ".svg"),
    "film": (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".wmv"),
    "sound": (".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac"),
    "document": (".pdf", ".doc", ".docx", ".odt", ".rtf", ".txt", ".md"),
    "table": (".csv", ".tsv", ".xls", ".xlsx", ".ods"),
    "page": (".html", ".htm", ".mhtml", ".mht", ".xml"),
    "data": (".json", ".js", ".ndjson", ".toml", ".yaml", ".db", ".sqlite", ".car", ".har"),
    "archive": (".zip", ".tar", ".tgz", ".gz", ".7z", ".rar", ".xz", ".zst"),
}


def kind_of_file(name: str) -> str:
    """Return the kind of a file that no reader knows; `other` for most names there are."""
    low = name.lower()
    return next((kind for kind, endings in _KINDS.items() if low.endswith(endings)), "other")
