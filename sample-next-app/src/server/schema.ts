// The tables of the app. Messages are not here: they live in the sidecar, but for those that wait for it.

/** Each statement may run again without harm. */
export const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
    first_name    TEXT NOT NULL,
    last_name     TEXT NOT NULL,
    password_hash TEXT,
    profile_image TEXT,
    is_admin      INTEGER NOT NULL DEFAULT 0,
    active        INTEGER NOT NULL DEFAULT 1,
    inactive_since TEXT,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL
  ) STRICT`,
  // Someone's account at a provider, known by the provider's own id: addresses change hands.
  `CREATE TABLE IF NOT EXISTS identities (
    provider TEXT NOT NULL,
    subject  TEXT NOT NULL,
    user_id  TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (provider, subject)
  ) STRICT`,
  // One login on one device. The version counts its tokens.
  `CREATE TABLE IF NOT EXISTS logins (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    version    INTEGER NOT NULL DEFAULT 1,
    user_agent TEXT NOT NULL,
    provider   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at   TEXT
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS logins_of_user ON logins (user_id, ended_at)`,
  // What the sidecar has to be told and could not be told yet, in order.
  `CREATE TABLE IF NOT EXISTS outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    sender_id  TEXT,
    body       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    refused    TEXT
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS outbox_of_sender ON outbox (sender_id)`,
  // Who follows whom. The sidecar is told, so that it knows who may hear how someone is.
  `CREATE TABLE IF NOT EXISTS follows (
    user_id     TEXT NOT NULL REFERENCES users (id),
    follower_id TEXT NOT NULL REFERENCES users (id),
    created_at  TEXT NOT NULL,
    PRIMARY KEY (user_id, follower_id)
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS follows_of_follower ON follows (follower_id)`,
  // Who may offer products. Not a column of users: this table came later.
  `CREATE TABLE IF NOT EXISTS sellers (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    since   TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS products (
    id          TEXT PRIMARY KEY,
    seller_id   TEXT NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    cents       INTEGER NOT NULL,
    status      TEXT NOT NULL DEFAULT 'pending',
    note        TEXT,
    created_at  TEXT NOT NULL
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS products_of_seller ON products (seller_id)`,
  // What someone is about to buy, as their page wrote it: it is read again, with the prices of then, when they order.
  `CREATE TABLE IF NOT EXISTS carts (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    body    TEXT NOT NULL
  ) STRICT`,
  // The number is the buyer's page's: an order that is handed over twice is one.
  `CREATE TABLE IF NOT EXISTS orders (
    id         TEXT PRIMARY KEY,
    number     TEXT NOT NULL,
    buyer_id   TEXT NOT NULL REFERENCES users (id),
    lines      TEXT NOT NULL,
    cents      INTEGER NOT NULL,
    status     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (buyer_id, number)
  ) STRICT`,
  // Whose products are in an order.
  `CREATE TABLE IF NOT EXISTS order_sellers (
    order_id  TEXT NOT NULL REFERENCES orders (id),
    seller_id TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (order_id, seller_id)
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS orders_of_seller ON order_sellers (seller_id)`,
  // Quizzes as their hosts wrote them; who answered what, and who leads, the sidecar knows.
  `CREATE TABLE IF NOT EXISTS quizzes (
    code       TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    host_id    TEXT NOT NULL REFERENCES users (id),
    questions  TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS quizzes_of_host ON quizzes (host_id)`,
  // What the sidecar told, as far as an admin wants to see it.
  `CREATE TABLE IF NOT EXISTS webhooks (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE,
    type    TEXT NOT NULL,
    user_id TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at      TEXT NOT NULL
  ) STRICT`,
]
