//! `outrigger token`: a token as the app would make it.

use std::{error::Error, time::Duration};

use clap::Args;
use outrigger_domain::{
    actor::Role,
    identity::{ClaimNames, Minter, NewToken, RESERVED_PREFIX},
    ids::{DeviceId, UserId},
    naming::{Ids, Uuids},
    time::{Clock, SystemClock},
};

use crate::config::Source;

/// Whom the token is for.
#[derive(Args)]
pub(crate) struct TokenArguments {
    /// The user's id.
    #[arg(long)]
    user: String,
    /// The user's address; `<user>@example.com` if absent.
    #[arg(long)]
    email: Option<String>,
    /// For an admin.
    #[arg(long)]
    admin: bool,
    /// How long it holds: 30s, 15m, 1h, 7d.
    #[arg(long, default_value = "7d", value_parser = duration)]
    ttl: Duration,
    /// For one purpose only, e.g. socket-auth.
    #[arg(long)]
    purpose: Option<String>,
    /// The device it belongs to.
    #[arg(long)]
    device: Option<String>,
}

/// Makes the token.
pub(crate) fn run(options: &TokenArguments, source: &Source) -> Result<String, Box<dyn Error>> {
    let secret =
        source.get("JWT_SECRET").ok_or("JWT_SECRET is missing: a token is signed with it")?;
    let user = UserId::new(&options.user).map_err(|_| "--user must be an id without spaces")?;
    if user.as_str().starts_with(RESERVED_PREFIX) {
        return Err(format!("--user must not start with {RESERVED_PREFIX}").into());
    }
    let device = options.device.as_deref().map(DeviceId::new).transpose();
    let device = device.map_err(|_| "--device must be an id without spaces")?;
    let email = options.email.clone().unwrap_or_else(|| format!("{user}@example.com"));
    let role = if options.admin { Role::Admin } else { Role::User };
    let now = SystemClock.now();
    let token = Minter::hs256(secret.as_bytes(), ClaimNames::default()).mint(&NewToken {
        user: &user,
        email: &email,
        role,
        id: &Uuids.token(),
        issued_at: now,
        expires_at: now.plus(options.ttl),
        purpose: options.purpose.as_deref(),
        device: device.as_ref(),
    })?;
    Ok(token)
}

/// Reads 30s, 15m, 1h, 7d.
fn duration(text: &str) -> Result<Duration, String> {
    let fault = || format!("{text:?} is not a time like 30s, 15m, 1h or 7d");
    let split =
        text.len().checked_sub(1).filter(|at| text.is_char_boundary(*at)).ok_or_else(fault)?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| fault())?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        _ => return Err(fault()),
    };
    number.checked_mul(unit).map(Duration::from_secs).ok_or_else(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_number_and_a_unit() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("7d"), Ok(Duration::from_secs(604_800)));
        for bad in ["", "s", "5", "5w", "-1s", "1.5h", "5µ"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
