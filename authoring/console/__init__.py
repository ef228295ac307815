"""The console: Streamlit pages, thin over `authoring.actions`."""
