//! Takes out what nobody reported gone.

use std::{sync::Arc, time::Duration};

use crate::{Gone, Hub, connect::Waiting};

/// Sweeps until the process ends.
pub(crate) async fn run(hub: Hub, admitted: Arc<Waiting>, every: Duration) {
    let mut rounds = tokio::time::interval(every);
    loop {
        rounds.tick().await;
        round(&hub);
        admitted.forget_gone();
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
