"""Shows objects in notebooks: tables, displays that change, no log lines."""
