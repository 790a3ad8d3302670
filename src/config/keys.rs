//! The names there are, so that a mistyped one in `outrigger.toml` is told of.

use super::{Source, reader::Reader};

/// Every setting: its name, its default, and what it means. README's table is this one.
pub(crate) const KEYS: [(&str, &str, &str); 78] = [
    ("JWT_SECRET", "none", "the app's secret for HS256 tokens, at least 32 bytes"),
    ("INTERNAL_SECRET", "none", "what the app shows to call the internal API, at least 32 bytes"),
    ("PORT", "3001", "public port; 0 takes a free one"),
    ("BIND", "0.0.0.0", "public address; `dev` binds 127.0.0.1"),
    ("INTERNAL_ADDR", "127.0.0.1:3002", "address of the internal API and /metrics"),
    ("DATABASE_URL", "sqlite:outrigger.db", "where messages, sessions and notifications are kept"),
    ("NEXT_PUBLIC_APP_URL", "none", "the app's origin, allowed to connect"),
    ("ALLOWED_ORIGINS", "none", "more origins, between commas"),
    ("CLIENT_URL", "none", "the same for ROOT_CONTRACT=social or quiz"),
    ("FRONTEND_URL", "none", "the same for ROOT_CONTRACT=tracking or quiz"),
    ("CORS_ORIGIN", "none", "the same for ROOT_CONTRACT=commerce"),
    ("TRUSTED_PROXIES", "none", "addresses or networks whose X-Forwarded-* headers are believed"),
    (
        "PUBLIC_URL",
        "none",
        "stands before the addresses of stored images; without it they are paths",
    ),
    (
        "AUTH_COOKIE",
        "authToken",
        "the cookie with the token; __Host- and __Secure- before it are found too",
    ),
    (
        "JWT_USER_CLAIM",
        "userId,id,_id,sub",
        "claim with the user's id; the first one present (_id,id,sub,userId with ROOT_CONTRACT=social)",
    ),
    ("JWT_EMAIL_CLAIM", "email", "claim with the user's address"),
    ("JWT_ADMIN_CLAIM", "isAdmin", "claim that is true for admins"),
    ("JWT_ROLE_CLAIM", "role", "claim with a word for the role"),
    ("ROOT_CONTRACT", "rooms", "the contract at /socket.io"),
    (
        "RATE_LIMITS",
        "on",
        "limits for each user and event; off, or changes like social:send_message=20/60 (times/seconds)",
    ),
    ("STRICT_RECEIVER", "on", "off: messages to users nobody has told of are kept, too"),
    (
        "SOCIAL_STATUS_AUDIENCE",
        "followers",
        "who hears how a user is: followers and partners if the app gave followers, or everyone",
    ),
    ("TRACK_UNKNOWN", "refuse", "allow: messages that nobody has told of yet can be tracked, too"),
    (
        "COMMERCE_GUESTS",
        "refuse",
        "allow: people without a token are let in, with next to no rights",
    ),
    (
        "COMMERCE_ROOMS",
        "open",
        "who may join rooms without a prefix: anybody until the app names members, or granted: only those",
    ),
    (
        "COMMERCE_CHAT_FROM",
        "email",
        "what a message of contract commerce says it is from: email or id",
    ),
    (
        "QUIZ_GUESTS",
        "allow",
        "what people without a token may do in contract quiz: refuse (nothing), allow (take part and listen), speak (in rooms, too)",
    ),
    (
        "CONTACTS_ASSIGN_AFTER_MS",
        "300000",
        "a request for help that nobody took is given to an admin",
    ),
    ("CONTACTS_ASSIGN_RETRY_MS", "60000", "and if none is there, again after this"),
    ("CONTACTS_ADMIN_GRACE_MS", "60000", "an admin may be gone so long before others take over"),
    ("CONTACTS_ALERT_TO", "none", "who is told of new requests by e-mail, between commas"),
    ("CONTACTS_QUEUE_URL", "none", "where admins find the queue, for those e-mails"),
    (
        "SMTP_URL",
        "none",
        "the mail server: smtp://user:password@mail.example.com:587 or smtps://…; without it no e-mail is sent",
    ),
    ("MAIL_FROM", "none", "whom e-mails are from, like Our app <hello@example.com>"),
    ("MAIL_APP_NAME", "Our app", "the app's name in e-mails"),
    ("MAIL_SUPPORT", "none", "an address for questions, in e-mails"),
    ("MAIL_PER_MINUTE", "60", "e-mails sent in a minute at most"),
    ("MAIL_LIST_SPACING_MS", "2000", "between two e-mails that nobody asked for by what they did"),
    ("MAIL_ATTEMPTS", "3", "attempts before an e-mail is given up"),
    ("MAIL_RETRY_MS", "60000", "to the second attempt; to each further one ten times as long"),
    ("MAX_CONNECTIONS", "20000", "open connections"),
    ("MAX_CONNECTIONS_PER_ADDRESS", "20000", "open connections from one address"),
    ("MAX_SOCKETS_PER_USER", "200", "open sockets of one user"),
    ("MAX_ROOMS_PER_SOCKET", "100", "chats that one socket may join"),
    ("MAX_PAYLOAD_BYTES", "1000000", "largest packet"),
    ("MAX_TEXT_BYTES", "65536", "largest text of a message"),
    ("MAX_IMAGE_BYTES", "5242880", "largest image of a message"),
    ("WRITE_STALL_MS", "10000", "a client that reads nothing for so long is disconnected"),
    ("PING_INTERVAL_MS", "25000", "heartbeat of Engine.IO; 15000 in `dev`"),
    (
        "PING_TIMEOUT_MS",
        "20000",
        "time to answer it; 10000 in `dev`, 60000 with ROOT_CONTRACT=commerce or quiz",
    ),
    (
        "CONNECT_TIMEOUT_MS",
        "10000",
        "time to join a namespace after connecting; 45000 with ROOT_CONTRACT=commerce",
    ),
    ("APP_PING_INTERVAL_MS", "as PING_INTERVAL_MS", "the application's own `ping` event"),
    (
        "PENDING_AUTH_MS",
        "0",
        "a socket of `rooms` may connect without a token and show one within this time; 0 refuses it",
    ),
    ("LEGACY_AUTH_TIMEOUT_MS", "10000", "the same for namespace /auth"),
    ("DEACTIVATION_GRACE_MS", "5000", "from the news of a deactivation to the end of the sockets"),
    ("FEED_KEEP_EVENTS", "1000", "events of each user that are kept for clients that come back"),
    ("FEED_KEEP_MS", "604800000", "older ones are dropped"),
    (
        "PRESENCE_GRACE_MS",
        "5000",
        "a user who is back within this time was never away, for webhooks; after a crash 30000",
    ),
    ("OUTRIGGER_WEBHOOK_URL", "none", "where the app is told what happens (docs/WEBHOOKS.md)"),
    ("OUTRIGGER_WEBHOOK_SECRET", "none", "signs webhooks, at least 32 bytes"),
    ("OUTRIGGER_USER_LOOKUP_URL", "none", "where the app is asked for a user nobody has told of"),
    ("VAPID_PRIVATE_KEY", "none", "signs web push; `outrigger vapid` makes one"),
    ("VAPID_SUBJECT", "none", "whom push services may write to, like mailto:ops@example.com"),
    ("PUSH_WHEN", "away", "whom notifications are pushed to: who is away, or always"),
    (
        "PUSH_ORIGINS",
        "the browsers' services",
        "push services that may be talked to, between commas",
    ),
    ("OUTRIGGER_WEBHOOK_EVENTS", "all", "types of webhooks, between commas"),
    ("OUTRIGGER_WEBHOOK_ACTIONS", "none", "events of clients that the app decides about"),
    (
        "OUTRIGGER_WEBHOOK_OFFLINE_DELAY_MS",
        "30000",
        "the app is told of a message that is unread so long after it came for a user who is away",
    ),
    ("OUTRIGGER_WEBHOOK_TIMEOUT_MS", "10000", "time for the app to answer"),
    ("OUTRIGGER_WEBHOOK_ATTEMPTS", "20", "attempts before a webhook is given up"),
    ("OUTRIGGER_WEBHOOK_CONCURRENCY", "16", "webhooks sent at the same time"),
    ("OUTRIGGER_WEBHOOK_QUEUE", "100000", "webhooks that may wait"),
    ("SHUTDOWN_NOTICE_MS", "1000", "from `server_shutdown` to the first connection's end"),
    (
        "SHUTDOWN_DRAIN_MS",
        "3000",
        "connections end spread over this time, so that not all come back at once",
    ),
    ("SHUTDOWN_DEADLINE_MS", "10000", "the process has ended by then"),
    ("LOG", "info", "what is logged, as in RUST_LOG"),
    ("LOG_FORMAT", "text", "text or json"),
    ("RUST_LOG", "none", "read if LOG is not set"),
];

/// Faults for names in the file that mean nothing.
pub(super) fn refuse_unknown(source: &Source, reader: &mut Reader<'_>) {
    let unknown: Vec<_> = source
        .file_keys()
        .filter(|key| !KEYS.iter().any(|(known, _, _)| known == key))
        .filter(|key| *key != "REDIS_URL")
        .map(str::to_owned)
        .collect();
    for key in unknown {
        reader.fault(format!("{} in outrigger.toml is not a setting", key.to_ascii_lowercase()));
    }
}

#[cfg(test)]
mod tests {
    use super::KEYS;

    #[test]
    fn the_readme_has_a_row_for_every_setting() {
        let readme = include_str!("../../README.md");
        for (key, default, meaning) in KEYS {
            let row = format!("| `{key}` | {default} | {meaning} |");
            assert!(readme.contains(&row), "README.md lacks this row:\n{row}");
        }
    }
}
