"""A folder in; a clear word where a database cannot live there."""

import re
from pathlib import Path

from coopwatch.errors import UserMustActError

MOUNTS = Path("/proc/self/mountinfo")
OVER_THE_NETWORK = frozenset(
    ("9p", "afs", "ceph", "cifs", "coda", "davfs", "glusterfs", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "vboxsf")
)
FUSE = frozenset(("ceph", "davfs2", "gcsfuse", "glusterfs", "rclone", "s3fs", "smbnetfs", "sshfs"))


def require_local(folder: Path, *, mounts: Path = MOUNTS) -> None:
    """Refuse a folder that lies on another machine: SQLite's locks and its shared memory do not hold there.

    Raises:
        UserMustActError: it does.
    """
    kind = _kind(folder, mounts)
    if kind in OVER_THE_NETWORK or kind.removeprefix("fuse.") in FUSE:
        raise UserMustActError(
            f"data_dir: received {folder} on a network file system ({kind}), expected a disk of this machine, since a "
            "database breaks where locks do not hold; choose another `data_dir`, and copy backups to the network"
        )


def _kind(folder: Path, mounts: Path) -> str:
    """The type of the file system that holds the folder, or will hold it; empty where the system does not tell."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""  # no Linux
    place = folder.absolute().resolve()
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = Path(re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), before.split()[4]))
        if place.is_relative_to(point) and len(point.parts) >= best:  # of two mounts at one place the later one counts
            best, kind = len(point.parts), after.split()[0]
    return kind
