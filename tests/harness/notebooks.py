"""Runs cells in the kernel of a real notebook."""

import re
import sys

import nbclient
import nbformat

CELL = re.compile(r"^```\{code-cell\} ipython3\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def cells_of(page):
    """Returns the code of the cells of a MyST notebook."""
    return CELL.findall(page.read_text(encoding="utf-8"))


def run_cells(cells, folder, environment):
    """Runs cells in a folder; returns the notebook and all messages of the kernel.

    Each message is the number of its cell, its type and its content.
    """
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    messages = []

    class Listening(nbclient.NotebookClient):
        def process_message(self, message, cell, cell_index):
            messages.append((cell_index, message["msg_type"], message["content"]))
            return super().process_message(message, cell, cell_index)

    client = Listening(
        notebook,
        timeout=1000,
        startup_timeout=300,
        resources={"metadata": {"path": folder}},
    )
    client.create_kernel_manager()
    # This Python, whatever kernels are installed.
    spec = client.km.kernel_spec
    spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    client.execute(env=environment)
    return notebook, messages


def text_of(outputs, name):
    """Returns what a cell wrote to "stdout" or "stderr"."""
    streams = (each for each in outputs if each["output_type"] == "stream")
    return "".join(each["text"] for each in streams if each["name"] == name)


def displays_of(outputs):
    """Returns the content that a cell shows, by MIME type, in its order."""
    return [each["data"] for each in outputs if "data" in each]
