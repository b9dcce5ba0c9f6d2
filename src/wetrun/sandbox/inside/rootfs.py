"""The file system of a sandbox: an overlay or a plain tree as root, this machine's programs read-only on top."""

import os

from wetrun.sandbox.inside import kernel
from wetrun.sandbox.inside.config import LAYER_FOLDERS, Config, Root
from wetrun.sandbox.inside.kernel import MS_NODEV, MS_NOEXEC, MS_NOSUID

__all__ = ["build", "protect_proc"]

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}
_MASKED = ("/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/kmsg")
_OLD_ROOT = "/run"


def build(config: Config) -> None:
    """Make the calling process's mount namespace the sandbox's world and go to its root.

    Raises:
        kernel.StageError: The kernel refused a step.
    """
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    # Copies of the host's mounts are taken while the host is visible, and attached when it is not: no link leads out.
    binds = [(bind["target"], _read_only_copy(bind["source"])) for bind in config["binds"]]
    devices = [(name, _read_only_copy(f"/dev/{name}", devices=True)) for name in _DEVICES]
    _mount_root(config["root"])
    point = config["root"]["point"]
    os.makedirs(point + _OLD_ROOT, exist_ok=True)
    kernel.pivot_root(point, point + _OLD_ROOT)
    os.chdir("/")
    # The kernel allows a new /proc only while a full one is visible: before the old root goes.
    kernel.mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    kernel.umount(_OLD_ROOT, kernel.MNT_DETACH)
    kernel.mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    _fill_dev(devices)
    for target, tree in binds:
        _make_mount_point(target, tree)
        kernel.attach_tree(tree, target)
    _write_own_files(config)


def protect_proc() -> None:
    """Make what is not about processes in /proc read-only: as the host's root, it would change the host."""
    for name in os.listdir("/proc"):
        path = f"/proc/{name}"
        if name.isdigit() or os.path.islink(path):
            continue
        mode = os.lstat(path).st_mode
        if os.path.isdir(path) or mode & 0o222:
            kernel.attach_tree(_read_only_copy(path), path)
    for path in _MASKED:
        if os.path.exists(path):
            kernel.attach_tree(_read_only_copy("/dev/null", devices=True), path)


def _read_only_copy(path: str, *, devices: bool = False) -> int:
    tree = kernel.clone_tree(path)
    kernel.read_only(tree, devices=devices)
    return tree


def _mount_root(root: Root) -> None:
    if root["upper"] is None or root["work"] is None:
        # A plain bind mount: what is written goes into the tree itself.
        kernel.attach_tree(kernel.clone_tree(root["lower"]), root["point"])
        return
    if root["memory"] is not None:
        _mount_memory(os.path.dirname(root["upper"]), root["memory"])
    # Descriptors in place of paths, since overlay gives `:`, `,` and `\` in a path a meaning.
    layers = [os.open(path, os.O_PATH | os.O_DIRECTORY) for path in (root["lower"], root["upper"], root["work"])]
    lower, upper, work = (f"/proc/self/fd/{layer}" for layer in layers)
    # Nothing in a sandbox has to survive a power loss, so `volatile` saves waiting for the disk.
    options = f"lowerdir={lower},upperdir={upper},workdir={work},userxattr,volatile"
    kernel.mount("overlay", root["point"], "overlay", MS_NOSUID | MS_NODEV, options)
    for layer in layers:
        os.close(layer)


def _mount_memory(layer: str, size: int) -> None:
    """Have what is written in memory, seen by nobody else and gone with the sandbox."""
    kernel.mount("tmpfs", layer, "tmpfs", MS_NOSUID | MS_NODEV, f"mode=700,size={size}")
    for name, mode in LAYER_FOLDERS:
        os.mkdir(f"{layer}/{name}")
        os.chmod(f"{layer}/{name}", mode)


def _fill_dev(devices: list[tuple[str, int]]) -> None:
    kernel.mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755")
    for name, tree in devices:
        path = f"/dev/{name}"
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o666))
        kernel.attach_tree(tree, path)
    for name, target in _LINKS.items():
        os.symlink(target, f"/dev/{name}")
    os.mkdir("/dev/pts")
    os.mkdir("/dev/shm")  # noqa: S108 - the folder itself
    kernel.mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    kernel.mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")  # noqa: S108 - the folder itself


def _make_mount_point(target: str, tree: int) -> None:
    if os.path.lexists(target):
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(f"/proc/self/fd/{tree}"):
        os.mkdir(target)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))


def _write_own_files(config: Config) -> None:
    for folder, mode in (
        ("/run/wetrun", 0o755),
        ("/run/wetrun/bin", 0o755),
        ("/run/wetrun/shims", 0o755),
        ("/run/lock", 0o1777),
    ):
        os.mkdir(folder)
        os.chmod(folder, mode)
    for files, mode in ((config["scripts"], 0o755), (config["secrets"], 0o600)):
        for name, content in files.items():
            path = f"/run/wetrun/{name}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, mode)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(content)
