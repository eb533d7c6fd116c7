"""Opens whatever can draw images, and makes pictures of what it draws."""
