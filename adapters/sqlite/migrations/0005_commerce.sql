-- What contracts/commerce.md adds: addresses beside messages, who may send what, whose orders are, notices to many, and the
-- audit log of sockets.

-- How users are shown, with their address, for messages alone. The views that name no address stay as they are.
DROP VIEW shown_messages;
DROP VIEW profiles;

-- The name to show, else given and family name, without the white space (as Unicode has it) around them.
CREATE VIEW profiles (id, name, image, email) AS
SELECT id,
    CASE WHEN trim(name, white) <> '' THEN name
    ELSE nullif(trim(trim(coalesce(first_name, ''), white) || ' ' || trim(coalesce(last_name, ''), white)), '') END,
    profile_image,
    nullif(email, '')
FROM (SELECT id, first_name, last_name, name, profile_image, email,
          char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201,
              8202, 8232, 8233, 8239, 8287, 12288) AS white
      FROM users);

-- Messages with how both sides are shown. A chat is shown in no way.
CREATE VIEW shown_messages AS
SELECT m.position, m.id, m.sender, m.receiver, m.chat, m.text, m.image, m.client_id, m.digest, m.created_at,
    m.updated_at, m.delivered_at, m.read_at, s.name AS sender_name, s.image AS sender_image, s.email AS sender_email,
    r.name AS receiver_name, r.image AS receiver_image, r.email AS receiver_email
FROM messages AS m
LEFT JOIN profiles AS s ON s.id = m.sender
LEFT JOIN profiles AS r ON r.id = m.receiver;

-- Who may send what: the highest role first, each once. Without roles the event was removed from the map; one that is
-- `preset` would come back by itself if that were forgotten.
CREATE TABLE event_roles (
    event      TEXT    NOT NULL PRIMARY KEY,
    roles      TEXT    CHECK (roles IS NULL OR json_valid(roles)),
    preset     INTEGER NOT NULL CHECK (preset IN (0, 1)),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    id         TEXT    NOT NULL PRIMARY KEY,
    number     TEXT,
    buyer      TEXT    NOT NULL,
    status     TEXT,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE order_sellers (
    order_id TEXT NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    seller   TEXT NOT NULL,
    PRIMARY KEY (order_id, seller)
) STRICT, WITHOUT ROWID;

-- `readers` is a role, or 'everyone'.
CREATE TABLE notices (
    position   INTEGER NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    readers    TEXT    NOT NULL CHECK (readers IN ('everyone', 'guest', 'user', 'staff', 'admin')),
    kind       TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    data       TEXT    CHECK (data IS NULL OR json_valid(data)),
    priority   TEXT    NOT NULL CHECK (priority IN ('normal', 'high')),
    announced  INTEGER NOT NULL CHECK (announced IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX notices_created ON notices (created_at);

CREATE TABLE socket_audit (
    position INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    severity TEXT    NOT NULL CHECK (severity IN ('low', 'medium', 'high')),
    user     TEXT,
    detail   TEXT    NOT NULL
) STRICT;

CREATE INDEX socket_audit_at ON socket_audit (at);
CREATE INDEX socket_audit_kind ON socket_audit (kind, at);
CREATE INDEX socket_audit_user ON socket_audit (user, at) WHERE user IS NOT NULL;
-- Most entries are of low severity and in neither of these.
CREATE INDEX socket_audit_severe ON socket_audit (at) WHERE severity <> 'low';
CREATE INDEX socket_audit_most_severe ON socket_audit (at) WHERE severity = 'high';
