//! Who is there, in contracts that show everyone a list of all (`contracts/quiz.md` section 3, `onlineUsers`).
//!
//! It is state, not history: the first change goes out at once, those that follow are merged, and lists go out the less
//! often the longer they are.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

use super::event::{Directory, QuizEvent};
use crate::{
    actor::Actor,
    events::{Audience, DomainEvent, Published},
    ids::UserId,
    ports::Bus,
    presence::{hidden, pace},
    time::{Clock, Timestamp},
};

/// Users on the list at most, the first ones by name.
const MOST_LISTED: usize = 1_000;

/// Words of users who left are remembered for so many of them, and so long.
const WORDS: (u64, Duration) = (10_000, Duration::from_secs(24 * 3600));

/// From one list to the next.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));

/// About what one user adds to a list, and one change costs each of those who hear of it, in bytes.
const USER_BYTES: u64 = 150;

/// What [`Roster`] works with.
pub struct RosterParts {
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// How somebody wants to be shown (`contracts/quiz.md` section 2, `updatePresence`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Word {
    #[default]
    Online,
    Away,
    Busy,
    Invisible,
}

impl Word {
    const ALL: [Self; 4] = [Self::Online, Self::Away, Self::Busy, Self::Invisible];

    fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Invisible => "invisible",
        }
    }
}

struct Entry {
    name: String,
    /// Where it stands in the list.
    place: Arc<str>,
    word: Word,
    last_activity: Timestamp,
    sockets: usize,
}

#[derive(Default)]
struct Present {
    users: HashMap<UserId, Entry>,
    /// Those who are shown, by place: whoever wants the list, or how many they are, walks through no more than that.
    shown: BTreeSet<(Arc<str>, UserId)>,
    /// Users who changed since the last telling: whether they were shown at that time, and under which name.
    changed: HashMap<UserId, (bool, String)>,
    list_wanted: bool,
}

impl Present {
    fn shows(&self, user: &UserId) -> bool {
        self.users.get(user).is_some_and(Entry::is_shown)
    }

    /// Takes a user out, or puts the user in. Gives whether the user was shown, and is.
    fn change(
        &mut self,
        user: &UserId,
        change: impl FnOnce(&mut HashMap<UserId, Entry>),
    ) -> (bool, bool) {
        let was = self.users.get(user).filter(|entry| entry.is_shown());
        let was = was.map(|entry| Arc::clone(&entry.place));
        change(&mut self.users);
        let is = self.users.get(user).filter(|entry| entry.is_shown());
        let is = is.map(|entry| Arc::clone(&entry.place));
        let shown = (was.is_some(), is.is_some());
        if was != is {
            if let Some(place) = was {
                self.shown.remove(&(place, user.clone()));
            }
            if let Some(place) = is {
                self.shown.insert((place, user.clone()));
            }
        }
        shown
    }

    fn note(&mut self, user: &UserId, (was, is): (bool, bool), name: &str) {
        if was != is {
            self.changed.entry(user.clone()).or_insert_with(|| (was, name.to_owned()));
        }
    }
}

impl Entry {
    fn is_shown(&self) -> bool {
        self.word != Word::Invisible
    }
}

/// Users with a socket of contract `quiz`. Guests are on no list, and whoever is `invisible` is not either. What is
/// remembered is bounded by the sockets that are open, and a user's last word by 10,000 users and a day.
pub struct Roster {
    parts: RosterParts,
    present: Mutex<Present>,
    words: moka::sync::Cache<UserId, Word>,
    changed: Notify,
}

/// What happened since it was last asked.
struct News {
    changes: Vec<(UserId, String, bool)>,
    list_wanted: bool,
    shown: usize,
}

/// 200 ms for 200 users, 4.5 s for 1,000; for more it grows with those who get it only.
fn list_pause(shown: usize) -> Duration {
    let bytes = (shown.min(MOST_LISTED) as u64).saturating_mul(USER_BYTES);
    pace::list_pause(shown, bytes, PAUSES)
}

impl Roster {
    /// Nobody is there yet. Nothing is told before it [runs](Self::run).
    #[must_use]
    pub fn new(parts: RosterParts) -> Self {
        let words = moka::sync::Cache::builder().max_capacity(WORDS.0).time_to_live(WORDS.1);
        let (present, changed) = (Mutex::default(), Notify::new());
        Self { parts, present, words: words.build(), changed }
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket opened. Call it once for each, and [`Self::leave`] when it is gone. A guest's is ignored.
    pub fn enter(&self, actor: &Actor, name: &str) {
        if hidden(&actor.user) {
            return;
        }
        let now = self.parts.clock.now();
        let mut present = self.present();
        let mut renamed = false;
        let shown = present.change(&actor.user, |users| {
            let entry = users.entry(actor.user.clone()).or_insert_with(|| Entry {
                name: name.to_owned(),
                place: name.to_lowercase().into(),
                word: self.words.get(&actor.user).unwrap_or_default(),
                last_activity: now,
                sockets: 0,
            });
            entry.sockets += 1;
            entry.last_activity = now;
            if entry.name != name {
                name.clone_into(&mut entry.name);
                entry.place = name.to_lowercase().into();
                renamed = true;
            }
        });
        present.list_wanted |= renamed;
        present.note(&actor.user, shown, name);
        drop(present);
        self.changed.notify_one();
    }

    /// A socket is gone.
    pub fn leave(&self, user: &UserId) {
        let mut present = self.present();
        let Some(entry) = present.users.get_mut(user) else { return };
        entry.sockets -= 1;
        if entry.sockets > 0 {
            return;
        }
        let mut gone = None;
        let shown = present.change(user, |users| gone = users.remove(user));
        if let Some(Entry { name, word, .. }) = gone {
            if word == Word::Online {
                self.words.invalidate(user);
            } else {
                self.words.insert(user.clone(), word);
            }
            present.note(user, shown, &name);
        }
        drop(present);
        self.changed.notify_one();
    }

    /// A user sent something, whatever it was. The next list says so.
    pub fn active(&self, user: &UserId) {
        if let Some(entry) = self.present().users.get_mut(user) {
            entry.last_activity = self.parts.clock.now();
        }
    }

    /// A user wants to be shown as `online`, `away`, `busy` or not at all (`invisible`); other words are ignored. Gives
    /// whether it was one of them, and the user is there.
    pub fn set_status(&self, user: &UserId, word: &str) -> bool {
        let Some(word) = Word::ALL.into_iter().find(|one| one.as_str() == word) else {
            return false;
        };
        let mut present = self.present();
        let Some(entry) = present.users.get(user) else { return false };
        if entry.word != word {
            let name = entry.name.clone();
            let shown = present.change(user, |users| {
                if let Some(entry) = users.get_mut(user) {
                    entry.word = word;
                }
            });
            present.list_wanted = true;
            present.note(user, shown, &name);
            drop(present);
            self.changed.notify_one();
        }
        true
    }

    /// Those who are shown, in order of their names, the first 1,000.
    #[must_use]
    pub fn list(&self) -> Arc<[Directory]> {
        let present = self.present();
        let first = present.shown.iter().take(MOST_LISTED);
        let listed = first.filter_map(|(_, user)| {
            let entry = present.users.get(user)?;
            Some(Directory {
                user: user.clone(),
                name: entry.name.clone(),
                status: entry.word.as_str().to_owned(),
                last_activity: entry.last_activity,
            })
        });
        listed.collect()
    }

    /// How many are shown, on the list or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.present().shown.len()
    }

    /// Has the list sent to everyone, changed or not. However often this is asked for, one list goes out.
    pub fn refresh(&self) {
        self.present().list_wanted = true;
        self.changed.notify_one();
    }

    /// Tells of changes for ever. Run it once, as a task of its own, and drop it to end it.
    pub async fn run(&self) {
        let mut list_owed = false;
        let mut next_list = Instant::now();
        loop {
            tokio::select! {
                () = self.changed.notified() => {}
                () = sleep_until(next_list), if list_owed => {}
            }
            let News { changes, list_wanted, shown } = self.take_news();
            list_owed |= list_wanted || !changes.is_empty();
            let pause = pace::news_pause(shown);
            if changes.len() <= pace::told_singly(shown, USER_BYTES, pause) {
                self.tell_singly(changes).await;
            }
            if list_owed && Instant::now() >= next_list {
                list_owed = false;
                self.tell(Audience::All, QuizEvent::Everyone(self.list())).await;
                next_list = Instant::now() + list_pause(shown);
            }
            sleep(pause).await;
        }
    }

    async fn tell_singly(&self, changes: Vec<(UserId, String, bool)>) {
        let at = self.parts.clock.now();
        for (user, name, shown) in changes {
            let audience =
                Audience::Except { of: Box::new(Audience::All), users: vec![user.clone()] };
            let event = if shown {
                QuizEvent::Came { user, name, at }
            } else {
                QuizEvent::Went { user, name, at }
            };
            self.tell(audience, event).await;
        }
    }

    async fn tell(&self, audience: Audience, event: QuizEvent) {
        let at = self.parts.clock.now();
        self.parts.bus.publish(Published::new(at, audience, DomainEvent::Quiz(event))).await;
    }

    /// Net changes: who came and went again in between is no news.
    fn take_news(&self) -> News {
        let mut present = self.present();
        let changed = std::mem::take(&mut present.changed);
        let list_wanted = std::mem::take(&mut present.list_wanted);
        let each = changed.into_iter().map(|(user, (was, name))| {
            let name = present.users.get(&user).map_or(name, |entry| entry.name.clone());
            (present.shows(&user), was, user, name)
        });
        let news = each.filter(|(shown, was, ..)| shown != was);
        let mut changes: Vec<_> = news.map(|(shown, _, user, name)| (user, name, shown)).collect();
        changes.sort();
        News { changes, list_wanted, shown: present.users.len() }
    }
}

#[cfg(test)]
mod tests;
