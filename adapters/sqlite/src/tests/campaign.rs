//! What a message to very many costs.

use std::time::{Duration, Instant};

use outrigger_domain::{
    paging::Slice,
    ports::{Store as _, TrackingStore as _},
    tracking::{RecipientFilter, RecipientUpdate, RecipientsUpdated},
};
use outrigger_store_story::{at, hello, said, tracked_id, user};

use super::open;

const RECIPIENTS: usize = 100_000;
const BATCH: usize = 5_000;

fn batch(n: usize, status: &str) -> Vec<RecipientUpdate> {
    // Scattered, as ids and numbers are.
    let one = |n: usize| {
        let name = n.wrapping_mul(2_654_435_761) % 1_000_000_007;
        let phone = format!("+48{name:010}");
        RecipientUpdate { cost: Some(0.04), ..said(&format!("r{name:010}"), status, &phone) }
    };
    (n..n + BATCH).map(one).collect()
}

/// Run it with `--ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a promise"]
async fn what_a_campaign_costs() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(&folder).await;
    let (id, ann) = (tracked_id("m1"), user("ann"));
    for (ms, status) in ["PENDING", "SENDING", "SENT", "DELIVERED", "DELIVERED"].iter().enumerate()
    {
        let begin = Instant::now();
        let (mut longest, mut longest_behind) = (Duration::ZERO, Duration::ZERO);
        for n in (0..RECIPIENTS).step_by(BATCH) {
            let updates = batch(n, status);
            let when = at(i64::try_from(ms).unwrap());
            let start = Instant::now();
            let behind = async {
                // Someone writes a message meanwhile.
                tokio::task::yield_now().await;
                let hi = hello(&format!("h{ms}-{n}"), "eve", "zoe", 0);
                store.insert_message(hi).await.unwrap();
                start.elapsed()
            };
            let (taken, behind) =
                tokio::join!(store.update_recipients(&id, &ann, updates, when), behind);
            assert!(matches!(taken.unwrap(), RecipientsUpdated::Now(..)));
            longest = longest.max(start.elapsed());
            longest_behind = longest_behind.max(behind);
        }
        let took = begin.elapsed();
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let rate = RECIPIENTS as f64 / took.as_secs_f64();
        println!(
            "{status}: {rate:.0} recipients/s, longest batch of {BATCH} {longest:?}, a message behind it {longest_behind:?}"
        );
    }
    let begin = Instant::now();
    let shown = store.dashboard(Some(&ann), at(9)).await.unwrap();
    println!("dashboard in {:?}", begin.elapsed());
    assert_eq!(shown.total_contacts, RECIPIENTS as u64);
    let begin = Instant::now();
    let last = Slice { offset: 99_900, limit: 100 };
    let page = store.recipients(&id, RecipientFilter::default(), last).await.unwrap();
    assert_eq!((page.items.len(), page.total), (100, RECIPIENTS as u64));
    println!("last page in {:?}", begin.elapsed());
    let begin = Instant::now();
    for n in 0..200 {
        let updates = vec![said(&format!("s{n}"), "SENT", "1")];
        store.update_recipients(&id, &ann, updates, at(10)).await.unwrap();
    }
    println!("one recipient at a time: {:?} each", begin.elapsed() / 200);
    store.close().await;
}
