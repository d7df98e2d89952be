"""Sinks: where items end. One file each.

A sink that only watches is a tap, called as `tap(time_ns, producer, item)` for every item that is delivered; one that
takes part (a speaker) is a stage.
"""
