"""The whole bot and its world in one process, without sockets, on time that jumps."""
