"""Publishing poses over ZeroMQ: the message format, the publisher, the subscriber."""
