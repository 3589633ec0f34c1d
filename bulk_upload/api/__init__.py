"""The REST door of uploads. Views check, call one function, and answer."""
