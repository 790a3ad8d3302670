//! What clients of contract `quiz` send (`contracts/quiz.md` section 2).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{BoxFuture, FutureExt};
use outrigger_domain::actor::Actor;
use outrigger_transport::{
    Admission, Args, Conn, Gone, Handshake, NamespaceHandler, Refusal, Reply,
};
use serde_json::Value;

use super::{
    answers::{
        QuizAck, QuizAnswerAck, QuizEndAck, QuizJoinAck, QuizNextAck, QuizPingAck, QuizRoomAck,
        QuizRoomSayAck, QuizSayAck, QuizStartAck, refused,
    },
    arguments::{
        QuizAnswer, QuizJoin, QuizLeftRoom, QuizOldReply, QuizOldRoom, QuizOldRoomMessage,
        QuizOldUser, QuizOne, QuizPing, QuizPresence, QuizRoom, QuizRoomSay, QuizSay,
        QuizStopTyping, QuizTyping,
    },
    desk::{QuizDesk, broken, refuse},
    texts::{self, Fault, MANNER},
    wire::name,
};
use crate::{contract::Call, entry::Manner, shape::Shape, standing::Standing};

/// How an event is handled: it is acknowledged, or refused.
type Handle = for<'a> fn(&'a QuizDesk, Call<'a>) -> BoxFuture<'a, Result<Reply, Fault>>;

/// Whether guests may send an event (`contracts/quiz.md` section 1, "Guest rights").
#[derive(Clone, Copy)]
enum Guests {
    May,
    /// If the configuration says so.
    Speaking,
    MayNot,
}

/// A row of the table.
pub(crate) struct Row {
    pub(crate) event: &'static str,
    pub(crate) argument: Option<Shape>,
    pub(crate) ack: Shape,
    guests: Guests,
    handle: Handle,
}

impl Row {
    const fn new(event: &'static str, argument: Shape, guests: Guests, handle: Handle) -> Self {
        Self { event, argument: Some(argument), ack: Shape::of::<QuizAck>(), guests, handle }
    }

    const fn acked(self, ack: Shape) -> Self {
        Self { ack, ..self }
    }
}

/// Every event that a client may send.
pub(crate) static TABLE: [Row; 21] = [
    Row::new(name::PING, Shape::of::<QuizPing>(), Guests::May, |desk, call| {
        async move { desk.ping(&call) }.boxed()
    })
    .acked(Shape::of::<QuizPingAck>()),
    Row::new(name::UPDATE_PRESENCE, Shape::of::<QuizPresence>(), Guests::MayNot, |desk, call| {
        desk.update_presence(call).boxed()
    }),
    Row::new(name::PRIVATE_MESSAGE, Shape::of::<QuizSay>(), Guests::MayNot, |desk, call| {
        desk.private_message(call).boxed()
    })
    .acked(Shape::of::<QuizSayAck>()),
    Row::new(name::TYPING, Shape::of::<QuizTyping>(), Guests::Speaking, |desk, call| {
        desk.typing(call).boxed()
    }),
    Row::new(name::STOP_TYPING, Shape::of::<QuizStopTyping>(), Guests::Speaking, |desk, call| {
        desk.stop_typing(call).boxed()
    }),
    Row::new(name::JOIN_ROOM, Shape::of::<QuizRoom>(), Guests::May, |desk, call| {
        desk.join_room(call).boxed()
    })
    .acked(Shape::of::<QuizRoomAck>()),
    Row::new(name::LEAVE_ROOM, Shape::of::<QuizLeftRoom>(), Guests::May, |desk, call| {
        desk.leave_room(call).boxed()
    }),
    Row::new(name::ROOM_MESSAGE, Shape::of::<QuizRoomSay>(), Guests::Speaking, |desk, call| {
        desk.room_message(call).boxed()
    })
    .acked(Shape::of::<QuizRoomSayAck>()),
    Row::new(name::JOIN_QUIZ, Shape::of::<QuizJoin>(), Guests::May, |desk, call| {
        desk.join_quiz(call).boxed()
    })
    .acked(Shape::of::<QuizJoinAck>()),
    Row::new(name::SUBMIT_ANSWER, Shape::of::<QuizAnswer>(), Guests::May, |desk, call| {
        desk.submit_answer(call).boxed()
    })
    .acked(Shape::of::<QuizAnswerAck>()),
    Row::new(name::REQUEST_LEADERBOARD, Shape::of::<QuizOne>(), Guests::May, |desk, call| {
        desk.leaderboard(call).boxed()
    }),
    Row::new(name::LEAVE_QUIZ, Shape::of::<QuizOne>(), Guests::May, |desk, call| {
        desk.leave_quiz(call).boxed()
    }),
    Row::new(name::FINISH_QUIZ, Shape::of::<QuizOne>(), Guests::May, |desk, call| {
        desk.finish_quiz(call).boxed()
    }),
    Row::new(name::START_QUIZ, Shape::of::<QuizOne>(), Guests::MayNot, |desk, call| {
        desk.start_quiz(call).boxed()
    })
    .acked(Shape::of::<QuizStartAck>()),
    Row::new(name::NEXT_QUESTION, Shape::of::<QuizOne>(), Guests::MayNot, |desk, call| {
        desk.next_question(call).boxed()
    })
    .acked(Shape::of::<QuizNextAck>()),
    Row::new(name::END_QUIZ, Shape::of::<QuizOne>(), Guests::MayNot, |desk, call| {
        desk.end_quiz(call).boxed()
    })
    .acked(Shape::of::<QuizEndAck>()),
    Row::new(name::NEW_USER_CONNECTED, Shape::of::<QuizOldUser>(), Guests::MayNot, |desk, call| {
        async move { Ok(desk.show_again(&call)) }.boxed()
    }),
    Row::new(name::OLD_JOIN_ROOM, Shape::of::<QuizOldRoom>(), Guests::May, |desk, call| {
        desk.join_room_in_older_words(call).boxed()
    })
    .acked(Shape::of::<QuizRoomAck>()),
    Row::new(
        name::OLD_ROOM_MESSAGE,
        Shape::of::<QuizOldRoomMessage>(),
        Guests::Speaking,
        |desk, call| desk.room_message_in_older_words(call).boxed(),
    ),
    Row::new(name::NEW_REPLY, Shape::of::<QuizOldReply>(), Guests::MayNot, |desk, call| {
        desk.new_reply(call).boxed()
    }),
    Row::new(name::CONTACT_MESSAGE, Shape::of::<QuizOldReply>(), Guests::MayNot, |desk, call| {
        desk.contact_message(call).boxed()
    }),
];

/// Whether there are attachments: this contract has none.
fn has_attachments(args: &Args) -> bool {
    // Copying what came is cheaper than reading it.
    args.to_json().is_none()
}

impl QuizDesk {
    /// One event of someone: everything counts, and shows that the user is there.
    async fn handle(
        &self,
        conn: &Arc<Conn>,
        standing: &Standing,
        actor: Arc<Actor>,
        event: &str,
        args: Args,
    ) -> Reply {
        if let Some(reply) = self.count(conn, standing, &actor, event) {
            return reply;
        }
        self.services().roster.active(&actor.user);
        let fault = |fault| refuse(conn, event, &fault);
        if has_attachments(&args) {
            return fault(texts::INVALID_PAYLOAD);
        }
        let Some(row) = TABLE.iter().find(|row| row.event == event) else {
            return self.hand_on(&actor, event, &args).await.unwrap_or_else(fault);
        };
        let may = match row.guests {
            Guests::May => true,
            Guests::Speaking => self.services().guests_speak || !actor.is_guest(),
            Guests::MayNot => !actor.is_guest(),
        };
        if !may {
            return fault(texts::NOT_FOR_GUESTS);
        }
        let call = Call { conn, standing, actor, args };
        (row.handle)(self, call).await.unwrap_or_else(fault)
    }

    /// An event that the app decides about, if it is one (`docs/WEBHOOKS.md`, `client.event`). Not for guests: no webhook
    /// tells of them.
    async fn hand_on(&self, actor: &Actor, event: &str, args: &Args) -> Result<Reply, Fault> {
        /// Most bytes of arguments: they are kept until the app has taken them.
        const MOST_BYTES: usize = 64 << 10;
        let actions = self.parts.actions.as_ref().filter(|_| !actor.is_guest());
        let Some(actions) = actions.filter(|actions| actions.names.contains(event)) else {
            return Err(texts::UNKNOWN_EVENT);
        };
        let args = args.to_json().ok_or(texts::INVALID_PAYLOAD)?;
        if args.get().len() > MOST_BYTES {
            return Err(texts::TOO_LARGE);
        }
        let act = actions.webhooks.act(actor, super::CONTRACT, event, &args).await;
        act.map_err(broken(event))?;
        Ok(super::answers::done())
    }
}

/// The contract's namespace.
pub struct Quiz(Arc<QuizDesk>);

impl Quiz {
    /// A namespace whose events are handled at this desk.
    #[must_use]
    pub fn new(desk: Arc<QuizDesk>) -> Self {
        Self(desk)
    }
}

#[async_trait]
impl NamespaceHandler for Quiz {
    async fn admit(
        &self,
        handshake: &Handshake,
        auth: Option<&Value>,
    ) -> Result<Admission, Refusal> {
        let manner = Manner { guests: self.0.services().guests, ..MANNER };
        self.0.shared().admit(handshake, auth, &manner, false).await
    }

    fn crowded(&self) -> Option<&'static str> {
        Some(texts::CROWDED)
    }

    fn entered(&self, conn: &Arc<Conn>) {
        self.0.shared().enter(conn);
    }

    async fn connected(&self, conn: &Arc<Conn>) {
        self.0.arrive(conn);
    }

    async fn event(&self, conn: &Arc<Conn>, event: &str, args: Args) -> Reply {
        let Some(standing) = Standing::of(conn) else { return Reply::None };
        let Some(actor) = standing.actor() else { return refused(&texts::NOT_FOR_GUESTS) };
        self.0.handle(conn, standing, actor, event, args).await
    }

    async fn disconnected(&self, conn: &Arc<Conn>, reason: Gone) {
        self.0.depart(conn, reason).await;
    }
}
