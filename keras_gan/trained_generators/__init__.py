"""Opens runs, files and exports that can draw images, and makes pictures of them."""
