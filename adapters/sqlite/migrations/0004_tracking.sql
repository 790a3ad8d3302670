-- What contracts/tracking.md adds: messages sent to many, their recipients, and figures of them.

-- What the app said a user may do, apart from what tokens say.
ALTER TABLE users ADD COLUMN told_role TEXT CHECK (told_role IN ('guest', 'user', 'staff', 'admin'));

-- The counts are those of the rows in `tracked_recipients`, kept by whoever writes those: nobody counts a hundred thousand rows.
CREATE TABLE tracked (
    position         INTEGER NOT NULL PRIMARY KEY,
    id               TEXT    NOT NULL UNIQUE,
    owner            TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    subject          TEXT,
    content          TEXT,
    kind             TEXT,
    template         TEXT,
    total            INTEGER,
    pending          INTEGER NOT NULL CHECK (pending >= 0),
    sending          INTEGER NOT NULL CHECK (sending >= 0),
    sent             INTEGER NOT NULL CHECK (sent >= 0),
    delivered        INTEGER NOT NULL CHECK (delivered >= 0),
    failed           INTEGER NOT NULL CHECK (failed >= 0),
    bounced          INTEGER NOT NULL CHECK (bounced >= 0),
    reported_success INTEGER,
    reported_failed  INTEGER,
    cost             REAL,
    recipients_cost  REAL,
    scheduled_at     INTEGER,
    sent_at          INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    revision         INTEGER NOT NULL
) STRICT;

CREATE INDEX tracked_owner ON tracked (owner, created_at);
CREATE INDEX tracked_created ON tracked (created_at);

-- `message` is a position in `tracked`; `revision` numbers the changes of a message's recipients. `failed_at` is when a
-- recipient failed that has not got it after all.
CREATE TABLE tracked_recipients (
    message      INTEGER NOT NULL REFERENCES tracked (position) ON DELETE CASCADE,
    id           TEXT    NOT NULL,
    phone        TEXT    NOT NULL,
    email        TEXT,
    name         TEXT,
    status       TEXT    NOT NULL,
    error        TEXT,
    cost         REAL,
    sent_at      INTEGER,
    delivered_at INTEGER,
    failed_at    INTEGER,
    updated_at   INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    PRIMARY KEY (message, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tracked_recipients_changed ON tracked_recipients (message, revision);
CREATE INDEX tracked_recipients_status ON tracked_recipients (message, status, id);

-- Figures, kept with each change so that reading them costs the same whatever was sent. Days are numbers of days (UTC) since
-- the Unix epoch, months `YYYY-MM` (UTC). The owner '' stands for everyone: what all owners have, added up.

-- Whom a user's messages go to, by number, else address, else id, and by how many rows of recipients.
CREATE TABLE tracked_contacts (
    owner      TEXT    NOT NULL,
    contact    TEXT    NOT NULL,
    recipients INTEGER NOT NULL,
    first_day  INTEGER NOT NULL,
    PRIMARY KEY (owner, contact)
) STRICT, WITHOUT ROWID;

-- Contacts first seen on a day, and recipients whose provider had it, who got it and who will not since that day.
CREATE TABLE tracked_days (
    owner     TEXT    NOT NULL,
    day       INTEGER NOT NULL,
    contacts  INTEGER NOT NULL,
    sent      INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    PRIMARY KEY (owner, day)
) STRICT, WITHOUT ROWID;

-- Messages first told of in a month: how many, and what became of them by now. `handed` counts recipients whose provider had
-- it and those with a final status, `delivered` those of them who got it.
CREATE TABLE tracked_months (
    owner      TEXT    NOT NULL,
    month      TEXT    NOT NULL,
    messages   INTEGER NOT NULL,
    recipients INTEGER NOT NULL,
    success    INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    handed     INTEGER NOT NULL,
    delivered  INTEGER NOT NULL,
    cost       REAL    NOT NULL,
    PRIMARY KEY (owner, month)
) STRICT, WITHOUT ROWID;

-- Messages of a month made from a template.
CREATE TABLE tracked_templates (
    owner    TEXT    NOT NULL,
    month    TEXT    NOT NULL,
    template TEXT    NOT NULL,
    messages INTEGER NOT NULL,
    PRIMARY KEY (owner, month, template)
) STRICT, WITHOUT ROWID;
