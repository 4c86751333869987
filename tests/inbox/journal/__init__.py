"""The journal: hooks kept in a stream and applied by who owns each part."""
