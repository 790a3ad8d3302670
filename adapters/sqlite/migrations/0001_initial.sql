-- Times are milliseconds since the Unix epoch. Texts of ids hold no white space.
--
-- `position` columns number rows in the order of their commits: there is one writer, so a higher position
-- was written later. It decides between rows of the same millisecond.

CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL,
    first_name    TEXT,
    last_name     TEXT,
    name          TEXT,
    profile_image TEXT,
    bio           TEXT,
    role          TEXT    NOT NULL CHECK (role IN ('guest', 'user', 'staff', 'admin')),
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    designations  TEXT    NOT NULL CHECK (json_valid(designations)),
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
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
    CHECK ((receiver IS NULL) <> (chat IS NULL))
) STRICT;

-- A client's name for a message is taken once per sender.
CREATE UNIQUE INDEX messages_client_id ON messages (sender, client_id) WHERE client_id IS NOT NULL;
-- One direction of a conversation; also finds repeated content of the last seconds.
CREATE INDEX messages_conversation ON messages (sender, receiver, created_at) WHERE receiver IS NOT NULL;
CREATE INDEX messages_chat ON messages (chat, created_at) WHERE chat IS NOT NULL;

CREATE TABLE images (
    id         TEXT    NOT NULL PRIMARY KEY,
    message    INTEGER NOT NULL REFERENCES messages (position) ON DELETE CASCADE,
    media_type TEXT    NOT NULL,
    bytes      BLOB    NOT NULL
) STRICT;

CREATE INDEX images_message ON images (message);

-- Each user's view of each conversation, so that the list of partners costs their number and not that of
-- everything ever written. Kept by the triggers below alone. There is no index by time: a user's rows lie
-- together and are sorted faster than such an index is moved about with every message.
CREATE TABLE conversations (
    user          TEXT    NOT NULL,
    partner       TEXT    NOT NULL,
    last_at       INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    unread        INTEGER NOT NULL CHECK (unread >= 0),
    PRIMARY KEY (user, partner)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER messages_inserted AFTER INSERT ON messages WHEN NEW.receiver IS NOT NULL BEGIN
    INSERT INTO conversations (user, partner, last_at, last_position, unread)
    VALUES (NEW.sender, NEW.receiver, NEW.created_at, NEW.position, 0)
    ON CONFLICT (user, partner) DO UPDATE
    SET last_at = max(last_at, excluded.last_at), last_position = excluded.last_position;

    INSERT INTO conversations (user, partner, last_at, last_position, unread)
    VALUES (NEW.receiver, NEW.sender, NEW.created_at, NEW.position, NEW.read_at IS NULL)
    ON CONFLICT (user, partner) DO UPDATE
    SET last_at = max(last_at, excluded.last_at), last_position = excluded.last_position,
        unread = unread + excluded.unread;
END;

CREATE TRIGGER messages_read AFTER UPDATE OF read_at ON messages
WHEN NEW.receiver IS NOT NULL AND OLD.read_at IS NULL AND NEW.read_at IS NOT NULL BEGIN
    UPDATE conversations SET unread = unread - 1 WHERE user = NEW.receiver AND partner = NEW.sender;
END;

CREATE TABLE notifications (
    position   INTEGER NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    user       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    data       TEXT    CHECK (data IS NULL OR json_valid(data)),
    created_at INTEGER NOT NULL,
    read_at    INTEGER
) STRICT;

CREATE INDEX notifications_user ON notifications (user, created_at);
CREATE INDEX notifications_unread ON notifications (user, created_at) WHERE read_at IS NULL;

-- How many notifications of a user are unread, asked for with every new one. Kept by the triggers below alone.
CREATE TABLE unread_notifications (
    user   TEXT    NOT NULL PRIMARY KEY,
    unread INTEGER NOT NULL CHECK (unread >= 0)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER notifications_inserted AFTER INSERT ON notifications WHEN NEW.read_at IS NULL BEGIN
    INSERT INTO unread_notifications (user, unread) VALUES (NEW.user, 1)
    ON CONFLICT (user) DO UPDATE SET unread = unread + 1;
END;

CREATE TRIGGER notifications_read AFTER UPDATE OF read_at ON notifications
WHEN OLD.read_at IS NULL AND NEW.read_at IS NOT NULL BEGIN
    UPDATE unread_notifications SET unread = unread - 1 WHERE user = NEW.user;
END;

CREATE TABLE sessions (
    user               TEXT    NOT NULL,
    device             TEXT    NOT NULL,
    token              TEXT,
    user_agent         TEXT    NOT NULL,
    ip_address         TEXT    NOT NULL,
    expires_at         INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    active             INTEGER NOT NULL CHECK (active IN (0, 1)),
    logout_at          INTEGER,
    deactivated_reason TEXT,
    PRIMARY KEY (user, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE chat_members (
    chat  TEXT    NOT NULL,
    user  TEXT    NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (chat, user)
) STRICT, WITHOUT ROWID;

-- `device` is empty except where `kind` is 'device'.
CREATE TABLE revocations (
    kind    TEXT    NOT NULL CHECK (kind IN ('token', 'user', 'device')),
    subject TEXT    NOT NULL,
    device  TEXT    NOT NULL CHECK ((device = '') = (kind <> 'device')),
    at      INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (kind, subject, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX revocations_until ON revocations (until);

CREATE TABLE kept_answers (
    key     TEXT    NOT NULL PRIMARY KEY,
    request BLOB    NOT NULL CHECK (length(request) = 32),
    status  INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX kept_answers_at ON kept_answers (at);

CREATE TABLE audit (
    position INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    user     TEXT    NOT NULL,
    device   TEXT,
    kind     TEXT    NOT NULL,
    detail   TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_user ON audit (user, at);
CREATE INDEX audit_at ON audit (at);

-- The one row that a health check writes and reads.
CREATE TABLE heartbeat (
    only  INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    beats INTEGER NOT NULL
) STRICT;

INSERT INTO heartbeat (only, beats) VALUES (1, 0);
