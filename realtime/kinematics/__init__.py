"""Angles and points of the body, from the joints of any skeleton that has them."""
