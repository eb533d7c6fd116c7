"""Spreads one training over devices and machines, so that N replicas are like one."""
