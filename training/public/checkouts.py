"""The public files out of a folder of checkouts, be they work trees or bare git directories.

`python -m training.public.checkouts DIR` writes the table of public files anew from them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.errors import InputError, OtgnlpError
from training.public.files import PublicFile, write_files
from training.public.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from training.public.sources import Source


@dataclass(frozen=True, slots=True)
class Checkouts:
    """A folder that holds repositories as `NAME` or `OWNER/NAME`.

    Raises `InputError` if there is no such folder.
    """

    folder: Path

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise InputError(f"{self.folder}: no such folder")

    def contents(self, files: Iterable[PublicFile]) -> Iterator[tuple[PublicFile, bytes | None]]:
        """Yield the files with their contents, None where the folder lacks them.

        Raises `InputError` if a file is there, but is not the pinned one.
        """
        for file in files:
            yield file, self._read(file)

    def _read(self, file: PublicFile) -> bytes | None:
        repository = self.find(file.repository)
        if repository is None:
            return None
        path = repository / file.path
        content = path.read_bytes() if path.is_file() else None
        if content is not None and file.holds(content):
            return content
        # A work tree can be at another commit, or have other line ends; git has the file itself.
        committed = _git(repository, "show", f"{file.commit}:{file.path}")
        if committed is not None and file.holds(committed):
            return committed
        if content is None and committed is None:
            return None
        raise InputError(
            f"{path}: not the file of commit {file.commit} (git blob {file.blob}): "
            "check that commit out"
        )

    def find(self, repository: str) -> Path | None:
        """Return the folder of a repository `OWNER/NAME`, None if there is none."""
        _owner, _, name = repository.partition("/")
        for path in (self.folder / repository, self.folder / name):
            if path.is_dir():
                return path
        return None


def list_files(checkouts: Checkouts, source: Source) -> Iterator[PublicFile]:
    """Yield the files of a source, by the tree of its commit.

    The size is None where the repository lacks the contents. Raises `InputError` if the repository
    or the commit is not there.
    """
    repository = checkouts.find(source.repository)
    tree = repository and _git(repository, "ls-tree", "-r", "-l", "-z", source.commit)
    if not tree:
        raise InputError(
            f"{checkouts.folder}: no git repository of {source.repository} with commit "
            f"{source.commit}"
        )
    for entry in tree.decode("utf-8").rstrip("\0").split("\0"):
        facts, _, path = entry.partition("\t")
        if source.has(path):
            _mode, _kind, blob, size = facts.split()
            number = int(size) if size.isdecimal() else None
            yield PublicFile(source.name, source.repository, source.commit, path, number, blob)


def _git(repository: Path, *arguments: str) -> bytes | None:
    """Return what git writes, None if it fails or if the folder is not git's."""
    inner = repository / ".git"
    directory = inner if inner.exists() else repository
    if directory is repository and not (repository / "objects").is_dir():
        return None
    git = shutil.which("git")
    if git is None:
        raise OtgnlpError("git is not installed: it is needed to read checkouts")
    command = [git, f"--git-dir={directory}", *arguments]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    return done.stdout if done.returncode == 0 else None


def main() -> None:
    """Write the table of public files anew."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m training.public.checkouts DIR")
    checkouts = Checkouts(Path(sys.argv[1]))
    write_files(file for source in SOURCES.values() for file in list_files(checkouts, source))


if __name__ == "__main__":
    main()
