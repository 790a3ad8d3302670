//! When to stop: on the first signal in good order, on the second at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Watches SIGTERM and SIGINT. The first cancels `stop`; a second ends the process with exit code 130.
pub(crate) fn on_signal(stop: CancellationToken) -> std::io::Result<()> {
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
        stop.cancel();
        let signal = next().await;
        warn!(signal, "stopping at once");
        std::process::exit(130);
    });
    Ok(())
}
