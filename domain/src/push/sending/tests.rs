use std::time::Duration;

use super::*;

fn after(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn what_waits_comes_in_the_order_of_its_time_and_then_of_its_turn() {
    let mut waiting = Waiting::default();
    for (name, seconds) in [("late", 9), ("first", 2), ("second", 2), ("now", 0)] {
        waiting.add(name, after(seconds));
    }
    let due = |waiting: &mut Waiting<_>| -> Vec<_> {
        std::iter::from_fn(|| waiting.take_due()).collect()
    };
    assert_eq!(due(&mut waiting), ["now"]);
    assert_eq!(waiting.next(), Some(after(2)));
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(due(&mut waiting), ["first", "second"]);
    assert_eq!(waiting.next(), Some(after(6)));
}

#[tokio::test(start_paused = true)]
async fn no_more_waits_than_there_is_room_for() {
    let mut waiting = Waiting::default();
    for _ in 0..MOST_WAITING + 10 {
        waiting.add((), after(1));
    }
    assert_eq!(waiting.deliveries.len(), MOST_WAITING);
}
