//! `outrigger dev`: everything a developer needs, with nothing to set up.

use std::{
    error::Error,
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use outrigger_domain::{
    actor::Role,
    identity::{Minter, NewToken},
    ids::UserId,
    naming::{Ids, Uuids},
    time::{Clock, SystemClock},
};
use outrigger_push::KeyPair;

use crate::{
    config::{Config, Source},
    logging, serve,
};

/// Where a developer's sidecar keeps its things.
#[derive(Args)]
pub(crate) struct DevArguments {
    /// Folder for the database and the generated secrets.
    #[arg(long, default_value = ".outrigger", value_name = "FOLDER")]
    folder: PathBuf,
}

/// Users who can be tried at once: id, address, name, role.
pub(crate) const PEOPLE: [(&str, &str, &str, Role); 3] = [
    ("alice", "alice@example.com", "Alice", Role::User),
    ("bob", "bob@example.com", "Bob", Role::User),
    ("admin", "admin@example.com", "Admin", Role::Admin),
];

/// Tokens for trying hold so long; the next start prints new ones.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Push services see this when a developer tries them.
const DEV_SUBJECT: &str = "mailto:developer@localhost.invalid";

/// Where Next.js runs in development (`contracts/rooms.md` section 1).
const DEV_ORIGINS: &str = "http://localhost:3000,http://127.0.0.1:3000";

/// Runs until stopped.
pub(crate) fn run(options: &DevArguments, source: &Source) -> Result<(), Box<dyn Error>> {
    make_private_folder(&options.folder)?;
    let secrets = Secrets::load_or_make(&options.folder.join("secrets.env"))?;
    let mut source = source.clone();
    source.set_default("JWT_SECRET", &*secrets.jwt);
    source.set_default("INTERNAL_SECRET", &*secrets.internal);
    if source.get("VAPID_PRIVATE_KEY").is_none() {
        source.set_default("VAPID_PRIVATE_KEY", &*secrets.vapid);
        source.set_default("VAPID_SUBJECT", DEV_SUBJECT);
    }
    source.set_default(
        "DATABASE_URL",
        format!("sqlite:{}", options.folder.join("outrigger.db").display()),
    );
    if source.get("NEXT_PUBLIC_APP_URL").is_none() {
        source.set_default("ALLOWED_ORIGINS", DEV_ORIGINS);
    }
    // The app's own server, which proxies to us, is on this machine.
    source.set_default("TRUSTED_PROXIES", "127.0.0.1,::1");
    let config = Config::for_dev(&source)?;
    if !config.public.ip().is_loopback() || !config.internal.ip().is_loopback() {
        return Err(
            "dev runs on this machine only: unset BIND and INTERNAL_ADDR, or use `outrigger serve`"
                .into(),
        );
    }
    logging::start(&config.logging)?;
    let tokens = tokens(&config)?;
    let own_secrets = source.get("INTERNAL_SECRET") == Some(&secrets.internal);
    let secrets_file = own_secrets.then(|| options.folder.join("secrets.env"));
    serve::run(config, serve::Announcement::Developer { tokens, secrets_file })
}

fn tokens(config: &Config) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let minter = Minter::hs256(config.jwt_secret.expose().as_bytes(), config.claims.clone());
    let now = SystemClock.now();
    let token = |(id, email, _, role): &(&str, &str, &str, Role)| -> Result<_, Box<dyn Error>> {
        let user = UserId::new(id).map_err(|_| "not an id")?;
        let token = minter.mint(&NewToken {
            user: &user,
            email,
            role: *role,
            id: &Uuids.token(),
            issued_at: now,
            expires_at: now.plus(TOKEN_LIFETIME),
            purpose: None,
            device: None,
        })?;
        Ok(((*id).to_owned(), token))
    };
    PEOPLE.iter().map(token).collect()
}

struct Secrets {
    jwt: String,
    internal: String,
    vapid: String,
}

impl Secrets {
    /// Generated once, so that tokens outlive a restart.
    fn load_or_make(path: &Path) -> Result<Self, Box<dyn Error>> {
        let mut known = std::collections::HashMap::new();
        if let Ok(lines) = dotenvy::from_path_iter(path) {
            let found: std::collections::HashMap<_, _> = lines.filter_map(Result::ok).collect();
            let made = |key: &str| found.get(key).cloned();
            if let (Some(jwt), Some(internal), Some(vapid)) =
                (made("JWT_SECRET"), made("INTERNAL_SECRET"), made("VAPID_PRIVATE_KEY"))
            {
                return Ok(Self { jwt, internal, vapid });
            }
            known = found;
        }
        // Two random UUIDs of version 4 hold 244 random bits.
        let random = || format!("{}{}", Uuids.token(), Uuids.token());
        let mut keep =
            |key: &str, make: &dyn Fn() -> String| known.remove(key).unwrap_or_else(make);
        let secrets = Self {
            jwt: keep("JWT_SECRET", &random),
            internal: keep("INTERNAL_SECRET", &random),
            vapid: keep("VAPID_PRIVATE_KEY", &|| KeyPair::generate().private.expose().to_owned()),
        };
        let text = format!(
            "# Made by `outrigger dev`; for this machine only.\nJWT_SECRET={}\nINTERNAL_SECRET={}\n\
             VAPID_PRIVATE_KEY={}\n",
            secrets.jwt, secrets.internal, secrets.vapid
        );
        write_private(path, &text)
            .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        Ok(secrets)
    }
}

fn make_private_folder(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder
        .create(path)
        .map_err(|error| format!("{} cannot be made: {error}", path.display()))?)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// What a developer reads when everything is up.
pub(crate) fn welcome(
    public: &str,
    internal: &str,
    database: &str,
    tokens: &[(String, String)],
    secrets_file: Option<&Path>,
) -> String {
    let secret = match secrets_file {
        Some(file) => format!("source {}   # JWT_SECRET and INTERNAL_SECRET", file.display()),
        None => "# INTERNAL_SECRET is the one you have set".to_owned(),
    };
    let mut text = format!(
        "\nOutrigger is running on this machine only. Ctrl-C stops it.\n\n\
         \x20 clients    http://{public}   paths /api/socket, /api/socket-namespaces, /socket.io\n\
         \x20 app calls  http://{internal}   needs INTERNAL_SECRET\n\
         \x20 database   {database}\n\n\
         Tokens for trying, good for seven days:\n"
    );
    for (user, token) in tokens {
        text += &format!("\n  {user}\n    {token}\n");
    }
    text += &format!(
        "\nLog bob out of every device:\n\n  {secret}\n  curl -X POST http://{internal}/internal/force-logout \\\n\
         \x20   -H \"Authorization: Bearer $INTERNAL_SECRET\" -H 'Content-Type: application/json' \\\n\
         \x20   -d '{{\"userId\":\"bob\",\"reason\":\"Trying it out\",\"revoke\":false}}'\n"
    );
    text
}
