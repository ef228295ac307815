"""Forms of the console under AppTest, which cannot type into the console's own text fields."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from authoring.console.records.form import Work


def work_of(app: AppTest, name: str) -> Work:
    """The work on a record (its path, or such as `new question`) in the page's session."""
    works: dict[str, Work] = app.session_state["works"]
    return next(work for key, work in works.items() if key.partition("/")[2] == name)


def typed(app: AppTest, record: str, /, **texts: Any) -> None:
    """Type into text fields of a form, and let the page run."""
    work = work_of(app, record)
    assert texts.keys() <= work.fields.keys()
    work.fields.update(texts)
    app.run()


def chosen(app: AppTest, record: str, /, **values: Any) -> None:
    """Choose in widgets of a form, and let the page run."""
    work = work_of(app, record)
    for field, value in values.items():
        app.session_state[f"form/{work.name}/{work.generation}/{field}"] = value
    app.run()


def pressed(app: AppTest, label: str) -> None:
    """Press a button."""
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception, app.exception
