// The stored rows: the same tables, settings and rows as the sidecar's store, written as a Node team would write them.

import { createHash, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { settings } from './settings.mjs'

/** Those of the sidecar's writing connection. */
const PRAGMAS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'busy_timeout = 5000',
  'wal_autocheckpoint = 4000',
  'journal_size_limit = 67108864',
  'cache_size = -16384',
]

const TABLES = `
CREATE TABLE IF NOT EXISTS messages (
  position   INTEGER NOT NULL PRIMARY KEY,
  id         TEXT    NOT NULL UNIQUE,
  sender     TEXT    NOT NULL,
  receiver   TEXT,
  chat       TEXT,
  text       TEXT,
  image      TEXT,
  client_id  TEXT,
  digest     BLOB    NOT NULL CHECK (length(digest) = 32),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  read_at    INTEGER,
  delivered_at INTEGER,
  CHECK ((receiver IS NULL) <> (chat IS NULL))
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS messages_client_id ON messages (sender, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_conversation ON messages (sender, receiver, created_at) WHERE receiver IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_chat ON messages (chat, created_at) WHERE chat IS NOT NULL;
CREATE TABLE IF NOT EXISTS feed (
  user          TEXT    NOT NULL,
  seq           INTEGER NOT NULL CHECK (seq > 0),
  at            INTEGER NOT NULL,
  kind          TEXT    NOT NULL,
  subject       TEXT,
  detail        TEXT    CHECK (detail IS NULL OR json_valid(detail)),
  except_device TEXT,
  PRIMARY KEY (user, seq)
) STRICT, WITHOUT ROWID;`

/** A feed keeps so many events, and is cut back each time it has grown by so many more. */
const FEED_KEEP = 1000
const CUT_EVERY = 64

let lines

function open() {
  // Only now: it is not installed where nothing is to be stored.
  const Database = createRequire(import.meta.url)('better-sqlite3')
  const database = new Database(settings.database)
  for (const pragma of PRAGMAS) database.pragma(pragma)
  database.exec(TABLES)
  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),
    message: database.prepare(
      'INSERT INTO messages (id, sender, chat, text, digest, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    feed: database
      .prepare(
        `INSERT INTO feed (user, seq, at, kind, subject)
         VALUES (?, coalesce((SELECT max(seq) FROM feed WHERE user = ?), 0) + 1, ?, 'chat_message', ?)
         RETURNING seq`,
      )
      .pluck(),
    cut: database.prepare('DELETE FROM feed WHERE user = ? AND seq <= ?'),
  }
}

function write(store, { sender, chat, text, feeds }, at) {
  const id = randomUUID()
  const digest = createHash('sha256').update(text).digest()
  store.message.run(id, sender, chat, text, digest, at, at)
  for (const user of feeds) {
    const seq = store.feed.get(user, user, at, id)
    if (seq > FEED_KEEP && seq % CUT_EVERY === 0) store.cut.run(user, seq - FEED_KEEP)
  }
}

function commitAll(waiting) {
  const at = Date.now()
  let failure
  try {
    lines.begin.run()
    for (const { line } of waiting) write(lines, line, at)
    lines.commit.run()
  } catch (error) {
    failure = error
    console.error(`lines could not be stored: ${error.message}`)
    try {
      lines.rollback.run()
    } catch {
      // SQLite has done it by itself.
    }
  }
  for (const { done } of waiting) done(failure, at)
}

let waiting = []

/** Stores one line and its places in the feeds; `done(error, at)` when it is committed. */
export function storeLine(line, done) {
  lines ??= open()
  if (settings.commit === 'each') return commitAll([{ line, done }])
  waiting.push({ line, done })
  // All that came in one turn of the loop are committed together, behind its reads.
  if (waiting.length === 1) {
    setImmediate(() => {
      const group = waiting
      waiting = []
      commitAll(group)
    })
  }
}
