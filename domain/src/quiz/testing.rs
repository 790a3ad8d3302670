//! Quizzes in memory, a clock that moves with the test's timers, and an ear on the bus.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{leaderboard::leaderboard, *};
use crate::{
    actor::{Actor, Role},
    events::{Audience, DomainEvent, Published},
    ids::{DeviceId, QuestionId, QuizId, QuizSessionId, UserId},
    naming::Uuids,
    ports::{Bus, QuizStore, StoreError, StoreResult, WholeSession},
    time::{Clock, Timestamp},
};

/// A session as it is stored.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) session: QuizSession,
    pub(super) participants: BTreeMap<UserId, Participant>,
    pub(super) answers: BTreeMap<(UserId, QuestionId), Answer>,
}

/// Quizzes, in memory.
#[derive(Default)]
pub(super) struct Memory {
    quizzes: Mutex<HashMap<QuizId, Quiz>>,
    sessions: Mutex<Vec<Stored>>,
    pub(super) failing: AtomicBool,
    /// Of every so many writes one fails; 0 for none.
    pub(super) fails_each: AtomicUsize,
    pub(super) writes: AtomicUsize,
    /// How long reads and writes take, one after the other.
    pub(super) slowness: Mutex<Vec<u64>>,
}

impl Memory {
    async fn work(&self) -> StoreResult<()> {
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        let ms = {
            let slowness = self.slowness.lock().unwrap();
            if slowness.is_empty() { 0 } else { slowness[number % slowness.len()] }
        };
        if ms > 0 {
            sleep(Duration::from_millis(ms)).await;
        }
        let each = self.fails_each.load(Ordering::Relaxed);
        let fails = self.failing.load(Ordering::Relaxed) || (each > 0 && number % each == each - 1);
        if fails { Err(StoreError::Overloaded) } else { Ok(()) }
    }

    pub(super) fn latest(&self, quiz: &QuizId) -> Option<Stored> {
        let sessions = self.sessions.lock().unwrap();
        sessions.iter().rev().find(|one| one.session.quiz == *quiz).cloned()
    }

    pub(super) fn sessions(&self) -> usize {
        self.sessions.lock().unwrap().len()
    }

    fn change<T>(&self, id: &QuizSessionId, change: impl FnOnce(&mut Stored) -> T) -> T {
        let mut sessions = self.sessions.lock().unwrap();
        change(sessions.iter_mut().find(|one| one.session.id == *id).unwrap())
    }
}

fn put(stored: &mut Stored, rows: &[Participant]) {
    let rows = rows.iter().map(|row| (row.user.clone(), row.clone()));
    stored.participants.extend(rows);
}

#[async_trait]
impl QuizStore for Memory {
    async fn save_quiz(&self, quiz: &NewQuiz, at: Timestamp) -> StoreResult<()> {
        self.work().await?;
        let new = Quiz { told: quiz.clone(), updated_at: at };
        self.quizzes.lock().unwrap().insert(quiz.id.clone(), new);
        Ok(())
    }

    async fn quiz(&self, id: &QuizId) -> StoreResult<Option<Quiz>> {
        self.work().await?;
        Ok(self.quizzes.lock().unwrap().get(id).cloned())
    }

    async fn save_session(&self, session: &QuizSession, rows: &[Participant]) -> StoreResult<()> {
        self.work().await?;
        let mut sessions = self.sessions.lock().unwrap();
        if let Some(stored) = sessions.iter_mut().find(|one| one.session.id == session.id) {
            stored.session = session.clone();
            put(stored, rows);
        } else {
            let (session, participants) = (session.clone(), BTreeMap::new());
            let mut stored = Stored { session, participants, answers: BTreeMap::new() };
            put(&mut stored, rows);
            sessions.push(stored);
        }
        Ok(())
    }

    async fn save_participants(&self, id: &QuizSessionId, rows: &[Participant]) -> StoreResult<()> {
        self.work().await?;
        self.change(id, |stored| put(stored, rows));
        Ok(())
    }

    async fn save_answer(
        &self,
        id: &QuizSessionId,
        answer: &Answer,
        row: &Participant,
    ) -> StoreResult<()> {
        self.work().await?;
        self.change(id, |stored| {
            put(stored, std::slice::from_ref(row));
            let key = (answer.user.clone(), answer.question.clone());
            stored.answers.insert(key, answer.clone());
        });
        Ok(())
    }

    async fn remove_participants(&self, id: &QuizSessionId, users: &[UserId]) -> StoreResult<()> {
        self.work().await?;
        self.change(id, |stored| {
            stored.participants.retain(|user, _| !users.contains(user));
        });
        Ok(())
    }

    async fn latest_session(&self, quiz: &QuizId) -> StoreResult<Option<WholeSession>> {
        self.work().await?;
        Ok(self.latest(quiz).map(|stored| {
            let mut participants: Vec<_> = stored.participants.values().cloned().collect();
            participants.sort_by_key(|one| one.joined_at);
            let given = stored.answers.values().map(|answer| Given {
                user: answer.user.clone(),
                question: answer.question.clone(),
                points: answer.points,
                at: answer.at,
            });
            let given = given.filter(|one| stored.participants.contains_key(&one.user)).collect();
            WholeSession { session: stored.session, participants, given }
        }))
    }

    async fn answers(
        &self,
        id: &QuizSessionId,
        after: Option<(&UserId, &QuestionId)>,
        limit: u32,
    ) -> StoreResult<Vec<Answer>> {
        self.work().await?;
        let after = after.map(|(user, question)| (user.clone(), question.clone()));
        Ok(self.change(id, |stored| {
            let behind = |key: &&(UserId, QuestionId)| after.as_ref().is_none_or(|at| *key > at);
            let found = stored.answers.iter().filter(|(key, _)| behind(key));
            found.take(limit as usize).map(|(_, answer)| answer.clone()).collect()
        }))
    }

    async fn open_sessions(&self, limit: u32) -> StoreResult<Vec<QuizSession>> {
        self.work().await?;
        let sessions = self.sessions.lock().unwrap();
        let open = sessions.iter().filter(|one| one.session.status != SessionStatus::Completed);
        Ok(open.take(limit as usize).map(|one| one.session.clone()).collect())
    }
}

pub(super) struct Wire(mpsc::UnboundedSender<(Instant, Published)>);

#[async_trait]
impl Bus for Wire {
    async fn publish(&self, event: Published) {
        self.0.send((Instant::now(), event)).unwrap();
    }
}

/// Moves with the timers of the test.
pub(super) struct Wound(pub(super) Instant);

impl Clock for Wound {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_000_000 + i64::try_from(self.0.elapsed().as_millis()).unwrap())
    }
}

/// What was told, after how many ms, in short.
pub(super) struct Ear {
    began: Instant,
    heard: mpsc::UnboundedReceiver<(Instant, Published)>,
}

pub(super) fn ear() -> (Arc<Wire>, Ear, Arc<Wound>) {
    let (sender, heard) = mpsc::unbounded_channel();
    let began = Instant::now();
    (Arc::new(Wire(sender)), Ear { began, heard }, Arc::new(Wound(began)))
}

impl Ear {
    pub(super) fn all(&mut self) -> Vec<(u128, Audience, QuizEvent)> {
        let mut all = Vec::new();
        while let Ok((at, Published { audience, event, .. })) = self.heard.try_recv() {
            let DomainEvent::Quiz(event) = event else { panic!("another event: {event:?}") };
            all.push((at.duration_since(self.began).as_millis(), audience, event));
        }
        all
    }

    /// Each as one word or more, without leaderboards.
    pub(super) fn words(&mut self) -> Vec<String> {
        self.all().into_iter().filter_map(|(_, _, event)| word(&event)).collect()
    }

    /// Leaderboards, and when.
    pub(super) fn boards(&mut self) -> Vec<(u128, Vec<(String, i64)>)> {
        let boards = self.all().into_iter().filter_map(|(ms, audience, event)| match event {
            QuizEvent::Leaderboard { quiz, rows } => {
                assert_eq!(audience, Audience::Quiz(quiz));
                Some((ms, scores(&rows)))
            }
            _ => None,
        });
        boards.collect()
    }
}

fn word(event: &QuizEvent) -> Option<String> {
    Some(match event {
        QuizEvent::Joined { user, count, .. } => format!("{user} joined: {count}"),
        QuizEvent::Left { user, count, .. } => format!("{user} left: {count}"),
        QuizEvent::Progress { user, answered, .. } => format!("{user} answered: {answered}"),
        QuizEvent::Finished { user, answered, .. } => format!("{user} finished: {answered}"),
        QuizEvent::Leaderboard { .. } => return None,
        QuizEvent::Started { status, .. } => format!("started: {}", status.as_str()),
        QuizEvent::Question { question, index, total, .. } => {
            format!("asked: {question}, {index} of {total}")
        }
        QuizEvent::Completed { rows, .. } => format!("completed: {:?}", scores(rows)),
        QuizEvent::Came { user, .. } => format!("{user} came"),
        QuizEvent::Went { user, .. } => format!("{user} went"),
        QuizEvent::Everyone(all) => {
            let one = |one: &Directory| format!("{} {}", one.name, one.status);
            format!("everyone: {}", all.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        QuizEvent::Stats(_) => "stats".to_owned(),
    })
}

pub(super) fn scores(rows: &[LeaderboardRow]) -> Vec<(String, i64)> {
    rows.iter().map(|row| (row.user.to_string(), row.score)).collect()
}

/// All of it together.
pub(super) struct World {
    pub(super) quizzes: Arc<Quizzes>,
    pub(super) memory: Arc<Memory>,
    pub(super) ear: Ear,
    wire: Arc<Wire>,
    clock: Arc<Wound>,
    running: JoinHandle<()>,
}

pub(super) fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub(super) fn question(name: &str) -> QuestionId {
    QuestionId::new(name).unwrap()
}

/// The quiz that most tests are about.
pub(super) fn quiz() -> QuizId {
    QuizId::new("quiz").unwrap()
}

pub(super) fn actor(name: &str) -> Actor {
    let device = DeviceId::new("d").unwrap();
    let guest = Actor::guest(&Uuids, device);
    if name == "guest" { guest } else { Actor { user: user(name), role: Role::User, ..guest } }
}

pub(super) async fn pass(ms: u64) {
    sleep(Duration::from_millis(ms)).await;
}

/// Questions `q0`, `q1`, ..., each with the answer `yes`.
pub(super) fn questions(limits: &[Option<u32>]) -> NewQuiz {
    let one = |(number, limit): (usize, &Option<u32>)| Question {
        id: question(&format!("q{number}")),
        correct: json!("yes"),
        any_of: false,
        points: 1,
        time_limit: *limit,
    };
    let questions = limits.iter().enumerate().map(one).collect();
    NewQuiz { id: quiz(), title: None, host: Some(user("host")), questions }
}

pub(super) fn world() -> World {
    let (wire, ear, clock) = ear();
    let memory = Arc::new(Memory::default());
    let (quizzes, running) = running(&memory, &wire, &clock);
    World { quizzes, memory, ear, wire, clock, running }
}

fn running(
    memory: &Arc<Memory>,
    wire: &Arc<Wire>,
    clock: &Arc<Wound>,
) -> (Arc<Quizzes>, JoinHandle<()>) {
    let quizzes = Arc::new(Quizzes::new(QuizzesParts {
        store: Arc::clone(memory) as Arc<dyn QuizStore>,
        bus: Arc::clone(wire) as Arc<dyn Bus>,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        ids: Arc::new(Uuids),
    }));
    let runs = Arc::clone(&quizzes);
    (quizzes, tokio::spawn(async move { runs.run().await }))
}

impl World {
    /// The process ends and another one begins, over the same store.
    pub(super) async fn restart(&mut self) {
        self.running.abort();
        pass(1).await;
        (self.quizzes, self.running) = running(&self.memory, &self.wire, &self.clock);
    }

    pub(super) async fn register(&self, limits: &[Option<u32>]) {
        self.quizzes.register(questions(limits)).await.unwrap();
    }

    /// Joins with a socket that has the number of the name's first letter.
    pub(super) async fn join(&self, name: &str) -> Joined {
        self.quizzes.join(&quiz(), &actor(name), name, socket(name)).await.unwrap()
    }

    pub(super) async fn submit(
        &self,
        name: &str,
        asked: &str,
        answer: impl Into<Value>,
    ) -> Result<u32, AnswerRefused> {
        let (quiz, question, user) = (quiz(), question(asked), user(name));
        let submitted = self.quizzes.submit(&quiz, &question, &user, answer.into(), None).await;
        submitted.map(|submitted| submitted.answered)
    }

    pub(super) async fn next(&self) -> Next {
        self.quizzes.next(&quiz(), Leader::App).await.unwrap()
    }

    pub(super) async fn scores(&self) -> Vec<(String, i64)> {
        let rows = self.quizzes.leaderboard(&quiz()).await.unwrap();
        scores(&rows.unwrap_or_default())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What is in memory is what is stored.
    pub(super) async fn assert_stored(&self) {
        let stored = self.memory.latest(&quiz()).unwrap();
        let view = self.quizzes.session(&quiz()).await.unwrap().unwrap();
        assert_eq!(view.session, stored.session);
        let in_memory: BTreeMap<_, _> =
            view.participants.into_iter().map(|row| (row.user.clone(), row)).collect();
        assert_eq!(in_memory, stored.participants);
        let rows = self.quizzes.leaderboard(&quiz()).await.unwrap().unwrap();
        assert_eq!(rows, leaderboard(stored.participants.values()));
    }
}

pub(super) fn socket(name: &str) -> u64 {
    u64::from(name.as_bytes()[0])
}
