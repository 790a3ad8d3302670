//! Settings: read, checked, and told of all at once.

mod commerce;
mod keys;
mod mail;
mod quiz;
mod rates;
mod reader;
mod social;
mod source;
mod webhooks;

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use outrigger_domain::{
    events::Secret, identity::ClaimNames, limits::Allowance, messaging::MessageLimits,
    statuses::StatusAudience, support::SupportSettings,
};
use outrigger_namespaces::{entry::MAX_SOCKETS_PER_USER, mount::RootContract};
use outrigger_transport::{Limits, Pace, TrustedProxies};

pub(crate) use commerce::CommerceConfig;
pub(crate) use mail::MailConfig;
pub(crate) use quiz::QuizGuests;
pub(crate) use reader::Faults;
use reader::Reader;
pub(crate) use social::PushConfig;
pub(crate) use source::Source;
pub(crate) use webhooks::{LookupSettings, WebhookSettings};

/// How logs are written.
#[derive(Debug, Clone)]
pub(crate) struct Logging {
    /// What is logged, in the syntax of `tracing_subscriber::EnvFilter`.
    pub(crate) filter: String,
    /// JSON rather than text.
    pub(crate) json: bool,
}

/// Everything that can be set.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) jwt_secret: Secret,
    pub(crate) internal_secret: Secret,
    pub(crate) claims: ClaimNames,
    pub(crate) auth_cookie: String,
    pub(crate) public: SocketAddr,
    pub(crate) internal: SocketAddr,
    pub(crate) database_url: String,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) public_url: String,
    pub(crate) root: RootContract,
    pub(crate) limits: Limits,
    pub(crate) messages: MessageLimits,
    pub(crate) sockets_per_user: usize,
    pub(crate) rate_limits: HashMap<&'static str, Allowance>,
    pub(crate) heartbeat: Duration,
    pub(crate) deactivation_grace: Duration,
    pub(crate) rooms_pending: Duration,
    pub(crate) legacy_pending: Duration,
    pub(crate) shutdown: Pace,
    pub(crate) feed_events: u64,
    pub(crate) feed_age: Duration,
    pub(crate) webhooks: Option<WebhookSettings>,
    pub(crate) webhook_queue: u64,
    /// Where the app is asked for users nobody has told of.
    pub(crate) user_lookup: Option<LookupSettings>,
    pub(crate) strict_receiver: bool,
    pub(crate) status_audience: StatusAudience,
    /// Whether messages nobody has told of can be tracked: their owner gets what is told of them later.
    pub(crate) track_unknown: bool,
    pub(crate) commerce: CommerceConfig,
    /// What people without a token may do in contract `quiz`.
    pub(crate) quiz_guests: QuizGuests,
    pub(crate) support: SupportSettings,
    pub(crate) mail: MailConfig,
    pub(crate) push: Option<PushConfig>,
    /// As it was set; without it a reload has 5 s, and those whom a killed process left behind have 30 s.
    pub(crate) presence_grace: Option<Duration>,
    pub(crate) logging: Logging,
}

/// Nothing that waits may be set to wait longer.
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Config {
    /// For production: nothing secret has a default.
    pub(crate) fn for_serve(source: &Source) -> Result<Self, Faults> {
        Self::read(source, IpAddr::V4(Ipv4Addr::UNSPECIFIED), &production_limits())
    }

    /// For a developer's machine: loopback, quicker heartbeats.
    pub(crate) fn for_dev(source: &Source) -> Result<Self, Faults> {
        let limits = Limits {
            ping_interval: Duration::from_secs(15),
            ping_timeout: Duration::from_secs(10),
            ..production_limits()
        };
        Self::read(source, IpAddr::V4(Ipv4Addr::LOCALHOST), &limits)
    }

    fn read(source: &Source, bind: IpAddr, limits: &Limits) -> Result<Self, Faults> {
        let mut reader = Reader::new(source);
        keys::refuse_unknown(source, &mut reader);
        let jwt_secret = reader.secret("JWT_SECRET");
        let internal_secret = reader.secret("INTERNAL_SECRET");
        if !jwt_secret.is_empty() && jwt_secret == internal_secret {
            reader.fault("INTERNAL_SECRET must differ from JWT_SECRET: who can call the internal API should not be able to make tokens".to_owned());
        }
        let bind = reader.value("BIND", bind, "an IP address");
        let port = u16::try_from(reader.number("PORT", 3001, 0, 65_535)).unwrap_or(3001);
        let internal =
            reader.address("INTERNAL_ADDR", SocketAddr::from((Ipv4Addr::LOCALHOST, 3002)));
        let database_url = reader.text("DATABASE_URL").unwrap_or("sqlite:outrigger.db").to_owned();
        if !database_url.starts_with("sqlite:") {
            reader.fault("DATABASE_URL must start with sqlite: in this version".to_owned());
        }
        // The app's own .env may name it for itself: that is no fault of ours.
        if source.file_keys().any(|from_file| from_file == "REDIS_URL") {
            reader.fault(
                "REDIS_URL is not used by this version: remove it from outrigger.toml".to_owned(),
            );
        }
        let root = reader.text("ROOT_CONTRACT").unwrap_or(RootContract::NAMES[0]);
        let root = RootContract::named(root).unwrap_or_else(|| {
            reader.fault(format!(
                "ROOT_CONTRACT must be one of: {}; not {root:?}",
                RootContract::NAMES.join(", ")
            ));
            RootContract::default()
        });
        let auth_cookie = reader.text("AUTH_COOKIE").unwrap_or("authToken").to_owned();
        if !auth_cookie.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            reader.fault("AUTH_COOKIE must be a cookie's name: letters, digits, - _ .".to_owned());
        }
        let app_url = reader.list("NEXT_PUBLIC_APP_URL").into_iter().next();
        let config = Self {
            jwt_secret: Secret::new(jwt_secret),
            internal_secret: Secret::new(internal_secret),
            claims: claims(&reader, root),
            auth_cookie,
            public: SocketAddr::new(bind, port),
            internal,
            database_url,
            allowed_origins: origins(&mut reader, root),
            trusted_proxies: trusted_proxies(&mut reader),
            public_url: public_url(&mut reader),
            root,
            messages: messages(&mut reader),
            sockets_per_user: reader.size(
                "MAX_SOCKETS_PER_USER",
                MAX_SOCKETS_PER_USER,
                1,
                1_000_000,
            ),
            rate_limits: rates::read(&mut reader),
            heartbeat: heartbeat(&mut reader, limits),
            deactivation_grace: reader.millis("DEACTIVATION_GRACE_MS", Duration::from_secs(5), DAY),
            rooms_pending: reader.millis("PENDING_AUTH_MS", Duration::ZERO, DAY),
            legacy_pending: reader.millis("LEGACY_AUTH_TIMEOUT_MS", Duration::from_secs(10), DAY),
            shutdown: shutdown(&mut reader),
            feed_events: reader.number("FEED_KEEP_EVENTS", 1000, 1, 1_000_000),
            feed_age: reader.millis("FEED_KEEP_MS", 7 * DAY, 3650 * DAY),
            webhooks: webhooks::read(&mut reader),
            user_lookup: webhooks::user_lookup(&mut reader),
            strict_receiver: reader.switch("STRICT_RECEIVER", true),
            status_audience: social::status_audience(&mut reader),
            track_unknown: track_unknown(&mut reader),
            commerce: commerce::read(&mut reader),
            quiz_guests: quiz::guests(&mut reader),
            support: quiz::support(&mut reader),
            mail: mail::read(&mut reader, app_url.as_deref()),
            push: social::push(&mut reader),
            webhook_queue: reader.number("OUTRIGGER_WEBHOOK_QUEUE", 100_000, 1, 10_000_000),
            presence_grace: presence_grace(&mut reader),
            limits: transport(&mut reader, &of_root(limits, root)),
            logging: logging(&mut reader),
        };
        reader.finish(config)
    }
}

fn production_limits() -> Limits {
    Limits::default()
}

/// What a contract says of its engine holds where it is the root (`contracts/commerce.md` section 1, `contracts/quiz.md` section 1). A developer's machine
/// keeps its quicker heartbeat.
fn of_root(base: &Limits, root: RootContract) -> Limits {
    let patient = base.ping_timeout == production_limits().ping_timeout;
    match root {
        RootContract::Commerce if patient => Limits {
            ping_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(45),
            ..base.clone()
        },
        RootContract::Quiz if patient => {
            Limits { ping_timeout: Duration::from_secs(60), ..base.clone() }
        }
        RootContract::Commerce
        | RootContract::Quiz
        | RootContract::Rooms
        | RootContract::Social
        | RootContract::Tracking => base.clone(),
    }
}

fn transport(reader: &mut Reader<'_>, base: &Limits) -> Limits {
    Limits {
        ping_interval: reader.millis("PING_INTERVAL_MS", base.ping_interval, DAY),
        ping_timeout: reader.millis("PING_TIMEOUT_MS", base.ping_timeout, DAY),
        connect_timeout: reader.millis("CONNECT_TIMEOUT_MS", base.connect_timeout, DAY),
        max_payload_bytes: reader.size("MAX_PAYLOAD_BYTES", base.max_payload_bytes, 1024, 16 << 20),
        max_connections: reader.size("MAX_CONNECTIONS", base.max_connections, 1, 10_000_000),
        max_connections_per_address: reader.size(
            "MAX_CONNECTIONS_PER_ADDRESS",
            base.max_connections_per_address,
            1,
            10_000_000,
        ),
        max_rooms_per_socket: reader.size(
            "MAX_ROOMS_PER_SOCKET",
            base.max_rooms_per_socket,
            1,
            100_000,
        ),
        write_stall: reader.millis("WRITE_STALL_MS", base.write_stall, DAY),
        ..base.clone()
    }
}

fn claims(reader: &Reader<'_>, root: RootContract) -> ClaimNames {
    let mut names = ClaimNames::default();
    if root == RootContract::Social {
        // In the order of `contracts/social.md` section 1.
        names.user = ["_id", "id", "sub", "userId"].map(str::to_owned).into();
    }
    let set = |key: &str, field: &mut Vec<String>| {
        let given = reader.list(key);
        if !given.is_empty() {
            *field = given;
        }
    };
    set("JWT_USER_CLAIM", &mut names.user);
    set("JWT_EMAIL_CLAIM", &mut names.email);
    set("JWT_ADMIN_CLAIM", &mut names.admin);
    set("JWT_ROLE_CLAIM", &mut names.role);
    names
}

/// The origin of an address (RFC 6454 section 6.2).
fn origin_of(url: &http::Uri) -> Option<String> {
    Some(format!("{}://{}", url.scheme_str()?, url.authority()?))
}

fn origins(reader: &mut Reader<'_>, root: RootContract) -> Vec<String> {
    let mut origins = reader.list("ALLOWED_ORIGINS");
    origins.extend(reader.list("NEXT_PUBLIC_APP_URL"));
    // What these contracts' apps call it (section 1 of each).
    match root {
        RootContract::Social => origins.extend(reader.list("CLIENT_URL")),
        RootContract::Tracking => origins.extend(reader.list("FRONTEND_URL")),
        RootContract::Commerce => origins.extend(reader.list("CORS_ORIGIN")),
        RootContract::Quiz => {
            origins.extend(reader.list("CLIENT_URL"));
            origins.extend(reader.list("FRONTEND_URL"));
        }
        RootContract::Rooms => {}
    }
    // The page behind a link that ends list mail stands there (`docs/EMAIL.md`).
    let own = reader.text("PUBLIC_URL").and_then(|url| url.parse::<http::Uri>().ok());
    let mut sound: Vec<String> = own.iter().filter_map(origin_of).collect();
    for origin in origins {
        let origin = origin.trim_end_matches('/').to_owned();
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', '?', '#', '@'])) {
            sound.push(origin);
        } else {
            reader.fault(format!("ALLOWED_ORIGINS, NEXT_PUBLIC_APP_URL, CLIENT_URL, FRONTEND_URL and CORS_ORIGIN take origins like https://app.example.com, not {origin:?}"));
        }
    }
    sound
}

fn trusted_proxies(reader: &mut Reader<'_>) -> TrustedProxies {
    match TrustedProxies::parse(&reader.list("TRUSTED_PROXIES")) {
        Ok(proxies) => proxies,
        Err(error) => {
            reader.fault(format!(
                "TRUSTED_PROXIES takes addresses and networks like 10.0.0.0/8: {error}"
            ));
            TrustedProxies::default()
        }
    }
}

fn public_url(reader: &mut Reader<'_>) -> String {
    let url = reader.text("PUBLIC_URL").unwrap_or_default().trim_end_matches('/').to_owned();
    if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
        reader.fault("PUBLIC_URL must start with http:// or https://".to_owned());
    }
    url
}

fn messages(reader: &mut Reader<'_>) -> MessageLimits {
    let base = MessageLimits::default();
    MessageLimits {
        text_bytes: reader.size("MAX_TEXT_BYTES", base.text_bytes, 1, 512 * 1024),
        image_bytes: reader.size("MAX_IMAGE_BYTES", base.image_bytes, 1, 64 << 20),
    }
}

fn heartbeat(reader: &mut Reader<'_>, limits: &Limits) -> Duration {
    let heartbeat = reader.millis("APP_PING_INTERVAL_MS", limits.ping_interval, DAY);
    if heartbeat < Duration::from_millis(100) {
        reader.fault("APP_PING_INTERVAL_MS must be at least 100".to_owned());
    }
    heartbeat
}

/// `contracts/tracking.md` section 8, "owner of a message unknown to the sidecar".
fn track_unknown(reader: &mut Reader<'_>) -> bool {
    match reader.text("TRACK_UNKNOWN") {
        None | Some("refuse") => false,
        Some("allow") => true,
        Some(_) => {
            reader.fault("TRACK_UNKNOWN must be refuse or allow".to_owned());
            false
        }
    }
}

fn shutdown(reader: &mut Reader<'_>) -> Pace {
    Pace {
        notice: reader.millis("SHUTDOWN_NOTICE_MS", Duration::from_secs(1), DAY),
        drain: reader.millis("SHUTDOWN_DRAIN_MS", Duration::from_secs(3), DAY),
        deadline: reader.millis("SHUTDOWN_DEADLINE_MS", Duration::from_secs(10), DAY),
    }
}

fn presence_grace(reader: &mut Reader<'_>) -> Option<Duration> {
    reader.text("PRESENCE_GRACE_MS")?;
    Some(reader.millis("PRESENCE_GRACE_MS", Duration::ZERO, DAY))
}

fn logging(reader: &mut Reader<'_>) -> Logging {
    let filter =
        reader.text("LOG").or_else(|| reader.text("RUST_LOG")).unwrap_or("info").to_owned();
    let json = match reader.text("LOG_FORMAT") {
        None | Some("text") => false,
        Some("json") => true,
        Some(_) => {
            reader.fault("LOG_FORMAT must be text or json".to_owned());
            false
        }
    };
    Logging { filter, json }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: (&str, &str) = ("JWT_SECRET", "0123456789abcdef0123456789abcdef");
    const INTERNAL: (&str, &str) = ("INTERNAL_SECRET", "fedcba9876543210fedcba9876543210");

    #[test]
    fn two_secrets_are_enough() {
        let config = Config::for_serve(&Source::of(&[JWT, INTERNAL])).unwrap();
        assert_eq!(config.public.port(), 3001);
        assert!(config.internal.ip().is_loopback());
    }

    #[test]
    fn every_fault_is_told_at_once_and_no_secret_with_it() {
        let Faults(faults) = Config::for_serve(&Source::of(&[
            ("JWT_SECRET", "hunter2"),
            ("PORT", "eighty"),
            ("ROOT_CONTRACT", "chess"),
            ("ALLOWED_ORIGINS", "*, example.com"),
            ("DATABASE_URL", "mysql://root:hunter2@db"),
        ]))
        .unwrap_err();
        let text = faults.join("\n");
        for named in [
            "JWT_SECRET",
            "INTERNAL_SECRET",
            "PORT",
            "ROOT_CONTRACT",
            "ALLOWED_ORIGINS",
            "DATABASE_URL",
        ] {
            assert!(text.contains(named), "{named} is missing from:\n{text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn one_secret_for_both_is_refused() {
        let both = Source::of(&[JWT, ("INTERNAL_SECRET", JWT.1)]);
        assert!(Config::for_serve(&both).is_err());
    }
}
