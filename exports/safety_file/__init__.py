"""The safety file: for a team that writes papers for IEC 62304, ISO 14971 or DCB0129. It claims no conformity."""
