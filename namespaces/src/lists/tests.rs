use std::sync::{
    atomic::{AtomicBool, AtomicUsize, Ordering},
    mpsc,
};

use super::*;

/// Notes what each hears: whose ear, which edition, whether as a newcomer.
struct Listener {
    key: ConnKey,
    there: Arc<AtomicBool>,
    heard: mpsc::Sender<(ConnKey, usize, bool)>,
}

impl Ear for Listener {
    fn key(&self) -> ConnKey {
        self.key
    }

    fn is_there(&self) -> bool {
        self.there.load(Ordering::Relaxed)
    }

    fn hear(&self, frame: &Frame, newcomer: bool) {
        let edition = frame.body()[1..].split(' ').next().unwrap().parse().unwrap();
        self.heard.send((self.key, edition, newcomer)).unwrap();
    }
}

struct World {
    lists: Arc<Lists<Listener>>,
    edition: Arc<AtomicUsize>,
    there: Arc<AtomicBool>,
    sender: mpsc::Sender<(ConnKey, usize, bool)>,
    heard: mpsc::Receiver<(ConnKey, usize, bool)>,
}

impl World {
    /// In which a list has so many bytes.
    fn new(bytes: usize) -> Self {
        let (sender, heard) = mpsc::channel();
        let edition = Arc::new(AtomicUsize::new(1));
        let source = Arc::clone(&edition);
        let made = Mutex::new(HashMap::<usize, Frame>::new());
        let lists = Lists::new(move || {
            let edition = source.load(Ordering::Relaxed);
            let make = || {
                let text = format!("{edition}{}", " ".repeat(bytes));
                Frame::new("list", &text).unwrap().state()
            };
            Some(made.lock().unwrap().entry(edition).or_insert_with(make).clone())
        });
        Self { lists, edition, there: Arc::new(AtomicBool::new(true)), sender, heard }
    }

    fn listener(&self, key: ConnKey) -> Listener {
        Listener { key, there: Arc::clone(&self.there), heard: self.sender.clone() }
    }

    fn tell_all(&self, keys: std::ops::Range<ConnKey>) {
        self.lists.tell_all(keys.map(|key| self.listener(key)));
    }

    fn said(&self) -> Vec<(ConnKey, usize, bool)> {
        self.heard.try_iter().collect()
    }
}

const MB: usize = 1_000_000;

#[tokio::test(start_paused = true)]
async fn while_there_is_little_everyone_hears_at_once() {
    let world = World::new(1_000);
    world.tell_all(0..1_000);
    assert_eq!(world.said().len(), 1_000);
    world.lists.greet(world.listener(7));
    assert_eq!(world.said(), [(7, 1, true)]);
}

#[tokio::test(start_paused = true)]
async fn of_more_so_much_a_second_is_handed_out_and_each_hears_it_as_it_is_then() {
    let world = World::new(MB);
    let began = Instant::now();
    world.tell_all(0..100);
    let first = world.said();
    assert!((5..15).contains(&first.len()), "{} at once", first.len());
    let (mut all, mut most) = (first, 0);
    while all.len() < 100 {
        world.edition.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_secs(1)).await;
        let said = world.said();
        most = most.max(said.len());
        all.extend(said);
    }
    assert!((20..40).contains(&most), "{most} in a second");
    assert!(began.elapsed() < Duration::from_secs(6));
    assert!(all.iter().enumerate().all(|(turn, (key, ..))| turn as u64 == *key), "in turn");
    assert!(all.last().unwrap().1 >= 3, "the last one hears what is so by then");
    sleep(Duration::from_secs(60)).await;
    assert!(world.said().is_empty(), "and each once");
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_does_not_wait_twice_and_newcomers_go_first() {
    let world = World::new(MB);
    world.tell_all(0..50);
    let at_once = world.said().len() as u64;
    for _ in 0..10 {
        world.tell_all(at_once..50);
        world.lists.greet(world.listener(99));
        // It waits already, and asks now.
        world.lists.greet(world.listener(49));
    }
    sleep(Duration::from_secs(10)).await;
    let said = world.said();
    assert_eq!(said[..2], [(99, 1, true), (49, 1, true)]);
    let mut keys: Vec<_> = said.iter().map(|(key, ..)| *key).collect();
    keys.sort_unstable();
    assert_eq!(keys, (at_once..50).chain([99]).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn what_comes_last_is_heard_last_by_all() {
    let world = World::new(MB);
    for edition in 1..=5 {
        world.edition.store(edition, Ordering::Relaxed);
        world.tell_all(0..60);
        sleep(Duration::from_millis(700)).await;
    }
    sleep(Duration::from_secs(30)).await;
    let mut last = HashMap::new();
    for (key, edition, _) in world.said() {
        assert!(last.insert(key, edition) <= Some(edition), "never an older one");
    }
    assert_eq!(last.len(), 60);
    assert!(last.values().all(|edition| *edition == 5));
}

#[tokio::test(start_paused = true)]
async fn those_who_went_keep_nobody_waiting() {
    let world = World::new(MB);
    world.tell_all(0..10_000);
    world.said();
    world.there.store(false, Ordering::Relaxed);
    sleep(Duration::from_secs(1)).await;
    assert!(world.said().is_empty());
    world.there.store(true, Ordering::Relaxed);
    world.lists.greet(world.listener(1));
    assert_eq!(world.said(), [(1, 1, true)]);
}
