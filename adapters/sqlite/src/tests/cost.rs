//! What it costs to put what a write tells into feeds and outbox.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use outrigger_domain::{messaging::Stored, ports::Outbox};
use outrigger_store_story::{Heard, Told, hello};
use sqlx::SqliteConnection;

use crate::{Options, SqliteStore, storing, writer::Write};

/// The same insert as one statement that tells nobody.
struct Silent(storing::Insert);

impl Write for Silent {
    type Outcome = Stored;

    fn is_one_statement(&self) -> bool {
        true
    }

    async fn run(&self, db: &mut SqliteConnection) -> sqlx::Result<Stored> {
        self.0.run(db).await
    }
}

const ROUNDS: usize = 5;
const WRITES: usize = 4_000;

async fn time<W: Write>(
    store: &SqliteStore,
    round: usize,
    write: impl Fn(storing::Insert) -> W,
) -> Duration {
    let writes = (0..WRITES).map(|n| {
        let (from, to) = (format!("user{}", n % 97), format!("user{}", n % 101));
        store.writer.write(write(storing::Insert(hello(&format!("m{round}-{n}"), &from, &to, 0))))
    });
    let begin = Instant::now();
    let all = join_all(writes).await;
    let took = begin.elapsed();
    assert!(all.iter().all(Result::is_ok));
    took
}

/// Run it with `--ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a promise"]
async fn what_telling_costs() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |name: &str, outbox: Arc<dyn Outbox>| {
        let url = format!("sqlite:{}/{name}.db", folder.path().display());
        SqliteStore::open(&Options::new(url), Arc::new(Heard::default()), outbox).await.unwrap()
    };
    let (quiet, posting) = (Arc::new(Told::default()), Arc::new(Told::default()));
    posting.listen();
    let silent = open("silent", quiet.clone()).await;
    let feeds = open("feeds", quiet).await;
    let both = open("both", posting).await;
    let mut sums = [Duration::ZERO; 3];
    for round in 0..ROUNDS {
        sums[0] += time(&silent, round, Silent).await;
        sums[1] += time(&feeds, round, |insert| insert).await;
        sums[2] += time(&both, round, |insert| insert).await;
    }
    for (name, sum) in ["silent", "feeds", "feeds and outbox"].iter().zip(sums) {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let rate = (ROUNDS * WRITES) as f64 / sum.as_secs_f64();
        let ratio = sum.as_secs_f64() / sums[0].as_secs_f64();
        println!("{name}: {rate:.0} messages/s, {ratio:.2} times as long");
    }
    for store in [silent, feeds, both] {
        outrigger_domain::ports::Store::close(&*store).await;
    }
}
