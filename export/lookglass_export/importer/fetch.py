"""Files out of published packages, by the package managers' own clients, checked by hash."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from lookglass.errors import LookglassError


class FetchError(LookglassError):
    """A package cannot be fetched, or does not hold the file that is expected."""


def fetch_member(package: str, member: str, *, sha256: str, cache: Path) -> bytes:
    """Read one file of a package, downloading the package if it is not in the cache.

    Args:
        package: `name==version` for a wheel of pip, `name@version` for a package of npm.
        member: path of the file inside the package.
        sha256: hash the file must have.
        cache: folder for downloads.

    Returns:
        The file's bytes.

    Raises:
        FetchError: the client is missing or fails, or the file is missing or another one.
    """
    archive = _archive(package, cache)
    data = _read(archive, member)
    found = "no such file" if data is None else hashlib.sha256(data).hexdigest()
    if data is None or found != sha256:
        raise FetchError(
            f"{member} in {archive} should have SHA-256 {sha256}, found {found}; delete it and try again."
        )
    return data


def _archive(package: str, cache: Path) -> Path:
    folder = cache / package.replace("/", "_")
    if not (found := _archives(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        _download(package, folder)
        found = _archives(folder)
    if not found:
        raise FetchError(f"the package manager reported no error but left no {package} in {folder}.")
    return found[0]


def _archives(folder: Path) -> list[Path]:
    return [*folder.glob("*.whl"), *folder.glob("*.tgz")]


def _download(package: str, folder: Path) -> None:
    if "==" in package:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), package]
    else:
        command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise FetchError(f"{package} needs {command[0]}, which is not installed.") from error
    except subprocess.CalledProcessError as error:
        raise FetchError(f"{package} cannot be downloaded: {error.stderr.strip()}") from error


def _read(archive: Path, member: str) -> bytes | None:
    """One file of a .whl or .tgz; None where it is not in there or the archive is damaged."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as package:
            file = package.extractfile(member)
            return None if file is None else file.read()
    except (KeyError, zipfile.BadZipFile, tarfile.TarError):
        return None
