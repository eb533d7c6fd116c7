"""Relays TCP connections to an address, and holds all bytes for a time each way.

    python scripts/benchmark/relay.py HOST:PORT SECONDS

prints the address where it listens.
"""

import asyncio
import selectors
import subprocess
import sys


class Relay:
    """A relay in a process of its own.

    Args:
        target: The "host:port" that it connects to.
        delay: Seconds that bytes take in each direction.

    Attributes:
        address: The "host:port" where it listens.
    """

    def __init__(self, target, delay):
        command = [sys.executable, __file__, target, str(delay)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def close(self):
        """Ends the relay, and its connections."""
        self.process.kill()
        self.process.communicate()


async def pass_on(reader, writer, delay):
    """Writes what is read after the delay, until the end of it."""
    clock, held = asyncio.get_running_loop().time, asyncio.Queue()

    async def write():
        while True:
            due, content = await held.get()
            await asyncio.sleep(max(0.0, due - clock()))
            if not content:
                break
            writer.write(content)
        writer.close()

    writing = asyncio.create_task(write())
    content = b"first"
    while content:
        try:
            content = await reader.read(2**20)
        except ConnectionError:
            content = b""
        held.put_nowait((clock() + delay, content))
    await writing


async def main(target, delay):
    """Listens on a free port of this machine for ever."""
    host, port = target.rsplit(":", 1)

    async def connect(reader, writer):
        try:
            there = await asyncio.open_connection(host, int(port))
        except ConnectionError:  # the worker has not begun; the other asks again
            writer.close()
            return
        await asyncio.gather(
            pass_on(reader, there[1], delay), pass_on(there[0], writer, delay)
        )

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def exact_loop():
    """Returns an event loop that wakes in time; asyncio's own counts whole ms."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=exact_loop) as runner:
        runner.run(main(sys.argv[1], float(sys.argv[2])))
