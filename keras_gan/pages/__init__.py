"""Makes HTML and Markdown pages from templates, each a single file."""
