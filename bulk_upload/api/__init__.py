"""The REST API of uploads. Views check, call one function, and answer."""
