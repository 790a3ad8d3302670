-- What contracts/quiz.md and contracts/contacts.md add: quizzes and each time one is held, requests for help and what is said
-- about them, and e-mail.

CREATE TABLE quizzes (
    id         TEXT    NOT NULL PRIMARY KEY,
    title      TEXT,
    host       TEXT,
    questions  TEXT    NOT NULL CHECK (json_valid(questions)),
    updated_at INTEGER NOT NULL
) STRICT;

-- What is said of the question that stands is all there or not at all; only `closes_at` may be missing.
CREATE TABLE quiz_sessions (
    position       INTEGER NOT NULL PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    quiz           TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('waiting', 'active', 'completed')),
    created_at     INTEGER NOT NULL,
    started_at     INTEGER,
    asked_index    INTEGER CHECK (asked_index >= 0),
    asked_question TEXT    CHECK ((asked_question IS NULL) = (asked_index IS NULL)),
    asked_at       INTEGER CHECK ((asked_at IS NULL) = (asked_index IS NULL)),
    asked_closed   INTEGER CHECK ((asked_closed IS NULL) = (asked_index IS NULL) AND asked_closed IN (0, 1)),
    closes_at      INTEGER,
    completed_at   INTEGER
) STRICT;

CREATE INDEX quiz_sessions_quiz ON quiz_sessions (quiz);
CREATE INDEX quiz_sessions_open ON quiz_sessions (created_at) WHERE status <> 'completed';
CREATE INDEX quiz_sessions_completed ON quiz_sessions (completed_at) WHERE status = 'completed';

-- `session` is a position in `quiz_sessions`.
CREATE TABLE quiz_participants (
    session   INTEGER NOT NULL REFERENCES quiz_sessions (position),
    user      TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    joined_at INTEGER NOT NULL,
    score     INTEGER NOT NULL,
    score_set INTEGER NOT NULL CHECK (score_set IN (0, 1)),
    answered  INTEGER NOT NULL CHECK (answered >= 0),
    scored_at INTEGER,
    finished  INTEGER NOT NULL CHECK (finished IN (0, 1)),
    gone      INTEGER NOT NULL CHECK (gone IN (0, 1)),
    PRIMARY KEY (session, user)
) STRICT, WITHOUT ROWID;

-- What was said comes last: who only wants to know what it brought does not read it.
CREATE TABLE quiz_answers (
    session    INTEGER NOT NULL REFERENCES quiz_sessions (position),
    user       TEXT    NOT NULL,
    question   TEXT    NOT NULL,
    points     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    time_spent REAL,
    answer     TEXT    NOT NULL CHECK (json_valid(answer)),
    PRIMARY KEY (session, user, question)
) STRICT, WITHOUT ROWID;

-- `admin` looks after it, or did when it was done.
CREATE TABLE contacts (
    position      INTEGER NOT NULL PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    subject       TEXT,
    message       TEXT    NOT NULL,
    phone         TEXT,
    priority      TEXT    NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    urgency       INTEGER NOT NULL GENERATED ALWAYS AS
        (CASE priority WHEN 'low' THEN 0 WHEN 'normal' THEN 1 WHEN 'high' THEN 2 ELSE 3 END) VIRTUAL,
    status        TEXT    NOT NULL CHECK (status IN ('pending', 'in_progress', 'resolved')),
    user          TEXT,
    access_digest BLOB    NOT NULL CHECK (length(access_digest) = 32),
    submitted_at  INTEGER NOT NULL,
    assign_at     INTEGER NOT NULL,
    admin         TEXT    CHECK (CASE status WHEN 'pending' THEN admin IS NULL WHEN 'in_progress' THEN admin IS NOT NULL ELSE true END),
    admin_name    TEXT    CHECK ((admin_name IS NULL) = (admin IS NULL)),
    admin_email   TEXT    CHECK ((admin_email IS NULL) = (admin IS NULL)),
    claimed_at    INTEGER CHECK ((claimed_at IS NULL) = (admin IS NULL)),
    resolver      TEXT    CHECK ((resolver IS NULL) = (resolved_at IS NULL)),
    resolver_name TEXT    CHECK ((resolver_name IS NULL) = (resolved_at IS NULL)),
    resolved_at   INTEGER CHECK ((resolved_at IS NULL) = (status <> 'resolved'))
) STRICT;

-- Each list has an index of its own, which holds no more than what is in it.
CREATE INDEX contacts_submitted ON contacts (submitted_at);
CREATE INDEX contacts_user ON contacts (user, submitted_at) WHERE user IS NOT NULL;
CREATE INDEX contacts_admin ON contacts (admin, submitted_at) WHERE status = 'in_progress';
CREATE INDEX contacts_open ON contacts (submitted_at) WHERE status = 'in_progress';
CREATE INDEX contacts_done ON contacts (submitted_at) WHERE status = 'resolved';
CREATE INDEX contacts_resolved ON contacts (resolved_at) WHERE status = 'resolved';
-- Those that wait: as they are shown, as they are given away, and whether any is due to be.
CREATE INDEX contacts_shown ON contacts (urgency, submitted_at) WHERE status = 'pending';
CREATE INDEX contacts_queue ON contacts (urgency DESC, submitted_at) WHERE status = 'pending';
CREATE INDEX contacts_due ON contacts (assign_at) WHERE status = 'pending';

-- `contact` is a position in `contacts`.
CREATE TABLE support_messages (
    position    INTEGER NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    contact     INTEGER NOT NULL REFERENCES contacts (position) ON DELETE CASCADE,
    sender      TEXT    NOT NULL,
    sender_name TEXT    NOT NULL,
    speaker     TEXT    NOT NULL CHECK (speaker IN ('submitter', 'admin')),
    message     TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

CREATE INDEX support_messages_contact ON support_messages (contact);

-- One row, kept by the triggers below alone. What came, was done and was said counts for good, also when it is forgotten.
-- `response_ms` is how long all that is done took.
CREATE TABLE support_figures (
    one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    total       INTEGER NOT NULL,
    pending     INTEGER NOT NULL CHECK (pending >= 0),
    in_progress INTEGER NOT NULL CHECK (in_progress >= 0),
    resolved    INTEGER NOT NULL,
    response_ms INTEGER NOT NULL,
    messages    INTEGER NOT NULL
) STRICT;

INSERT INTO support_figures (one, total, pending, in_progress, resolved, response_ms, messages) VALUES (1, 0, 0, 0, 0, 0, 0);

CREATE TRIGGER contacts_inserted AFTER INSERT ON contacts BEGIN
    UPDATE support_figures SET total = total + 1,
        pending = pending + (NEW.status = 'pending'),
        in_progress = in_progress + (NEW.status = 'in_progress'),
        resolved = resolved + (NEW.status = 'resolved'),
        response_ms = response_ms + coalesce(max(NEW.resolved_at - NEW.submitted_at, 0), 0);
END;

CREATE TRIGGER contacts_moved AFTER UPDATE OF status ON contacts WHEN OLD.status <> NEW.status BEGIN
    UPDATE support_figures SET
        pending = pending + (NEW.status = 'pending') - (OLD.status = 'pending'),
        in_progress = in_progress + (NEW.status = 'in_progress') - (OLD.status = 'in_progress'),
        resolved = resolved + (NEW.status = 'resolved'),
        response_ms = response_ms + coalesce(max(NEW.resolved_at - NEW.submitted_at, 0), 0);
END;

CREATE TRIGGER contacts_deleted AFTER DELETE ON contacts BEGIN
    UPDATE support_figures SET
        pending = pending - (OLD.status = 'pending'),
        in_progress = in_progress - (OLD.status = 'in_progress');
END;

CREATE TRIGGER support_messages_inserted AFTER INSERT ON support_messages BEGIN
    UPDATE support_figures SET messages = messages + 1;
END;

CREATE TABLE mails (
    position   INTEGER NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    template   TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('direct', 'list')),
    recipient  TEXT    NOT NULL,
    vars       TEXT    NOT NULL CHECK (json_valid(vars)),
    key        TEXT    UNIQUE,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
    attempts   INTEGER NOT NULL CHECK (attempts >= 0),
    last_error TEXT,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX mails_state ON mails (state);
CREATE INDEX mails_due ON mails (kind, due_at) WHERE state = 'waiting';
CREATE INDEX mails_settled ON mails (state, updated_at);

-- One row, kept by the triggers below alone: asked for with every new mail.
CREATE TABLE mail_figures (
    one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    waiting INTEGER NOT NULL CHECK (waiting >= 0),
    dead    INTEGER NOT NULL CHECK (dead >= 0)
) STRICT;

INSERT INTO mail_figures (one, waiting, dead) VALUES (1, 0, 0);

CREATE TRIGGER mails_inserted AFTER INSERT ON mails BEGIN
    UPDATE mail_figures SET waiting = waiting + (NEW.state = 'waiting'), dead = dead + (NEW.state = 'dead');
END;

CREATE TRIGGER mails_moved AFTER UPDATE OF state ON mails WHEN OLD.state <> NEW.state BEGIN
    UPDATE mail_figures SET waiting = waiting + (NEW.state = 'waiting') - (OLD.state = 'waiting'),
        dead = dead + (NEW.state = 'dead') - (OLD.state = 'dead');
END;

CREATE TRIGGER mails_deleted AFTER DELETE ON mails BEGIN
    UPDATE mail_figures SET waiting = waiting - (OLD.state = 'waiting'), dead = dead - (OLD.state = 'dead');
END;

-- Addresses in lower case.
CREATE TABLE mail_suppressions (
    address TEXT    NOT NULL PRIMARY KEY,
    why     TEXT    NOT NULL CHECK (why IN ('bounced', 'unsubscribed')),
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
