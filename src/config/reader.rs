//! Reads settings and collects everything that is wrong with them.

use std::{fmt, net::SocketAddr, str::FromStr, time::Duration};

use super::Source;

/// Everything that is wrong, at once.
#[derive(Debug)]
pub(crate) struct Faults(pub(crate) Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} fault(s):", self.0.len())?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  - {fault}"))
    }
}

impl std::error::Error for Faults {}

/// Shortest secret, in bytes (`contracts/OVERVIEW.md` section 4).
const SHORTEST_SECRET: usize = 32;

/// Reads one setting after the other; faults are told at the end. Values are never repeated in a fault if
/// they are secret.
pub(crate) struct Reader<'a> {
    source: &'a Source,
    faults: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, faults: Vec::new() }
    }

    /// Adds a fault.
    pub(crate) fn fault(&mut self, text: String) {
        self.faults.push(text);
    }

    /// The setting, if it is there.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.source.get(key)
    }

    /// A secret; a fault if it is missing, short, or made of a few characters only.
    pub(crate) fn secret(&mut self, key: &str) -> String {
        let Some(secret) = self.text(key) else {
            self.fault(format!("{key} is missing: set it to a secret of at least {SHORTEST_SECRET} bytes (openssl rand -hex 32)"));
            return String::new();
        };
        if secret.len() < SHORTEST_SECRET {
            self.fault(format!("{key} is too short: it needs at least {SHORTEST_SECRET} bytes"));
        } else if secret.bytes().collect::<std::collections::HashSet<_>>().len() < 8 {
            self.fault(format!(
                "{key} is too easy to guess: make a random one (openssl rand -hex 32)"
            ));
        }
        secret.to_owned()
    }

    /// Anything that can be read from text.
    pub(crate) fn value<T: FromStr>(&mut self, key: &str, default: T, what: &str) -> T {
        let Some(text) = self.text(key) else { return default };
        text.trim().parse().unwrap_or_else(|_| {
            self.fault(format!("{key} must be {what}, not {text:?}"));
            default
        })
    }

    /// A number within bounds.
    pub(crate) fn number(&mut self, key: &str, default: u64, least: u64, most: u64) -> u64 {
        let number = self.value(key, default, &format!("a whole number from {least} to {most}"));
        if (least..=most).contains(&number) {
            return number;
        }
        self.fault(format!("{key} must be a whole number from {least} to {most}, not {number}"));
        default
    }

    /// The same as a size in memory or a count of things in it.
    pub(crate) fn size(&mut self, key: &str, default: usize, least: u64, most: u64) -> usize {
        usize::try_from(self.number(key, default as u64, least, most)).unwrap_or(default)
    }

    /// Milliseconds.
    pub(crate) fn millis(&mut self, key: &str, default: Duration, most: Duration) -> Duration {
        let default = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.number(key, default, 0, most))
    }

    /// `on` or `off`.
    pub(crate) fn switch(&mut self, key: &str, default: bool) -> bool {
        match self.text(key).map(str::to_ascii_lowercase).as_deref() {
            None => default,
            Some("on" | "true" | "1" | "yes") => true,
            Some("off" | "false" | "0" | "no") => false,
            Some(_) => {
                self.fault(format!("{key} must be on or off"));
                default
            }
        }
    }

    /// An address with a port.
    pub(crate) fn address(&mut self, key: &str, default: SocketAddr) -> SocketAddr {
        self.value(key, default, "an address and a port, like 127.0.0.1:3002")
    }

    /// Items between commas.
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        let items = self.text(key).unwrap_or_default().split(',');
        items.map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    }

    /// `made` if nothing was wrong.
    pub(crate) fn finish<T>(self, made: T) -> Result<T, Faults> {
        if self.faults.is_empty() { Ok(made) } else { Err(Faults(self.faults)) }
    }
}
