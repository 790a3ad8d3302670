use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use tokio::time::timeout;

use super::*;
use crate::{
    email::{
        Address, MailFault, MailState, MailTemplate, NewMail, Suppression, Variables,
        testing::{Plain, Shelf, Wound, seconds, waiting},
    },
    ports::{Letter, UnsubscribeLink},
    time::Timestamp,
};

/// Takes what it is sent, slowly, unless it was told otherwise.
struct Server {
    /// What came, and when, in ms.
    seen: Mutex<Vec<(Letter, u128)>>,
    /// In this order, then everything is taken.
    answers: Mutex<Vec<Result<(), MailFault>>>,
    /// Until then, in ms, it cannot be reached.
    away_until: Mutex<u128>,
    takes: Duration,
    started: Instant,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

#[async_trait]
impl Mailer for Server {
    async fn send(&self, letter: &Letter) -> Result<(), MailFault> {
        let at = self.started.elapsed().as_millis();
        self.seen.lock().unwrap().push((letter.clone(), at));
        if at < *self.away_until.lock().unwrap() {
            return Err(MailFault::Unreachable("connection refused".into()));
        }
        let under_way = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::Relaxed);
        sleep(self.takes).await;
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        self.answers.lock().unwrap().pop().unwrap_or(Ok(()))
    }
}

struct World {
    shelf: Arc<Shelf>,
    server: Arc<Server>,
    wake: Arc<Notify>,
    unsubscribe: Arc<Unsubscribe>,
    pace: MailPace,
    clock: Arc<Wound>,
}

const FAST: MailPace = MailPace {
    per_minute: 10_000,
    list_spacing: Duration::from_secs(2),
    attempts: 3,
    first_retry: Duration::from_secs(60),
};

fn world(pace: MailPace) -> World {
    let started = Instant::now();
    World {
        shelf: Arc::default(),
        server: Arc::new(Server {
            seen: Mutex::default(),
            answers: Mutex::default(),
            away_until: Mutex::default(),
            takes: Duration::from_millis(100),
            started,
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
        }),
        wake: Arc::default(),
        unsubscribe: Arc::new(Unsubscribe::new(b"secret", "https://rt.example.com").unwrap()),
        pace,
        clock: Arc::new(Wound(started)),
    }
}

impl World {
    fn waits(&self, id: &str, template: MailTemplate) {
        self.waits_for(id, template, "ann@example.com", Variables::new());
    }

    fn waits_for(&self, id: &str, template: MailTemplate, to: &str, extra: Variables) {
        let mut vars = template.sample();
        vars.remove("unsubscribeLink");
        vars.extend(extra);
        let now = self.clock.now();
        let mail = NewMail {
            id: MailId::new(id).unwrap(),
            template,
            to: Address::new(to).unwrap(),
            vars,
            key: None,
            created_at: now,
            due_at: now,
        };
        self.shelf.mails.lock().unwrap().push(waiting(mail));
    }

    fn answers(&self, mut answers: Vec<Result<(), MailFault>>) {
        answers.reverse();
        *self.server.answers.lock().unwrap() = answers;
    }

    fn sender(&self) -> MailSender {
        MailSender::new(MailSenderParts {
            store: Arc::clone(&self.shelf) as _,
            mailer: Arc::clone(&self.server) as _,
            renderer: Arc::new(Plain),
            clock: Arc::clone(&self.clock) as _,
            wake: Arc::clone(&self.wake),
            unsubscribe: Some(Arc::clone(&self.unsubscribe)),
            pace: self.pace,
        })
    }

    /// Runs for so long, then ends as the process would.
    async fn run_for(&self, time: u64) {
        let ended = timeout(seconds(time), self.sender().run()).await;
        assert!(ended.is_err(), "it runs for ever");
    }

    fn seen(&self) -> Vec<String> {
        self.server.seen.lock().unwrap().iter().map(|(letter, _)| letter.id.to_string()).collect()
    }

    fn times(&self) -> Vec<u128> {
        self.server.seen.lock().unwrap().iter().map(|(_, at)| *at).collect()
    }

    fn state(&self, id: &str) -> (MailState, u32) {
        let mail = self.shelf.of(id);
        (mail.state, mail.attempts)
    }
}

fn later() -> Result<(), MailFault> {
    Err(MailFault::Later("450 busy".into()))
}

const CODE: MailTemplate = MailTemplate::AccountVerification;
const NEWS: MailTemplate = MailTemplate::QuizReminder;

#[tokio::test(start_paused = true)]
async fn mail_goes_out_a_few_at_a_time_and_once_each() {
    let world = world(FAST);
    for number in 0..20 {
        world.waits(&format!("m{number}"), CODE);
    }
    world.run_for(10).await;
    assert_eq!(world.seen().len(), 20);
    assert!((0..20).all(|number| world.state(&format!("m{number}")) == (MailState::Sent, 1)));
    assert_eq!(world.server.most_under_way.load(Ordering::Relaxed), CONCURRENCY);
    assert!(*world.times().last().unwrap() < 1_000, "with no pause between them");
}

#[tokio::test(start_paused = true)]
async fn no_minute_has_more_than_the_pace_allows() {
    let world = world(MailPace { per_minute: 6, ..FAST });
    for number in 0..20 {
        world.waits(&format!("m{number}"), CODE);
    }
    world.run_for(240).await;
    let times = world.times();
    assert_eq!(times.len(), 20);
    for (number, pair) in times.iter().zip(&times[6..]).enumerate() {
        assert!(pair.1 - pair.0 >= 60_000, "six from {number} on within a minute");
    }
    assert!(times[5] < 1_000 && times[6] < 61_000, "no slower than it must be: {times:?}");
}

#[tokio::test(start_paused = true)]
async fn list_mail_is_spaced_and_holds_up_nobody_who_waits_for_a_code() {
    let world = world(FAST);
    for number in 0..50 {
        world.waits(&format!("news{number}"), NEWS);
    }
    let running = tokio::spawn(world.sender().run());
    sleep(seconds(21)).await;
    assert_eq!(world.seen().len(), 11, "one every two seconds");
    assert!(world.times().windows(2).all(|pair| pair[1] - pair[0] >= 2_000));
    world.waits("code", CODE);
    world.wake.notify_one();
    sleep(Duration::from_millis(200)).await;
    assert_eq!(world.state("code"), (MailState::Sent, 1), "39 of the list still wait");
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn list_mail_leaves_half_of_the_pace_to_others() {
    let world = world(MailPace { per_minute: 4, ..FAST });
    for number in 0..10 {
        world.waits(&format!("news{number}"), NEWS);
    }
    let running = tokio::spawn(world.sender().run());
    sleep(seconds(30)).await;
    assert_eq!(world.seen().len(), 2);
    world.waits("code", CODE);
    sleep(seconds(2)).await;
    assert_eq!(world.state("code").0, MailState::Sent);
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn what_was_not_taken_comes_again_and_holds_up_no_other() {
    let world = world(FAST);
    world.waits("m", CODE);
    world.answers(vec![later()]);
    let running = tokio::spawn(world.sender().run());
    sleep(seconds(5)).await;
    world.waits("other", CODE);
    sleep(seconds(5)).await;
    assert_eq!(world.state("m"), (MailState::Waiting, 1));
    assert_eq!(world.state("other"), (MailState::Sent, 1));
    sleep(seconds(90)).await;
    assert_eq!(world.state("m"), (MailState::Sent, 2));
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn it_is_tried_after_a_minute_and_after_ten_and_is_dead_then() {
    let world = world(FAST);
    world.waits("m", CODE);
    world.answers(vec![later(); 10]);
    world.run_for(7_200).await;
    assert_eq!(world.seen().len(), 3);
    let times = world.times();
    assert!((48_100..=73_200).contains(&(times[1] - times[0])), "{times:?}");
    assert!((480_100..=721_200).contains(&(times[2] - times[1])), "{times:?}");
    assert_eq!(world.state("m"), (MailState::Dead, 3));
    let why = world.shelf.of("m").last_error.unwrap();
    assert_eq!(why, "the mail server could not take it: 450 busy");
}

#[tokio::test(start_paused = true)]
async fn a_bad_address_gets_nothing_more_and_a_refused_mail_is_dead_at_once() {
    let world = world(FAST);
    world.waits_for("bad", CODE, "Gone@example.com", Variables::new());
    world.answers(vec![Err(MailFault::BadAddress("550 unknown".into()))]);
    world.run_for(2).await;
    assert_eq!(world.state("bad"), (MailState::Dead, 1));
    let gone = Address::new("gone@example.com").unwrap();
    assert_eq!(world.shelf.suppressed.lock().unwrap()[&gone].why, Suppression::Bounced);

    world.waits("refused", CODE);
    world.waits_for("gone", CODE, "gone@example.com", Variables::new());
    world.answers(vec![Err(MailFault::Refused("554 spam".into()))]);
    world.run_for(2).await;
    assert_eq!(world.state("refused"), (MailState::Dead, 1));
    assert_eq!(world.seen(), ["bad", "refused"], "none to an address that was refused");
    let why = world.shelf.of("gone").last_error.unwrap();
    assert_eq!(why, "nothing goes to this address: bounced");
    assert_eq!(world.shelf.suppressed.lock().unwrap().len(), 1, "that is no fault of the address");
}

#[tokio::test(start_paused = true)]
async fn who_unsubscribed_while_it_waited_does_not_get_it() {
    let world = world(FAST);
    let ann = Address::new("ann@example.com").unwrap();
    let at = Timestamp::from_ms(0);
    world.shelf.suppress(&ann, Suppression::Unsubscribed, at).await.unwrap();
    world.waits("news", NEWS);
    world.waits("code", CODE);
    world.run_for(5).await;
    assert_eq!(world.seen(), ["code"]);
    assert_eq!(world.state("news").0, MailState::Dead);
}

#[tokio::test(start_paused = true)]
async fn while_the_server_is_away_nothing_dies_and_when_it_is_back_everything_goes() {
    let world = world(FAST);
    *world.server.away_until.lock().unwrap() = 3_600_000;
    for number in 0..10 {
        world.waits(&format!("m{number}"), CODE);
    }
    world.run_for(3_590).await;
    assert_eq!(world.shelf.of("m0").attempts, 0);
    let asked = world.seen().len();
    assert!((55..75).contains(&asked), "about once a minute: {asked}");
    world.run_for(90).await;
    for number in 0..10 {
        assert_eq!(world.state(&format!("m{number}")), (MailState::Sent, 1));
    }
    let last = *world.times().last().unwrap();
    assert!(last < 3_662_000, "within a minute of its return: {last}");
}

#[tokio::test(start_paused = true)]
async fn list_mail_can_be_ended_where_the_app_said_or_else_here() {
    let world = world(FAST);
    world.waits("ours", NEWS);
    let theirs = "https://app.example.com/no-more";
    let mut extra = Variables::new();
    extra.insert("unsubscribeLink".into(), theirs.into());
    world.waits_for("theirs", NEWS, "bob@example.com", extra);
    world.waits("code", CODE);
    world.run_for(5).await;
    for (letter, _) in world.server.seen.lock().unwrap().iter() {
        let link = letter.unsubscribe.as_ref();
        match letter.id.as_str() {
            "ours" => {
                let url = world.unsubscribe.link(&Address::new("ann@example.com").unwrap());
                assert!(letter.content.text.contains(&url), "it stands in the mail");
                assert_eq!(link, Some(&UnsubscribeLink { url, one_click: true }));
            }
            "theirs" => {
                assert!(letter.content.text.contains(theirs));
                let url = theirs.to_owned();
                assert_eq!(link, Some(&UnsubscribeLink { url, one_click: false }));
            }
            _ => assert_eq!(link, None, "somebody waits for it"),
        }
    }
    assert_eq!(world.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_can_no_longer_be_filled_is_dead_and_the_others_go() {
    let world = world(FAST);
    let mut extra = Variables::new();
    extra.insert("link".into(), "javascript:alert(1)".into());
    world.waits_for("broken", CODE, "ann@example.com", extra);
    world.waits("sound", CODE);
    world.run_for(2).await;
    assert_eq!(world.seen(), ["sound"]);
    let broken = world.shelf.of("broken");
    assert_eq!(
        (broken.state, broken.last_error.as_deref()),
        (MailState::Dead, Some("Invalid link: link"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_asked_again_and_nothing_is_sent_twice_for_it() {
    let world = world(FAST);
    world.waits("m", CODE);
    world.shelf.failing.store(4, Ordering::Relaxed);
    let running = tokio::spawn(world.sender().run());
    sleep(Duration::from_millis(3_820)).await;
    assert_eq!(world.seen(), ["m"], "read at the fifth attempt");
    world.shelf.failing.store(5, Ordering::Relaxed);
    sleep(seconds(60)).await;
    assert_eq!(world.seen(), ["m"], "taken, and noted in the end");
    assert_eq!(world.state("m"), (MailState::Sent, 1));
    running.abort();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_holds_up_itself_only_for_so_long() {
    let mut world = world(MailPace { attempts: 1, ..FAST });
    Arc::get_mut(&mut world.server).unwrap().takes = seconds(100_000);
    world.waits("m", CODE);
    world.run_for(400).await;
    let mail = world.shelf.of("m");
    assert_eq!(mail.state, MailState::Dead);
    assert!(mail.last_error.unwrap().contains("it took too long"));
}

#[tokio::test(start_paused = true)]
async fn ending_in_the_middle_loses_nothing() {
    let mut world = world(FAST);
    Arc::get_mut(&mut world.server).unwrap().takes = seconds(10);
    world.waits("m", CODE);
    world.run_for(5).await;
    assert_eq!((world.seen().len(), world.state("m")), (1, (MailState::Waiting, 0)));
    world.run_for(15).await;
    assert_eq!(world.seen(), ["m", "m"], "the same one again");
    assert_eq!(world.state("m"), (MailState::Sent, 1));
}

#[tokio::test(start_paused = true)]
async fn idle_it_looks_about_once_a_second() {
    let world = world(FAST);
    world.run_for(60).await;
    let asked = world.shelf.asked.load(Ordering::Relaxed);
    assert!(asked <= 2 * 62, "{asked}");
}
