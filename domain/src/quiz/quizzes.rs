//! Quizzes held live, and what may be asked of them.

use std::sync::Arc;

use serde_json::Value;

use super::{
    answer::{Answer, AnswerRefused, ParticipantError, Submitted},
    attendance::{JoinRefused, Joined},
    desk::Desk,
    leader::{LeadError, Leader, Next, Started},
    registration::RegisterError,
    session::{LeaderboardRow, NewQuiz, Participant, Quiz, QuizSession},
};
use crate::{
    actor::Actor,
    events::{Audience, DomainEvent, Published, Receipt, SocketKey},
    finishing::finished,
    ids::{QuestionId, QuizId, UserId},
    naming::Ids,
    ports::{Bus, QuizStore, StoreError},
    time::Clock,
};

/// What [`Quizzes`] works with.
pub struct QuizzesParts {
    /// Where quizzes and sessions are kept.
    pub store: Arc<dyn QuizStore>,
    /// Where news goes.
    pub bus: Arc<dyn Bus>,
    /// The time; it alone decides whether an answer came in time.
    pub clock: Arc<dyn Clock>,
    /// Names sessions.
    pub ids: Arc<dyn Ids>,
}

/// A session, for the app.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionView {
    /// The session.
    pub session: QuizSession,
    /// What the app told of the quiz, if it did.
    pub quiz: Option<Arc<Quiz>>,
    /// Who takes part, or did, in the order of joining.
    pub participants: Vec<Participant>,
}

/// Quizzes held live (`contracts/quiz.md` section 3, "Quiz session").
///
/// Whatever is decided is committed before anybody is told or answered, and what is begun here is finished even if the
/// caller stops waiting. A commit that fails leaves everything as it was. Those who answer at the same time do not wait for
/// each other.
///
/// **Scores.** A score counts from when its answer can no longer be changed; before that it would tell which answer is
/// right. Where a host leads that is when the question is closed: by its time limit, by the next question, or by the end.
/// At one's own pace it is when the participant is done, or at the end. Answers given before a host started count when
/// the host has asked and closed their question.
///
/// **Limits.** 10,000 sessions at a time, 10,000 participants in each with those who left and may be back, 20 quizzes for
/// each user at a time, 500 answers of each participant of a quiz that nobody registered, and 2,000,000 answers in all.
///
/// **Ends.** Whoever has no socket in a quiz for 60 s leaves it; whoever is done stays on the leaderboard. A session in
/// which nothing happens for 30 min and in which nobody is connected is over, after a minute already if no answer is in
/// it. One that is over is forgotten after 10 min.
pub struct Quizzes {
    desk: Arc<Desk>,
}

impl Quizzes {
    /// Sessions of before are there once it [runs](Self::run), or when somebody asks for them.
    #[must_use]
    pub fn new(parts: QuizzesParts) -> Self {
        Self { desk: Arc::new(Desk::new(parts)) }
    }

    /// Takes in what the app tells of a quiz. Those who answer at their own pace just now are asked the new questions from
    /// now on; what they have answered keeps its points.
    ///
    /// # Errors
    /// [`RegisterError`]; what was told before holds.
    pub async fn register(&self, new: NewQuiz) -> Result<(), RegisterError> {
        let desk = Arc::clone(&self.desk);
        finished(async move { desk.register(new).await }).await
    }

    /// A socket takes part in a quiz, and its user with it; a session is made if there is none. One that was over less than
    /// 10 min ago is looked at as it is. Put the socket into [`crate::events::Audience::Quiz`] before you call this, so that
    /// it misses nothing that happens meanwhile. Called again for the same socket it changes nothing.
    ///
    /// # Errors
    /// [`JoinRefused`]; the user takes no part.
    pub async fn join(
        &self,
        quiz: &QuizId,
        actor: &Actor,
        name: &str,
        socket: SocketKey,
    ) -> Result<Joined, JoinRefused> {
        let (desk, quiz, user) = (Arc::clone(&self.desk), quiz.clone(), actor.user.clone());
        // By now, so that `disconnected` finds it however long the rest takes.
        let entered = desk.sockets.enter(&user, &quiz, socket);
        let name = name.to_owned();
        finished(async move { desk.join(&quiz, &user, &name, socket, entered).await }).await
    }

    /// What a participant finds by now; `None` if the quiz is not held.
    #[must_use]
    pub fn found(&self, quiz: &QuizId, user: &UserId) -> Option<Joined> {
        Some(self.desk.held(quiz)?.state().joined(user))
    }

    /// Returns when all that was told before has been handed to the sockets that hear it.
    pub async fn all_told(&self) {
        let (receipt, handed) = Receipt::requested();
        let QuizzesParts { bus, clock, .. } = &self.desk.parts;
        let (nobody, nothing) = (Audience::Users(Vec::new()), DomainEvent::PingAll);
        bus.publish(Published::asking(clock.now(), nobody, nothing, receipt)).await;
        // If nobody answers, nobody is told any more.
        let _ended = handed.await;
    }

    /// A socket takes part in a quiz no more; with its last one in it the user leaves at once. Whoever is done stays on the
    /// leaderboard, and nobody leaves what is over.
    ///
    /// # Errors
    /// If the store failed: the user leaves within a minute.
    pub async fn leave(
        &self,
        quiz: &QuizId,
        user: &UserId,
        socket: SocketKey,
    ) -> Result<(), StoreError> {
        if !self.desk.sockets.exit(user, quiz, socket) {
            return Ok(());
        }
        let (desk, quiz, user) = (Arc::clone(&self.desk), quiz.clone(), user.clone());
        finished(async move { desk.leave(&quiz, &user).await }).await
    }

    /// A socket is gone, from all quizzes. Where it was the user's last one, the user leaves after 60 s unless back before
    /// (`contracts/quiz.md` section 6).
    pub fn disconnected(&self, user: &UserId, socket: SocketKey) {
        for quiz in self.desk.sockets.gone(user, socket) {
            self.desk.leave_later(&quiz, user);
        }
    }

    /// Keeps an answer; the last one to a question counts until the question is closed. The client's word for the time is
    /// kept, and decides nothing.
    ///
    /// # Errors
    /// [`AnswerRefused`]; an answer of before holds.
    pub async fn submit(
        &self,
        quiz: &QuizId,
        question: &QuestionId,
        user: &UserId,
        answer: Value,
        time_spent: Option<f64>,
    ) -> Result<Submitted, AnswerRefused> {
        let time_spent = time_spent.filter(|secs| secs.is_finite() && *secs >= 0.0);
        let at = self.desk.parts.clock.now();
        let (user, question) = (user.clone(), question.clone());
        // What it brings is not known yet.
        let answer = Answer { user, question, answer, time_spent, at, points: 0 };
        let (desk, quiz) = (Arc::clone(&self.desk), quiz.clone());
        finished(async move { desk.submit(&quiz, answer).await }).await
    }

    /// A participant has nothing more to say; said again it changes nothing. At one's own pace the score counts from now on.
    ///
    /// # Errors
    /// [`ParticipantError`].
    pub async fn finish(&self, quiz: &QuizId, user: &UserId) -> Result<(), ParticipantError> {
        let (desk, quiz, user) = (Arc::clone(&self.desk), quiz.clone(), user.clone());
        finished(async move { desk.finish(&quiz, &user).await }).await
    }

    /// The app says what a participant's score is; answers change it no more. Also in a session that was over less than
    /// 10 min ago.
    ///
    /// # Errors
    /// [`ParticipantError`].
    pub async fn set_score(
        &self,
        quiz: &QuizId,
        user: &UserId,
        score: i64,
    ) -> Result<(), ParticipantError> {
        let (desk, quiz, user) = (Arc::clone(&self.desk), quiz.clone(), user.clone());
        finished(async move { desk.set_score(&quiz, &user, score).await }).await
    }

    /// A host starts a quiz; a session is made if there is none. One that is started already goes on as it is. After one
    /// that is over another begins, with those of its participants who are still connected.
    ///
    /// # Errors
    /// [`LeadError`]; nothing was started.
    pub async fn start(&self, quiz: &QuizId, by: Leader) -> Result<Started, LeadError> {
        let (desk, quiz) = (Arc::clone(&self.desk), quiz.clone());
        finished(async move { desk.start(&quiz, &by).await }).await
    }

    /// A host closes the question that stands and asks the next one; after the last one the quiz is over. A session that
    /// waits is started by it.
    ///
    /// # Errors
    /// [`LeadError`]; the question that stood still stands.
    pub async fn next(&self, quiz: &QuizId, by: Leader) -> Result<Next, LeadError> {
        let (desk, quiz) = (Arc::clone(&self.desk), quiz.clone());
        finished(async move { desk.next_question(&quiz, &by).await }).await
    }

    /// A host ends a quiz. Gives who led.
    ///
    /// # Errors
    /// [`LeadError`]; it goes on.
    pub async fn end(&self, quiz: &QuizId, by: Leader) -> Result<Arc<[LeaderboardRow]>, LeadError> {
        let (desk, quiz) = (Arc::clone(&self.desk), quiz.clone());
        finished(async move { desk.end(&quiz, &by).await }).await
    }

    /// How a quiz stands, if it is held or was over less than 10 min ago. For the app: it names those who left, too.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn session(&self, quiz: &QuizId) -> Result<Option<SessionView>, StoreError> {
        let Some(held) = self.desk.find(quiz).await? else { return Ok(None) };
        let state = held.state();
        let mut participants: Vec<_> = state.seats().map(|(row, _)| row.clone()).collect();
        participants.sort_by(|a, b| (a.joined_at, &a.user).cmp(&(b.joined_at, &b.user)));
        let (session, quiz) = (state.session.clone(), state.quiz.clone());
        Ok(Some(SessionView { session, quiz, participants }))
    }

    /// What was answered in that session, in the order of users and questions, those after the given one, at most `limit`.
    /// For the app only.
    ///
    /// # Errors
    /// If the store failed.
    pub async fn answers(
        &self,
        quiz: &QuizId,
        after: Option<(&UserId, &QuestionId)>,
        limit: u32,
    ) -> Result<Vec<Answer>, StoreError> {
        let Some(held) = self.desk.find(quiz).await? else { return Ok(Vec::new()) };
        let session = held.state().session.id.clone();
        self.desk.parts.store.answers(&session, after, limit).await
    }

    /// Who leads, if the quiz is held or was over less than 10 min ago; at most [`super::MOST_SHOWN`].
    ///
    /// # Errors
    /// If the store failed.
    pub async fn leaderboard(
        &self,
        quiz: &QuizId,
    ) -> Result<Option<Arc<[LeaderboardRow]>>, StoreError> {
        Ok(self.desk.find(quiz).await?.map(|held| held.state().leaderboard()))
    }

    /// Sessions that are not over.
    #[must_use]
    pub fn count(&self) -> usize {
        self.desk.open_sessions()
    }

    /// Closes questions whose time is over, has those leave who are gone, tells of progress and of who leads, and forgets
    /// what is over, for ever; at first it takes up the sessions of before. Run it once, as a task of its own, and drop it to
    /// end it. What a failing store hinders is tried again.
    pub async fn run(&self) {
        self.desk.run().await;
    }
}
