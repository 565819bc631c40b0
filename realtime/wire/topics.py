"""The topics on the socket: a message begins with one of them and a space."""

from __future__ import annotations

TOPICS = POSE3D, STATUS, SCHEMA, ANGLES, GAIT, FORM = "pose3d", "status", "schema", "angles", "gait", "form"
PREVIEW = "preview"  # the camera's picture, only for those who ask for it by its name
MAX_PREVIEW_BYTES = 256 * 1024


def head(topic: str) -> bytes:
    """What a message of this topic begins with."""
    return f"{topic} ".encode()


_HEADS = tuple(map(head, TOPICS))
ALL_HEADS = frozenset({*_HEADS, head(PREVIEW)})


def heads_of(subscription: bytes) -> frozenset[bytes]:
    """The heads of the messages that a subscription means: of every topic that begins with it.

    Previews are meant only by their whole name, so that who subscribes to everything (the empty
    subscription) gets no pictures.  Empty where nothing of the kind is ever published.
    """
    if subscription in (PREVIEW.encode(), head(PREVIEW)):
        return frozenset({head(PREVIEW)})
    if subscription.startswith(_HEADS):  # some messages of a topic
        return frozenset({subscription})
    return frozenset(known for known in _HEADS if known.startswith(subscription))
