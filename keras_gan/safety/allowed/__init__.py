"""Lists all that may be in a model file; an examination refuses everything else.

There is one module for each kind of file, and one for the operators of TensorFlow.
"""
