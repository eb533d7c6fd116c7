"""Makes the ONNX graph of a generator: conversion, fewer operators, lower precision.

Imports `parity`, never `server` or `web`.
"""
