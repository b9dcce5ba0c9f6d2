"""Nothing inside a sandbox reaches the machine that it runs on."""

import asyncio
import errno
import hashlib
import os
from pathlib import Path

import pytest

from sandbox_watch import Opening
from wetrun.sandbox import Baseline, SandboxSpec


def fingerprint(folder: Path) -> str:
    """Hash names, kinds, modes, sizes, times and contents of everything below a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        try:
            status = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        except OSError:
            continue
        described = f"{path}\0{status.st_mode}\0{status.st_uid}\0{status.st_size}\0{status.st_mtime_ns}\0"
        total.update(described.encode() + content)
    return total.hexdigest()


VANDALISM = r"""
for place in {mounts}; do
  mount -o remount,rw "$place"; mount -o remount,bind,rw "$place"; umount "$place"; umount -l "$place"
  unshare --user --map-root-user --mount mount -o remount,bind,rw "$place"
  unshare --user --map-root-user --mount umount -l "$place"
  echo vandal > "$place/vandal"; chmod 777 "$place"; touch "$place"
done
echo vandal > {treasure}; rm -rf {treasure}; chmod 777 {treasure}
for setting in kernel/panic kernel/core_pattern vm/swappiness kernel/hostname; do echo 1 > /proc/sys/$setting; done
echo h > /proc/sysrq-trigger
chmod 600 /dev/null /dev/zero; rm -f /dev/null
mknod /tmp/disk b 8 0; mknod /tmp/memory c 1 1
unshare --user --map-root-user --pid --fork --mount sh -c 'mount -t proc proc /mnt && echo 1 > /mnt/sys/kernel/panic'
unshare --user --map-root-user --net --mount mount -t sysfs sysfs /mnt
unshare --user --map-root-user --cgroup --mount mount -t cgroup2 none /mnt
rm -rf /etc /home /var /srv /boot ~/* 2>&1
true
"""


def test_nothing_inside_changes_the_host(opening: Opening, spec: SandboxSpec) -> None:
    """A rehearsal runs anybody's commands as root; the machine must be as it was, byte by byte."""
    treasure = spec.folder / "visible/treasure"
    settings = [Path("/proc/sys", name) for name in ("kernel/panic", "kernel/core_pattern", "vm/swappiness")]

    def state() -> list[object]:
        devices = [os.lstat(f"/dev/{name}").st_mode for name in ("null", "zero", "full", "random", "urandom", "tty")]
        texts = [setting.read_text() for setting in settings]
        return [fingerprint(spec.folder), fingerprint(Path("/etc")), devices, texts, os.uname().nodename]

    async def vandalise() -> str:
        async with opening(small=True) as sandbox:
            mounts = f"/usr {spec.folder / 'visible'} /plan"
            script = VANDALISM.format(mounts=mounts, treasure=treasure)
            ran = await sandbox.run(["bash", "-c", script], limit=60)
            assert ran.exit_code == 0
            return (await sandbox.run(["sh", "-c", f"cat {treasure}; ls /etc"])).stdout

    before = state()
    # What could be destroyed inside was, and the rest was not.
    assert asyncio.run(vandalise()) == "must stay as it is\n"
    assert state() == before


@pytest.mark.parametrize("place", ["/usr", "/plan"])
@pytest.mark.parametrize(
    "way",
    [
        "mount -o remount,rw {}",
        "mount -o remount,bind,rw {}",
        "umount {}",
        "umount -l {}",
        "unshare -Urm mount -o remount,bind,rw {}",
        "unshare -Urm umount -l {}",
    ],
)
def test_read_only_mounts_are_locked(opening: Opening, place: str, way: str) -> None:
    """Root inside has every right over its own mounts; those of the host have to be locked, not only read-only."""

    async def attempt() -> int:
        async with opening(small=True) as sandbox:
            ran = await sandbox.run(["sh", "-c", way.format(place)])
            written = await sandbox.run(["touch", f"{place}/vandal"])
            assert written.exit_code != 0
            assert (await sandbox.run(["test", "-e", "/usr/bin/env", "-a", "-e", "/plan/setup.sh"])).exit_code == 0
            return ran.exit_code

    assert asyncio.run(attempt()) != 0


def test_there_is_no_way_out(opening: Opening, baseline: Baseline) -> None:
    """No packet may reach production or anybody else, not in the set-up and not in a rehearsal."""
    assert (baseline.tree / "var/lib/way-out").read_text().strip() == str(errno.ENETUNREACH)

    async def attempt() -> None:
        async with opening(small=True) as sandbox:
            for address in ("198.51.100.1", "8.8.8.8", "2001:db8::1"):
                with pytest.raises(OSError, match=r"Network is unreachable|Cannot assign requested address"):
                    await sandbox.connect(address, 80, limit=5)
            routes = await sandbox.run(["cat", "/proc/net/route"])
            assert len(routes.stdout.splitlines()) == 1
            devices = await sandbox.run(["sh", "-c", "tail -n +3 /proc/net/dev | cut -d: -f1"])
            assert devices.stdout.split() == ["lo"]

    asyncio.run(attempt())


def test_the_host_is_out_of_sight(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is rehearsed must not read the host's environment, credentials, processes or people."""
    monkeypatch.setenv("SECRET_OF_THE_HOST", "swordfish")

    async def look() -> None:
        async with opening(small=True) as sandbox:
            assert "swordfish" not in (await sandbox.run(["env"])).stdout
            for path in ("/etc/shadow", "/etc/sudoers", "/etc/machine-id", "/run/dbus", "/sys/kernel", "/proc/1/root/"):
                assert (await sandbox.run(["ls", path])).exit_code != 0, path
            everything = await sandbox.run(["sh", "-c", "ls /proc | grep '^[0-9]*$'"])
            assert len(everything.stdout.split()) < 10
            assert (await sandbox.run(["cat", "/etc/resolv.conf"])).stdout == ""
            homes = await sandbox.run(["ls", "/home"])
            assert "deploy" in homes.stdout.split()
            keys = await sandbox.run(["sh", "-c", "cat /etc/ssh/*_key.pub"])
            for host_key in Path("/etc/ssh").glob("*.pub"):
                assert host_key.read_text().split()[1] not in keys.stdout

    asyncio.run(look())


@pytest.mark.parametrize("attack", ["kill -9 1", "kill -9 -1", "kill -STOP 1", "kill -STOP -1", "pkill -9 python"])
def test_the_agent_cannot_be_killed_from_inside(opening: Opening, attack: str) -> None:
    """A plan that kills every process must not take wetrun's own eyes and hands with it."""

    async def attempt() -> str:
        async with opening(small=True) as sandbox:
            attacking = await sandbox.spawn(["sh", "-c", attack])
            # `kill -1` spares its sender, which is stopped by `kill -STOP -1` only in other shells.
            await asyncio.wait_for(attacking.wait(), 20)
            return (await sandbox.run(["echo", "still here"])).stdout

    assert asyncio.run(attempt()) == "still here\n"
