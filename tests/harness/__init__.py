"""Machines that many tests share: replicas, processes, networks, commands."""
