"""The only numba: orientation, locate, look up, decide, track.

Rules of this floor: values in, values out, arrays only; no Python object a row; indexes into arrays are
unsigned or known to be in range, since a signed index costs a test for negative ones at every access; rows
are taken in blocks of 256 in several passes, so that the loads of one pass do not wait for each other.
Every function here has a slow, obvious twin elsewhere with which tests compare it.
"""
