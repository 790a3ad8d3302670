//! When to stop: on the first signal in good order, on the second without waiting for clients, on the third at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How far the end has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// The process is to end.
    pub(crate) begun: CancellationToken,
    /// Clients are not waited for any more; what was accepted is still committed.
    pub(crate) hurried: CancellationToken,
}

/// Watches SIGTERM and SIGINT. A third one ends the process with exit code 130.
pub(crate) fn on_signal(stop: Stop) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            }
        };
        let signal = next().await;
        info!(signal, "stopping");
        stop.begun.cancel();
        let signal = next().await;
        warn!(signal, "stopping without waiting for clients");
        stop.hurried.cancel();
        let signal = next().await;
        warn!(signal, "stopping at once");
        std::process::exit(130);
    });
    Ok(())
}
