"""Whether readers may work where bubblewrap is missing is the operator's to say."""

from collection.boxed import BOXES
from walloff.settings import ReaderBox, Settings


def confine_readers(settings: Settings) -> None:
    """Hold this process's readers to the setting."""
    BOXES.required = settings.reader_box is ReaderBox.REQUIRED
