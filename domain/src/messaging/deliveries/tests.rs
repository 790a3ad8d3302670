use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use super::*;
use crate::{
    accounts::Profile,
    ids::{ChatId, UserId},
    ports::StoreError,
    time::SystemClock,
};

/// When, in ms, and what.
type Write = (u128, Vec<MessageId>);

/// Writes down what was written together.
#[derive(Clone)]
struct Book {
    writes: Arc<Mutex<Vec<Write>>>,
    failing: Arc<AtomicUsize>,
    started: Instant,
}

#[async_trait]
impl Ledger for Book {
    async fn mark(&self, ids: &[MessageId], _: Timestamp) -> StoreResult<()> {
        let fewer = |left: usize| left.checked_sub(1);
        if self.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok() {
            return Err(StoreError::Overloaded);
        }
        let at = self.started.elapsed().as_millis();
        self.writes.lock().unwrap().push((at, ids.to_vec()));
        Ok(())
    }
}

impl Book {
    fn sizes(&self) -> Vec<usize> {
        self.writes.lock().unwrap().iter().map(|(_, ids)| ids.len()).collect()
    }
}

fn deliveries() -> (Arc<Deliveries>, Book) {
    let (writes, failing) = (Arc::default(), Arc::default());
    let book = Book { writes, failing, started: Instant::now() };
    let over = Deliveries::over(Box::new(book.clone()), Arc::new(SystemClock));
    (Arc::new(over), book)
}

fn start(deliveries: &Arc<Deliveries>) {
    let runner = Arc::clone(deliveries);
    tokio::spawn(async move { runner.run().await });
}

fn message(number: usize) -> Message {
    let at = Timestamp::from_ms(0);
    Message {
        id: MessageId::new(format!("m{number}")).unwrap(),
        sender: UserId::new("ann").unwrap(),
        sender_profile: Profile::default(),
        receiver_profile: Profile::default(),
        recipient: Recipient::User(UserId::new("bob").unwrap()),
        text: Some("hi".into()),
        image: None,
        client_id: None,
        created_at: at,
        updated_at: at,
        delivered_at: None,
        read_at: None,
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_together_is_written_together_and_once() {
    let (deliveries, book) = deliveries();
    start(&deliveries);
    for number in [1, 2, 1, 3, 2] {
        deliveries.note(&message(number));
    }
    sleep(Duration::from_millis(99)).await;
    assert!(book.sizes().is_empty(), "more may come");
    deliveries.note(&message(4));
    sleep(Duration::from_millis(10)).await;
    assert_eq!(book.sizes(), [4]);
    deliveries.note(&message(5));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(book.sizes(), [4, 1]);
}

#[tokio::test(start_paused = true)]
async fn one_write_has_at_most_five_hundred() {
    let (deliveries, book) = deliveries();
    start(&deliveries);
    (0..1_200).for_each(|number| deliveries.note(&message(number)));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(book.sizes(), [500, 500, 200]);
}

#[tokio::test(start_paused = true)]
async fn what_is_known_and_what_goes_to_chats_is_not_noted() {
    let (deliveries, book) = deliveries();
    start(&deliveries);
    let at = Some(Timestamp::from_ms(1));
    deliveries.note(&Message { delivered_at: at, ..message(1) });
    deliveries.note(&Message { read_at: at, ..message(2) });
    let chat = Recipient::Chat(ChatId::new("team").unwrap());
    deliveries.note(&Message { recipient: chat, ..message(3) });
    sleep(Duration::from_secs(1)).await;
    assert!(book.sizes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_and_what_is_too_much_is_left_out() {
    let (deliveries, book) = deliveries();
    (0..QUEUE + 100).for_each(|number| deliveries.note(&message(number)));
    start(&deliveries);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(book.sizes().iter().sum::<usize>(), QUEUE);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_for_a_moment_loses_nothing_and_one_that_fails_for_long_holds_up_nothing()
 {
    let (deliveries, book) = deliveries();
    book.failing.store(3, Ordering::Relaxed);
    start(&deliveries);
    deliveries.note(&message(1));
    sleep(Duration::from_secs(10)).await;
    assert_eq!(book.sizes(), [1]);
    assert_eq!(book.writes.lock().unwrap()[0].0, 100 + 200 + 1_000 + 5_000);
    book.failing.store(4, Ordering::Relaxed);
    deliveries.note(&message(2));
    sleep(Duration::from_secs(1)).await;
    deliveries.note(&message(3));
    sleep(Duration::from_secs(10)).await;
    let writes = book.writes.lock().unwrap();
    assert_eq!(writes.len(), 2, "the second one is given up");
    assert_eq!(writes[1].1, [message(3).id]);
}
