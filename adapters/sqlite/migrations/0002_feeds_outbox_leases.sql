-- Feeds (what clients must not miss), the outbox (what the app is told) and leases (who is connected).

ALTER TABLE messages ADD COLUMN delivered_at INTEGER;

-- Who this database is: positions in the feeds of one mean nothing in another.
CREATE TABLE origin (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    name TEXT    NOT NULL CHECK (length(name) = 32)
) STRICT;

INSERT INTO origin (only, name) VALUES (1, lower(hex(randomblob(16))));

-- The events of each user, numbered 1, 2, 3 … A feed has no gaps: it loses its beginning only, and never its
-- latest row, from which the next number comes. `subject` is the id of a message or notification, which may be gone.
--
-- There is no index by time. Rows that are too old stand at the beginnings of the feeds, which are found by going
-- from user to user; every event would pay for the index, and it would find the last rows of all silent users again
-- and again.
CREATE TABLE feed (
    user          TEXT    NOT NULL,
    seq           INTEGER NOT NULL CHECK (seq > 0),
    at            INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    subject       TEXT,
    detail        TEXT    CHECK (detail IS NULL OR json_valid(detail)),
    except_device TEXT,
    PRIMARY KEY (user, seq)
) STRICT, WITHOUT ROWID;

-- Under which keys events were put into feeds that have no row of their own.
CREATE TABLE recorded (
    key TEXT    NOT NULL PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX recorded_at ON recorded (at);

-- What the app is to be told. One that waits has no `dead_at`. Of those that wait in one lane the first by
-- `position` has a `due_at`, the others have none; one that waits outside of lanes always has.
CREATE TABLE webhooks (
    position      INTEGER NOT NULL PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    kind          TEXT    NOT NULL,
    user          TEXT    NOT NULL,
    lane          TEXT,
    body          TEXT    NOT NULL,
    subject       TEXT,
    created_at    INTEGER NOT NULL,
    not_before    INTEGER NOT NULL,
    due_at        INTEGER,
    attempts      INTEGER NOT NULL,
    last_error    TEXT,
    unless_online INTEGER NOT NULL CHECK (unless_online IN (0, 1)),
    dead_at       INTEGER,
    CHECK (due_at IS NULL OR dead_at IS NULL),
    CHECK (due_at IS NOT NULL OR dead_at IS NOT NULL OR lane IS NOT NULL)
) STRICT;

-- However long a lane is, only its first row is in here.
CREATE INDEX webhooks_due ON webhooks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhooks_lane ON webhooks (lane, position) WHERE lane IS NOT NULL AND dead_at IS NULL;
CREATE INDEX webhooks_subject ON webhooks (subject) WHERE subject IS NOT NULL AND dead_at IS NULL;
CREATE INDEX webhooks_dead ON webhooks (dead_at) WHERE dead_at IS NOT NULL;

-- How far the leases of a process go: all of them equally far, so that extending them is one row.
CREATE TABLE nodes (
    node  TEXT    NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    user  TEXT    NOT NULL PRIMARY KEY,
    node  TEXT    NOT NULL,
    since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
