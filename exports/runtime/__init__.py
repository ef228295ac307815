"""What an app embeds: the JavaScript runtime (`js/`) and the Python runtime (`python/`), with one interface."""
