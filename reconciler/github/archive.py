"""A zip that somebody else made, opened in memory: one regular file, or nothing at all. Pure."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from typing import Final

_END: Final = struct.Struct("<4s4H2LH")
"""The end of a zip (APPNOTE.TXT 4.3.16): signature, disks, entries, size and place of the directory, no comment."""
_LOCATOR: Final = b"PK\x06\x07"
_DIRECTORY: Final = 64 * 1024
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What zipfile lets through of a zip that is damaged, cut off, or packed in a way that it does not know: which of them
when is not documented."""


class ArchiveError(Exception):
    """A zip that is not what it should be; the text says in what way."""


def only_file(content: bytes, cap: int) -> bytes:
    """The one file in a zip, of at most `cap` bytes. Raises ArchiveError.

    An artifact that was uploaded without a zip (`archive: false` of actions/upload-artifact) is its file itself.
    """
    if not content.startswith(b"PK"):
        return content
    _check_directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) != 1:
                raise ArchiveError(f"it holds {len(entries)} files, and should hold one")
            _check_entry(entries[0], cap)
            with archive.open(entries[0]) as file:
                found = file.read(cap + 1)
    except _BROKEN:
        raise ArchiveError("it is no whole zip") from None
    if len(found) > cap:
        raise ArchiveError(f"its file is larger than {cap >> 20} MiB")
    return found


def _check_directory(content: bytes) -> None:
    """Before the library reads it, which makes an object of every entry: the directory is that of a few files."""
    end = content[-_END.size :]
    if len(end) < _END.size or not end.startswith(b"PK\x05\x06") or content[-_END.size - 20 :].startswith(_LOCATOR):
        raise ArchiveError("it is no plain zip")
    size = _END.unpack(end)[5]
    if size > _DIRECTORY:
        raise ArchiveError("it holds very many files, and should hold one")


def _check_entry(entry: zipfile.ZipInfo, cap: int) -> None:
    mode = entry.external_attr >> 16
    if entry.is_dir() or (mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
        raise ArchiveError("what it holds is no regular file")
    if "/" in entry.filename or "\\" in entry.filename or entry.filename in ("", ".", ".."):
        raise ArchiveError("its file has a path, and should have a name")
    if entry.flag_bits & 1:
        raise ArchiveError("its file is encrypted")
    if entry.file_size > cap:
        raise ArchiveError(f"its file is larger than {cap >> 20} MiB")
