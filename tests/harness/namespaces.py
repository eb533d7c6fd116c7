"""Two network namespaces, like two machines, with a link that can be cut."""

import ctypes
import os
import shutil
import subprocess
import time

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET


def missing():
    """Returns what this machine lacks to make namespaces; None if it lacks nothing."""
    programs = [name for name in ("ip", "unshare", "nsenter") if not shutil.which(name)]
    if programs:
        return f"this machine has no {' and no '.join(programs)}"
    command = "unshare --net ip link add one type veth peer name two"
    if subprocess.run(command.split(), capture_output=True).returncode:
        return "this user may not make network namespaces with veth links"
    return None


class Link:
    """Two namespaces and a bridge between them, in a third one.

    Attributes:
        addresses: The addresses of the two ends.
    """

    def __init__(self):
        self.addresses = ("10.19.0.1", "10.19.0.2")
        command = ["unshare", "--net", "sleep", "600"]
        self._holders = [subprocess.Popen(command) for _ in range(3)]
        own = os.readlink("/proc/self/ns/net")
        for holder in self._holders:
            while os.readlink(f"/proc/{holder.pid}/ns/net") == own:
                time.sleep(0.01)
        self._ip(2, "link add bridge type bridge")
        self._ip(2, "link set bridge up")
        for end, address in enumerate(self.addresses):
            place = self._holders[end].pid
            self._ip(2, f"link add end{end} type veth peer name eth0 netns {place}")
            self._ip(2, f"link set end{end} master bridge up")
            self._ip(end, f"address add {address}/24 dev eth0")
            self._ip(end, "link set eth0 up")
            self._ip(end, "link set lo up")

    def _ip(self, place, command):
        enter = ["nsenter", "--net", "--target", str(self._holders[place].pid)]
        subprocess.run([*enter, "ip", *command.split()], check=True)

    def cut(self):
        self._ip(2, "link set end1 nomaster")

    def mend(self):
        self._ip(2, "link set end1 master bridge")

    def path(self, end):
        """Returns the file that names the namespace of one end."""
        return f"/proc/{self._holders[end].pid}/ns/net"

    def close(self):
        for holder in self._holders:
            holder.kill()
            holder.wait()


def enter(path):
    """Moves this process, which must have a single thread, into a namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    file = os.open(path, os.O_RDONLY)
    try:
        if libc.setns(file, _NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(file)
