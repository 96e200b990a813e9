"""What survives a restart: links, settings, mutes, views, and when was written to whom.

SQL stays in here: values come in and go out as frozen dataclasses, times as aware UTC.
"""
