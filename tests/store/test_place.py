"""Where the data may lie."""

from pathlib import Path

import pytest

from coopwatch.errors import UserMustActError
from coopwatch.store.place import require_local

MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/root rw
30 22 0:30 / /mnt/nas rw - nfs4 nas:/coop rw
31 22 0:31 / /mnt/my\\040share rw - cifs //nas/coop rw
32 22 0:32 / /mnt/nas/disk rw - ext4 /dev/sdb1 rw
33 22 0:33 / /home/me/remote rw - fuse.sshfs me@nas:/ rw
34 22 0:34 / /mnt/both rw - nfs nas:/ rw
35 34 0:35 / /mnt/both rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/coopwatch", ""),
        ("/mnt/nas/coop", "nfs4"),
        ("/mnt/nasty/coop", ""),
        ("/mnt/my share", "cifs"),
        ("/mnt/nas/disk/coop", ""),
        ("/home/me/remote/x", "fuse.sshfs"),
        ("/mnt/both", ""),
    ],
)
def test_a_folder_on_another_machine_is_refused(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    if not kind:
        require_local(Path(folder), mounts=mounts)
        return
    with pytest.raises(UserMustActError, match=f"network file system \\({kind}\\)"):
        require_local(Path(folder), mounts=mounts)


def test_a_system_that_does_not_tell_is_trusted(tmp_path: Path) -> None:
    require_local(tmp_path, mounts=tmp_path / "nothing")
