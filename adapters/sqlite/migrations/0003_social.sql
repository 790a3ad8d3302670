-- What contracts/social.md adds: how users are shown, deletion, preferences, statuses, followers, web push.

-- How users are shown: the name to show, else given and family name, without the white space (as Unicode has it)
-- around them.
CREATE VIEW profiles (id, name, image) AS
SELECT id,
    CASE WHEN trim(name, white) <> '' THEN name
    ELSE nullif(trim(trim(coalesce(first_name, ''), white) || ' ' || trim(coalesce(last_name, ''), white)), '') END,
    profile_image
FROM (SELECT id, first_name, last_name, name, profile_image,
          char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201,
              8202, 8232, 8233, 8239, 8287, 12288) AS white
      FROM users);

-- Messages with how both sides are shown. A chat is shown in no way.
CREATE VIEW shown_messages AS
SELECT m.position, m.id, m.sender, m.receiver, m.chat, m.text, m.image, m.client_id, m.digest, m.created_at,
    m.updated_at, m.delivered_at, m.read_at, s.name AS sender_name, s.image AS sender_image,
    r.name AS receiver_name, r.image AS receiver_image
FROM messages AS m
LEFT JOIN profiles AS s ON s.id = m.sender
LEFT JOIN profiles AS r ON r.id = m.receiver;

-- `last_position` is the place of the message that a conversation ends with: it was that of the one stored last,
-- which is another one if a clock went back.
UPDATE conversations SET last_position =
    (SELECT position FROM
        (SELECT created_at, position FROM messages
         WHERE sender = conversations.user AND receiver = conversations.partner
         UNION ALL
         SELECT created_at, position FROM messages
         WHERE sender = conversations.partner AND receiver = conversations.user
         ORDER BY created_at DESC, position DESC LIMIT 1))
WHERE last_at <> (SELECT created_at FROM messages WHERE position = last_position);

DROP TRIGGER messages_inserted;

CREATE TRIGGER messages_inserted AFTER INSERT ON messages WHEN NEW.receiver IS NOT NULL BEGIN
    INSERT INTO conversations (user, partner, last_at, last_position, unread)
    VALUES (NEW.sender, NEW.receiver, NEW.created_at, NEW.position, 0)
    ON CONFLICT (user, partner) DO UPDATE
    SET last_at = max(last_at, excluded.last_at),
        last_position = iif(excluded.last_at < last_at, last_position, excluded.last_position);

    INSERT INTO conversations (user, partner, last_at, last_position, unread)
    VALUES (NEW.receiver, NEW.sender, NEW.created_at, NEW.position, NEW.read_at IS NULL)
    ON CONFLICT (user, partner) DO UPDATE
    SET last_at = max(last_at, excluded.last_at),
        last_position = iif(excluded.last_at < last_at, last_position, excluded.last_position),
        unread = unread + excluded.unread;
END;

-- The position of a deleted message may be given again if it was the highest one: nothing may remember it.
CREATE TRIGGER messages_deleted AFTER DELETE ON messages WHEN OLD.receiver IS NOT NULL BEGIN
    UPDATE conversations SET unread = unread - 1
    WHERE OLD.read_at IS NULL AND user = OLD.receiver AND partner = OLD.sender;

    DELETE FROM conversations
    WHERE (user = OLD.sender AND partner = OLD.receiver OR user = OLD.receiver AND partner = OLD.sender)
        AND NOT EXISTS (SELECT 1 FROM messages WHERE sender = OLD.sender AND receiver = OLD.receiver)
        AND NOT EXISTS (SELECT 1 FROM messages WHERE sender = OLD.receiver AND receiver = OLD.sender);

    UPDATE conversations SET (last_at, last_position) =
        (SELECT created_at, position FROM
            (SELECT created_at, position FROM messages WHERE sender = OLD.sender AND receiver = OLD.receiver
             UNION ALL
             SELECT created_at, position FROM messages WHERE sender = OLD.receiver AND receiver = OLD.sender
             ORDER BY created_at DESC, position DESC LIMIT 1))
    WHERE (user = OLD.sender AND partner = OLD.receiver OR user = OLD.receiver AND partner = OLD.sender)
        AND last_position = OLD.position;
END;

-- Where deleted messages stood, for clients that page backwards from one.
CREATE TABLE deleted_messages (
    id         TEXT    NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deleted_messages_at ON deleted_messages (at);

ALTER TABLE notifications ADD COLUMN from_user TEXT;
ALTER TABLE notifications ADD COLUMN post TEXT;

CREATE INDEX notifications_kind ON notifications (user, kind, created_at);
CREATE INDEX notifications_read_before ON notifications (user, created_at) WHERE read_at IS NOT NULL;

CREATE TRIGGER notifications_deleted AFTER DELETE ON notifications WHEN OLD.read_at IS NULL BEGIN
    UPDATE unread_notifications SET unread = unread - 1 WHERE user = OLD.user;
END;

-- Notifications with how those are shown who caused them.
CREATE VIEW shown_notifications AS
SELECT n.position, n.id, n.user, n.kind, n.title, n.message, n.data, n.from_user, n.post, n.created_at, n.read_at,
    p.name AS from_name, p.image AS from_image
FROM notifications AS n
LEFT JOIN profiles AS p ON p.id = n.from_user;

-- What users want to be told of: an object, name by name as they last said.
CREATE TABLE preferences (
    user   TEXT NOT NULL PRIMARY KEY,
    wanted TEXT NOT NULL CHECK (json_valid(wanted))
) STRICT, WITHOUT ROWID;

-- What users say of themselves, and when they were last there. There is a row without a word for whoever never said
-- anything.
CREATE TABLE statuses (
    user      TEXT    NOT NULL PRIMARY KEY,
    status    TEXT,
    custom    TEXT,
    last_seen INTEGER
) STRICT, WITHOUT ROWID;

-- A word is the same word in capitals.
CREATE INDEX statuses_word ON statuses (status COLLATE NOCASE) WHERE status IS NOT NULL;

-- Users whose followers the app gave, be they none.
CREATE TABLE followed (
    user TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE followers (
    user     TEXT NOT NULL,
    follower TEXT NOT NULL,
    PRIMARY KEY (user, follower)
) STRICT, WITHOUT ROWID;

-- Where browsers are reached that are not connected. An endpoint is one browser's.
CREATE TABLE subscriptions (
    position   INTEGER NOT NULL PRIMARY KEY,
    user       TEXT    NOT NULL,
    endpoint   TEXT    NOT NULL UNIQUE,
    p256dh     TEXT    NOT NULL,
    auth       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX subscriptions_user ON subscriptions (user);
