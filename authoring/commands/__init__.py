"""The command line's commands for review and release."""
