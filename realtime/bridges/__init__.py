"""Poses to other programs in their own protocols: OSC, VMC, LSL, WebSocket, ROS 2.

A room for what is to come: nothing is here yet.  A bridge is a subscriber of the socket, so that
it cannot slow the live program down; it imports the words of the package, runtime, the wire, and
the readers of recording and formats, nothing else.  tests/test_import_order.py holds this.
"""
