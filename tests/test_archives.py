"""Archives of packages: only the named files come out, and a damaged or lying archive is refused."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from edgemm.errors import CheckpointError
from export.sources.packages import extract
from export.sources.unpacked import LEAST_BUDGET_BYTES
from tests.fuzzing import damaged_bytes, only_our_errors

WANTED = {"model.bin": "weights/model.bin"}


def zipped(path: Path, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("weights/other.bin", b"other" * 40)
        archive.writestr("weights/model.bin", b"weights" * 40)
    return path


def tarred(path: Path, mode: str, *others: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, data in (*others, plain("top/weights/model.bin", b"weights" * 40)):
            archive.addfile(info, io.BytesIO(data))
    return path


def plain(name: str, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


ARCHIVES = {
    "a.whl": lambda path: zipped(path),
    "stored.zip": lambda path: zipped(path, zipfile.ZIP_STORED),
    "a.tar": lambda path: tarred(path, "w"),
    "a.tgz": lambda path: tarred(path, "w:gz"),
    "a.tar.bz2": lambda path: tarred(path, "w:bz2"),
    "a.tar.xz": lambda path: tarred(path, "w:xz"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_damaged_archive_is_refused_and_nothing_else(tmp_path: Path, name: str) -> None:
    path = ARCHIVES[name](tmp_path / name)
    good, out = path.read_bytes(), tmp_path / "out"
    out.mkdir()

    def read(data: bytes) -> None:
        path.write_bytes(data)
        extract(path, WANTED, out)

    read(good)
    assert (out / "model.bin").read_bytes() == b"weights" * 40
    assert only_our_errors(read, damaged_bytes(good, seed=9, count=300)) > 20
    assert [file.name for file in out.iterdir()] == ["model.bin"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00", b"no archive" * 99])
def test_what_is_no_archive_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tgz").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"a\.tgz"):
        extract(tmp_path / "a.tgz", WANTED, tmp_path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
@pytest.mark.parametrize("target", ["/etc/passwd", "top/link", "../../../etc/passwd"])
def test_only_a_plain_file_is_taken(tmp_path: Path, kind: bytes, target: str) -> None:
    link, data = plain("top/link", b"")
    link.type, link.linkname = kind, target
    path = tarred(tmp_path / "a.tgz", "w:gz", (link, data))
    with pytest.raises(CheckpointError, match="not a plain file"):
        extract(path, {"model.bin": "link"}, tmp_path / "out")


@pytest.mark.parametrize("name", ["../model.bin", "/tmp/model.bin", "a/../../model.bin", "", "."])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path, out = zipped(tmp_path / "a.whl"), tmp_path / "out"
    out.mkdir()
    with pytest.raises(CheckpointError, match="leaves the checkpoint folder"):
        extract(path, {name: "weights/model.bin"}, out)
    assert not (tmp_path / "model.bin").exists()


def test_paths_inside_the_archive_decide_nothing(tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tgz", "w:gz", plain("../../escaped", b"x"), plain("/etc/escaped", b"x"))
    (tmp_path / "out").mkdir()
    extract(path, WANTED, tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["model.bin"]


def test_a_tar_that_claims_terabytes_is_refused_before_they_are_read(tmp_path: Path) -> None:
    huge = tarfile.TarInfo("top/weights/model.bin")
    huge.size = LEAST_BUDGET_BYTES * 1000
    (tmp_path / "a.tgz").write_bytes(gzip.compress(huge.tobuf() + bytes(10_240)))
    with pytest.raises(CheckpointError, match="more than an archive of its size"):
        extract(tmp_path / "a.tgz", WANTED, tmp_path)


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE])
def test_a_header_that_claims_gigabytes_is_refused_before_they_are_read(tmp_path: Path, kind: bytes) -> None:
    header = tarfile.TarInfo("top/long")
    header.type, header.size = kind, 3 << 30
    (tmp_path / "a.tgz").write_bytes(gzip.compress(header.tobuf() + bytes(10_240)))
    with pytest.raises(CheckpointError, match="more than an archive of its size"):
        extract(tmp_path / "a.tgz", WANTED, tmp_path)


def test_a_zip_that_claims_gigabytes_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", zipfile.ZIP_STORED)
    size, claimed = (number.to_bytes(4, "little") for number in (280, 0xFFFFFFF0))
    path.write_bytes(path.read_bytes().replace(size, claimed))
    with pytest.raises(CheckpointError, match=r"more than an archive of its size|damaged"):
        extract(path, WANTED, tmp_path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(signature, place + 4)
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="encrypted"):
        extract(path, WANTED, tmp_path)
