//! Structured logs on standard error.

use std::error::Error;

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Logging;

/// Crates that would log packets, headers or statements, and with them tokens and messages, when someone asks
/// for everything. They are held at warnings whatever is asked.
const CAPPED: [&str; 8] = [
    "socketioxide=warn",
    "engineioxide=warn",
    "hyper=warn",
    "hyper_util=warn",
    "h2=warn",
    "sqlx=warn",
    "tungstenite=warn",
    "tokio_tungstenite=warn",
];

/// Starts logging.
pub(crate) fn start(logging: &Logging) -> Result<(), Box<dyn Error>> {
    let mut filter = EnvFilter::try_new(&logging.filter)
        .map_err(|error| format!("LOG cannot be understood: {error}"))?;
    for directive in CAPPED {
        filter = filter.add_directive(directive.parse()?);
    }
    let registry = tracing_subscriber::registry().with(filter);
    let output = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if logging.json {
        registry.with(output.json()).try_init()?;
    } else {
        registry
            .with(output.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())))
            .try_init()?;
    }
    Ok(())
}
