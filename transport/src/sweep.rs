//! Takes out what nobody reported gone.

use std::time::Duration;

use crate::{Gone, Hub};

/// Sweeps until the process ends.
pub(crate) async fn run(hub: Hub, every: Duration) {
    let mut rounds = tokio::time::interval(every);
    loop {
        rounds.tick().await;
        round(&hub);
    }
}

fn round(hub: &Hub) {
    for engine in hub.engines().all() {
        if engine.is_idle() {
            engine.kill();
        }
    }
    for conn in hub.conns() {
        if conn.is_lost() {
            metrics::counter!("outrigger_swept_sockets_total").increment(1);
            conn.disconnect();
            conn.depart(Gone::Timeout);
        }
        // Whatever was reported before, it must not be found again.
        if conn.has_departed() {
            hub.exit(conn.key());
        }
    }
}
