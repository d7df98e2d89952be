"""The tokenizer of a bundle: a file of the tokenizers library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgemm.bundles.bundle import Bundle
from edgemm.errors import BundleError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER_FILE = "tokenizer.json"


def open_tokenizer(bundle: Bundle) -> Tokenizer:
    """The bundle's tokenizer. Raises BundleError for a file that is none."""
    from tokenizers import Tokenizer

    path = bundle.path(TOKENIZER_FILE)
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare exceptions
        raise BundleError(f"{path} is no tokenizer", found=error, remedy="Export the bundle again.") from error
