use std::{
    collections::HashMap,
    sync::{
        Mutex as Lock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::mpsc, time::sleep};

use super::*;
use crate::{actor::Role, ids::DeviceId, time::SystemClock};

/// What was said, in memory. It does not know partners: followers alone decide.
#[derive(Default)]
struct Book {
    said: Lock<HashMap<UserId, KnownStatus>>,
    followers: Lock<HashMap<UserId, Vec<UserId>>>,
    writes: Lock<usize>,
    failing: AtomicBool,
}

impl Book {
    fn check(&self) -> StoreResult<()> {
        if self.failing.load(Ordering::Relaxed) { Err(StoreError::Overloaded) } else { Ok(()) }
    }

    fn change(&self, user: &UserId, change: impl FnOnce(&mut KnownStatus)) -> KnownStatus {
        let mut said = self.said.lock().unwrap();
        let known = said.entry(user.clone()).or_insert_with(|| nothing_of(user));
        change(known);
        known.clone()
    }
}

fn nothing_of(user: &UserId) -> KnownStatus {
    KnownStatus { user: user.clone(), status: None, custom: None, last_seen: None }
}

#[async_trait]
impl StatusStore for Book {
    async fn statuses(&self, users: &[UserId]) -> StoreResult<Vec<KnownStatus>> {
        self.check()?;
        let said = self.said.lock().unwrap();
        Ok(users
            .iter()
            .map(|user| said.get(user).cloned().unwrap_or_else(|| nothing_of(user)))
            .collect())
    }

    async fn save_status(&self, user: &UserId, patch: &StatusPatch) -> StoreResult<KnownStatus> {
        self.check()?;
        Ok(self.change(user, |known| {
            known.status = patch.status.clone().or(known.status.take());
            known.custom =
                patch.custom.clone().or(known.custom.take()).filter(|text| !text.is_empty());
        }))
    }

    async fn note_seen(&self, users: &[UserId], at: Timestamp) -> StoreResult<()> {
        self.check()?;
        *self.writes.lock().unwrap() += 1;
        for user in users {
            self.change(user, |known| known.last_seen = known.last_seen.max(Some(at)));
        }
        Ok(())
    }

    async fn users_with_status(&self, words: &[&str]) -> StoreResult<Vec<UserId>> {
        self.check()?;
        let said = self.said.lock().unwrap();
        let hiding = said.values().filter(|known| {
            known.status.as_ref().is_some_and(|said| words.contains(&said.as_str()))
        });
        Ok(hiding.map(|known| known.user.clone()).collect())
    }

    async fn set_followers(&self, user: &UserId, followers: &[UserId]) -> StoreResult<()> {
        self.check()?;
        self.followers.lock().unwrap().insert(user.clone(), followers.to_vec());
        Ok(())
    }

    async fn followers(&self, user: &UserId) -> StoreResult<Option<Vec<UserId>>> {
        self.check()?;
        Ok(self.followers.lock().unwrap().get(user).cloned())
    }

    async fn followers_and_partners(&self, user: &UserId) -> StoreResult<Option<Vec<UserId>>> {
        self.followers(user).await
    }
}

/// Everyone is known whose name does not begin with `nobody`.
struct Everyone;

#[async_trait]
impl People for Everyone {
    async fn user(&self, id: &UserId) -> StoreResult<Option<User>> {
        let at = Timestamp::from_ms(0);
        let known = !id.as_str().starts_with("nobody");
        Ok(known.then(|| User {
            id: id.clone(),
            email: String::new(),
            first_name: None,
            last_name: None,
            name: Some(id.as_str().to_uppercase()),
            profile_image: None,
            bio: None,
            role: Role::User,
            told_role: None,
            active: true,
            designations: Vec::new(),
            created_at: at,
            updated_at: at,
        }))
    }
}

struct Wire(mpsc::UnboundedSender<Published>);

#[async_trait]
impl Bus for Wire {
    async fn publish(&self, event: Published) {
        self.0.send(event).unwrap();
    }
}

/// Moves with the timers of the test.
struct Wound(tokio::time::Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

struct World {
    statuses: Arc<Statuses>,
    presence: Arc<Presence>,
    book: Arc<Book>,
    heard: mpsc::UnboundedReceiver<Published>,
}

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

async fn world_with(book: Arc<Book>, audience: StatusAudience) -> World {
    let (sender, heard) = mpsc::unbounded_channel();
    // What presence tells by itself is another matter.
    let (elsewhere, _) = crate::local_bus::LocalBus::new();
    let presence = Arc::new(Presence::new(Arc::new(elsewhere), Arc::new(SystemClock)));
    let statuses = Statuses::over(Desk {
        store: Arc::clone(&book) as Arc<dyn StatusStore>,
        people: Box::new(Everyone),
        presence: Arc::clone(&presence),
        bus: Arc::new(Wire(sender)),
        clock: Arc::new(Wound(tokio::time::Instant::now())),
        audience,
    });
    let statuses = Arc::new(statuses.await.unwrap());
    let running = Arc::clone(&statuses);
    tokio::spawn(async move { running.run().await });
    World { statuses, presence, book, heard }
}

async fn world() -> World {
    world_with(Arc::default(), StatusAudience::Followers).await
}

async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

impl World {
    fn enter(&self, name: &str) {
        self.presence.enter(&user(name), &DeviceId::new("d").unwrap());
    }

    fn leave(&self, name: &str) {
        self.presence.leave(&user(name), &DeviceId::new("d").unwrap());
    }

    async fn say(&self, name: &str, word: &str) -> Result<KnownStatus, SetStatusError> {
        let patch = StatusPatch { status: Some(word.to_owned()), custom: None };
        self.statuses.set(&user(name), &patch).await
    }

    async fn shown(&self, name: &str) -> Shown {
        self.statuses.of(&user(name)).await.unwrap().unwrap()
    }

    fn news(&mut self) -> Option<(Audience, UserStatus)> {
        let published = self.heard.try_recv().ok()?;
        match published.event {
            DomainEvent::UserStatus(status) => Some((published.audience, status)),
            other => panic!("not a status: {other:?}"),
        }
    }

    /// What was told since it was last asked: whom it is about, what, and when that one was last seen, in ms.
    fn told(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        while let Some((_, UserStatus { user, status, last_seen })) = self.news() {
            let seen = last_seen.map_or(String::new(), |at| format!(" {}", at.ms()));
            told.push(format!("{user} {status}{seen}"));
        }
        told
    }
}

fn everyone_but(name: &str) -> Audience {
    Audience::Except { of: Box::new(Audience::All), users: vec![user(name)] }
}

#[tokio::test(start_paused = true)]
async fn the_first_device_is_told_and_the_last_with_its_time() {
    let mut world = world().await;
    world.enter("ann");
    world.enter("ann");
    pass(150).await;
    assert_eq!(world.told(), ["ann online"]);
    world.leave("ann");
    pass(500).await;
    assert!(world.told().is_empty(), "she has another socket");
    pass(350).await;
    world.leave("ann");
    pass(150).await;
    assert_eq!(world.told(), ["ann offline 1000"]);
    let shown = world.shown("ann").await;
    assert_eq!((shown.online, shown.last_seen), (false, Some(Timestamp::from_ms(1_000))));
}

#[tokio::test(start_paused = true)]
async fn a_reload_within_a_tick_is_no_news() {
    let mut world = world().await;
    world.enter("ann");
    pass(1_000).await;
    world.told();
    for _ in 0..20 {
        world.leave("ann");
        pass(30).await;
        world.enter("ann");
        pass(370).await;
    }
    assert!(world.told().is_empty());
    world.enter("bob");
    world.leave("bob");
    pass(1_000).await;
    assert!(world.told().is_empty(), "he was never there");
}

#[tokio::test(start_paused = true)]
async fn everyone_but_the_user_hears_it_until_the_app_gives_followers() {
    let mut world = world().await;
    world.enter("ann");
    pass(200).await;
    assert_eq!(world.news().unwrap().0, everyone_but("ann"));
    let followers = ["dot", "ann", "bob", "dot", "outrigger:probe"].map(user).to_vec();
    world.statuses.set_followers(&user("ann"), followers).await.unwrap();
    let kept = world.statuses.followers(&user("ann")).await.unwrap();
    assert_eq!(kept, Some(vec![user("bob"), user("dot")]));
    world.say("ann", "busy").await.unwrap();
    assert_eq!(world.news().unwrap().0, Audience::Users(vec![user("bob"), user("dot")]));
    world.statuses.set_followers(&user("ann"), Vec::new()).await.unwrap();
    world.leave("ann");
    pass(200).await;
    assert!(world.told().is_empty(), "she has nobody");
    assert!(world.shown("ann").await.last_seen.is_some());
}

#[tokio::test(start_paused = true)]
async fn with_everyone_as_the_audience_followers_do_not_matter() {
    let mut world = world_with(Arc::default(), StatusAudience::Everyone).await;
    world.statuses.set_followers(&user("ann"), vec![user("bob")]).await.unwrap();
    world.say("ann", "busy").await.unwrap();
    assert_eq!(world.news().unwrap().0, everyone_but("ann"));
}

#[tokio::test(start_paused = true)]
async fn a_word_is_trimmed_kept_and_told_at_once() {
    let mut world = world().await;
    world.enter("ann");
    // Sooner than her coming is told: the word says it.
    assert_eq!(world.say("ann", "  in a meeting ").await.unwrap().status.unwrap(), "in a meeting");
    assert_eq!(world.told(), ["ann in a meeting"]);
    pass(1_000).await;
    assert!(world.told().is_empty());
    assert_eq!(world.shown("ann").await.status.as_deref(), Some("in a meeting"));
    let custom = StatusPatch { status: None, custom: Some(" back at five ".into()) };
    world.statuses.set(&user("ann"), &custom).await.unwrap();
    assert!(world.told().is_empty(), "the text beside it is not told");
    let shown = world.shown("ann").await;
    assert_eq!(shown.custom.as_deref(), Some("back at five"));
    assert_eq!(shown.profile.name.as_deref(), Some("ANN"));
    world.leave("ann");
    pass(200).await;
    assert_eq!(world.told(), ["ann offline 1000"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_status_changes_nothing() {
    let mut world = world().await;
    for word in ["", "   ", "two\nlines", "\u{0}", &"x".repeat(51)] {
        let refused = world.say("ann", word).await;
        assert!(matches!(refused, Err(SetStatusError::Invalid)), "{word:?}");
    }
    let nothing = world.statuses.set(&user("ann"), &StatusPatch::default()).await;
    assert!(matches!(nothing, Err(SetStatusError::Invalid)));
    assert!(matches!(world.say("outrigger:probe", "busy").await, Err(SetStatusError::Invalid)));
    assert!(world.told().is_empty());
    // Characters, not bytes.
    world.say("ann", &"ż".repeat(50)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn whoever_hides_goes_and_is_not_followed_about() {
    let mut world = world().await;
    world.enter("ann");
    pass(1_000).await;
    world.told();
    for word in ["Invisible", "OFFLINE"] {
        world.say("ann", word).await.unwrap();
    }
    assert_eq!(world.told(), ["ann offline 1000"], "the second time nobody sees a thing");
    let shown = world.shown("ann").await;
    assert_eq!(shown.last_seen, Some(Timestamp::from_ms(1_000)));
    assert_eq!((shown.online, shown.status), (false, None));
    assert!(!world.presence.is_visible(&user("ann")));
    for _ in 0..3 {
        world.leave("ann");
        pass(400_000).await;
        world.enter("ann");
        pass(400_000).await;
    }
    assert!(world.told().is_empty());
    assert_eq!(world.shown("ann").await.last_seen, Some(Timestamp::from_ms(1_000)));
    world.say("ann", "away").await.unwrap();
    pass(1_000).await;
    assert_eq!(world.told(), ["ann away"]);
    assert!(world.shown("ann").await.online);
}

#[tokio::test(start_paused = true)]
async fn who_hid_before_a_restart_is_hidden_after_it() {
    let book = Arc::<Book>::default();
    world_with(Arc::clone(&book), StatusAudience::Followers)
        .await
        .say("ann", "INVISIBLE")
        .await
        .unwrap();
    let mut world = world_with(book, StatusAudience::Followers).await;
    world.enter("ann");
    world.enter("bob");
    pass(1_000).await;
    assert_eq!(world.told(), ["bob online"]);
    assert!(!world.shown("ann").await.online);
}

#[tokio::test(start_paused = true)]
async fn a_word_of_one_who_is_away_says_so() {
    let mut world = world().await;
    world.enter("ann");
    pass(1_000).await;
    world.leave("ann");
    pass(1_000).await;
    world.told();
    world.say("ann", "on holiday").await.unwrap();
    assert_eq!(world.told(), ["ann on holiday 1000"]);
    world.say("ann", "invisible").await.unwrap();
    assert!(world.told().is_empty(), "she was away already");
    assert_eq!(world.shown("ann").await.last_seen, Some(Timestamp::from_ms(1_000)));
}

#[tokio::test(start_paused = true)]
async fn a_storm_is_told_bit_by_bit_and_ends_with_what_is_so() {
    let mut world = world().await;
    let names: Vec<_> = (0..2_000).map(|number| format!("u{number:04}")).collect();
    names.iter().for_each(|name| world.enter(name));
    pass(150).await;
    let first = world.told();
    assert!((1..=64).contains(&first.len()), "{}", first.len());
    // Half of them are gone before it was the turn of most; some of these come back.
    names.iter().skip(1_000).for_each(|name| world.leave(name));
    names.iter().skip(1_990).for_each(|name| world.enter(name));
    pass(60_000).await;
    let rest = world.told();
    assert!(first.len() + rest.len() < 1_010 + 2 * 64, "who came and went in between is no news");
    let mut online = HashSet::new();
    for told in first.iter().chain(&rest) {
        let (who, what) = told.split_once(' ').unwrap();
        let news = if what == "online" { online.insert(who) } else { online.remove(who) };
        assert!(news, "twice the same: {told}");
    }
    assert_eq!(online.len(), 1_010);
    assert!(names.iter().enumerate().all(|(number, name)| {
        online.contains(name.as_str()) != (1_000..1_990).contains(&number)
    }));
}

#[tokio::test(start_paused = true)]
async fn the_more_hear_of_it_the_longer_it_is_gathered() {
    let mut world = world().await;
    for number in 0..10_000 {
        world.enter(&format!("u{number:05}"));
    }
    let (mut moments, mut most, mut all) = (0, 0, 0);
    for _ in 0..100 {
        pass(100).await;
        let told = world.told().len();
        moments += usize::from(told > 0);
        most = most.max(told);
        all += told;
    }
    assert!((20..=30).contains(&moments), "in {moments} of 100 moments");
    assert!((2..=64).contains(&most), "{most} at a time");
    assert!(
        (200..=400).contains(&all),
        "{all} in ten seconds: about 32 MiB a second for ten thousand"
    );
}

#[tokio::test(start_paused = true)]
async fn many_are_noted_as_seen_in_few_writes() {
    let world = world().await;
    (0..300).for_each(|number| world.enter(&format!("u{number}")));
    pass(60_000).await;
    let writes = *world.book.writes.lock().unwrap();
    assert!(writes <= 300 / 64 + 2, "{writes}");
    pass(300_000).await;
    let again = *world.book.writes.lock().unwrap() - writes;
    assert_eq!(again, 1, "and again while they stay");
    let last_seen = world.shown("u7").await.last_seen.unwrap();
    assert!(last_seen.ms() >= 300_000);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_delays_the_news_and_loses_none() {
    let mut world = world().await;
    world.enter("ann");
    pass(1_000).await;
    world.told();
    world.book.failing.store(true, Ordering::Relaxed);
    world.leave("ann");
    world.enter("bob");
    world.enter("cid");
    let refused = world.say("cid", "busy").await;
    assert!(matches!(refused, Err(SetStatusError::Store(_))));
    pass(30_000).await;
    world.leave("cid");
    pass(30_000).await;
    assert!(world.told().is_empty());
    world.book.failing.store(false, Ordering::Relaxed);
    pass(15_000).await;
    let mut told = world.told();
    told.sort();
    assert_eq!(told, ["ann offline 1000", "bob online"]);
    assert_eq!(world.shown("ann").await.last_seen, Some(Timestamp::from_ms(1_000)));
}

#[tokio::test(start_paused = true)]
async fn nobody_knows_who_is_unknown_or_ours() {
    let mut world = world().await;
    world.enter("outrigger:probe");
    pass(1_000).await;
    assert!(world.told().is_empty());
    for name in ["nobody", "outrigger:probe"] {
        assert_eq!(world.statuses.of(&user(name)).await.unwrap(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_at_once_the_last_word_told_is_the_one_kept() {
    let mut world = world().await;
    world.enter("ann");
    let words = ["busy", "invisible", "away", "offline", "here", "invisible", "gone fishing"];
    let saying = words.map(|word| {
        let statuses = Arc::clone(&world.statuses);
        tokio::spawn(async move {
            let patch = StatusPatch { status: Some(word.to_owned()), custom: None };
            statuses.set(&user("ann"), &patch).await.unwrap();
        })
    });
    for said in saying {
        said.await.unwrap();
    }
    pass(1_000).await;
    let last = world.told().pop().unwrap();
    let known = world.book.said.lock().unwrap()[&user("ann")].clone();
    let expected =
        if known.is_invisible() { "offline".to_owned() } else { known.status.clone().unwrap() };
    assert!(last.starts_with(&format!("ann {expected}")), "{last}, but {expected} is kept");
    assert_eq!(world.presence.is_visible(&user("ann")), !known.is_invisible());
}
