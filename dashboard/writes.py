"""Panel's messages to a page, mended: none stays behind until the next one is sent.

Messages that find the connection busy are put by, and a task is made that sends them. Where an
earlier such task ends between the two, it takes away the mark by which the later one knows that
there is something to send (seen in Panel 1.9.4, `panel.io.document._dispatch_msgs`).
"""

from panel.io import document

# ruff: noqa: SLF001 - there is no public way to what is mended here

_send = document._dispatch_msgs


async def _send_all(doc):
    if doc in document._WRITE_MSGS:
        document._WRITE_BLOCK[doc] = True
    await _send(doc)


def mend():
    """Let Panel send what is put by, in every order of its tasks."""
    document._dispatch_msgs = _send_all
