"""Microphone and speaker, each owned by a child process that can be killed.

Sound drivers hang for real: a wedged server makes PortAudio's open, stop and abort block for ever, and only the end of
the process frees them. So each device lives in a child of its own (a hung microphone must not cut off speech), which
talks to the daemon over its standard input and output. Both sides stamp with the system's monotonic clock.
"""
