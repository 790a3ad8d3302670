"""Prints the content of a sidecar's file as JSON: rows of the tables that the checker compares with."""

import json
import sqlite3
import sys

WANTED = {
    "messages": """SELECT position, id, sender, receiver, chat, text, client_id, created_at, read_at
                   FROM messages ORDER BY position""",
    "notifications": "SELECT position, id, user, title, created_at, read_at FROM notifications ORDER BY position",
    "conversations": "SELECT user, partner, unread FROM conversations",
    "unread_notifications": "SELECT user, unread FROM unread_notifications",
}

FEED = "SELECT user, seq, kind, subject, detail, except_device AS \"except\" FROM feed ORDER BY user, seq"


def rows(db, query):
    cursor = db.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor]


def main(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    db.execute("BEGIN")
    check = [row[0] for row in db.execute("PRAGMA integrity_check")]
    store = {name: rows(db, query) for name, query in WANTED.items()}
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'feed'").fetchone():
        store["feed"] = rows(db, FEED)
    store["integrity"] = check
    json.dump(store, sys.stdout)


main(sys.argv[1])
