"""The socket: the message, who publishes it, who listens."""
