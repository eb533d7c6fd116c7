"""Makes HTML and Markdown pages from templates, each one file by itself."""
