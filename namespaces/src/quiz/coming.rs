//! Coming and going (`contracts/quiz.md` section 1).

use std::sync::Arc;

use outrigger_domain::{actor::Actor, ids::ChatId};
use outrigger_transport::{Conn, Gone};

use super::{
    desk::{QuizDesk, shown},
    texts::{INACTIVE, credential_ended},
    wire::QuizError,
};
use crate::{follower::Follower, lists::Socket, rooms::desk::send, standing::Standing};

impl QuizDesk {
    /// The first thing on a new socket: with a token it hears who is there, and others hear of its user.
    pub(super) fn arrive(&self, conn: &Arc<Conn>) {
        let Some(standing) = Standing::of(conn) else { return };
        let Some(actor) = standing.actor() else { return };
        if actor.is_guest() {
            return;
        }
        let parts = self.shared().parts();
        // A revocation between the handshake and now has found no socket to close.
        if let Err(end) = parts.door.identity().standing(&actor) {
            send(conn, &QuizError::new(credential_ended(end)));
            conn.disconnect();
            return;
        }
        let roster = &self.services().roster;
        roster.enter(&actor, &shown(&actor));
        standing.quiz_stay().list();
        // Said in another contract, or before a restart.
        if !parts.presence.is_visible(&actor.user) {
            roster.set_status(&actor.user, "invisible");
        }
        self.lists().greet(Socket::of(conn));
    }

    /// The last thing on a socket.
    pub(super) async fn depart(&self, conn: &Arc<Conn>, gone: Gone) {
        self.shared().depart(conn, gone);
        let Some(standing) = Standing::of(conn) else { return };
        let (Some(actor), Some(stay)) = (standing.actor(), standing.quiz_stay_if_any()) else {
            return;
        };
        if stay.unlist() {
            self.services().roster.leave(&actor.user);
        }
        self.services().quizzes.disconnected(&actor.user, conn.key());
        for chat in stay.rooms() {
            // Those who would hear of it go as well.
            self.go_out(standing, &actor, &chat, gone != Gone::Shutdown).await;
        }
    }
}

impl Follower for QuizDesk {
    /// Rights are looked at with each event.
    fn became(&self, _conn: &Conn, _actor: &Actor, _may_stay: bool) {}

    fn deactivated(&self, conn: &Conn) {
        send(conn, &QuizError::new(INACTIVE));
    }

    fn left(&self, standing: &Standing, actor: &Actor, chat: &ChatId) {
        self.taken_out(standing, actor, chat);
    }
}
