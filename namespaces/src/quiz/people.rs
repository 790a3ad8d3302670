//! Signs of life, how users want to be shown, private messages (`contracts/quiz.md` section 2).

use outrigger_domain::{
    identity::RESERVED_PREFIX,
    ids::{ClientMessageId, UserId},
    messaging::{Draft, SendError},
    statuses::{SetStatusError, StatusPatch},
};
use outrigger_transport::Reply;
use serde_json::Map;

use super::{
    answers::{QuizAlive, QuizSent, done},
    arguments::{Said, line},
    desk::{QuizDesk, broken},
    texts::{self, Fault},
    wire::{QuizError, QuizMessageDelivered, QuizPong, name},
};
use crate::{contract::Call, lists::Socket, rooms::desk::send};

/// Most bytes of a `ping`: all of it comes back.
const MOST_ECHO_BYTES: usize = 4 << 10;

/// How users may want to be shown.
const STATUSES: [&str; 4] = ["online", "away", "busy", "invisible"];

/// The kind of message whose text is a picture's place, or a picture.
pub(super) const IMAGE: &str = "image";
/// The kind of every other message.
pub(super) const TEXT: &str = "text";

/// Somebody who can be talked to; nobody has another id.
fn someone(id: Option<String>) -> Result<UserId, Fault> {
    let user = id.and_then(|id| UserId::new(id).ok());
    user.filter(|user| !user.as_str().starts_with(RESERVED_PREFIX)).ok_or(texts::NO_RECIPIENT)
}

fn not_sent(error: SendError) -> Fault {
    match error {
        SendError::Empty => texts::NO_MESSAGE,
        SendError::TextTooLong => texts::MESSAGE_TOO_LONG,
        SendError::Image(_) => texts::INVALID_MESSAGE,
        SendError::ToYourself => texts::TO_YOURSELF,
        SendError::UnknownReceiver | SendError::NotAMember => texts::NO_RECIPIENT,
        SendError::Store(error) => broken(name::PRIVATE_MESSAGE)(error),
    }
}

impl QuizDesk {
    /// `ping`. What is no object has nothing to come back.
    pub(super) fn ping(&self, call: &Call<'_>) -> Result<Reply, Fault> {
        if call.args.get(0).is_some_and(|said| said.get().len() > MOST_ECHO_BYTES) {
            return Err(texts::TOO_LARGE);
        }
        let mut echo = match Said::read(&call.args) {
            Said::Fields(fields) => fields,
            Said::Bare(_) => Map::new(),
        };
        echo.remove("serverTime");
        let server_time = self.now();
        send(call.conn, &QuizPong { echo, server_time });
        Ok(Reply::json(&QuizAlive { success: true, server_time }))
    }

    /// `updatePresence`. Kept, so that other contracts show the same, before anybody hears of it.
    pub(super) async fn update_presence(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let status = Said::read(&call.args).bare_or(&["status"]);
        let known = |word: &String| STATUSES.contains(&word.as_str());
        let status = status.filter(known).ok_or(texts::NOT_A_STATUS)?;
        let patch = StatusPatch { status: Some(status.clone()), custom: None };
        self.parts.statuses.set(&call.actor.user, &patch).await.map_err(|error| match error {
            SetStatusError::Invalid => texts::NOT_A_STATUS,
            SetStatusError::Store(error) => broken(name::UPDATE_PRESENCE)(error),
        })?;
        self.services().roster.set_status(&call.actor.user, &status);
        Ok(done())
    }

    /// `newUserConnected`: whoever is there is shown again, by the token.
    pub(super) fn show_again(&self, call: &Call<'_>) -> Reply {
        self.lists().greet(Socket::of(call.conn));
        self.services().roster.refresh();
        done()
    }

    /// `privateMessage`. It is stored whether its recipient is there or not; whoever hides is not there.
    pub(super) async fn private_message(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let said = Said::read(&call.args);
        let to = someone(said.text(&["recipientId"]))?;
        let message = said.text(&["message"]);
        let is_image = said.text(&["type"]).as_deref() == Some(IMAGE);
        let client_id = said.text(&["clientMessageId"]).map(ClientMessageId::new).transpose();
        let client_id = client_id.map_err(|_| texts::INVALID_PAYLOAD)?;
        let draft = Draft {
            // People do repeat themselves: without a name of its own every packet is a message.
            every_one_counts: client_id.is_none(),
            client_id,
            ..Draft::default()
        };
        let draft = match is_image {
            true => Draft { image: message, ..draft },
            false => Draft { text: Some(line(message)?), ..draft },
        };
        let parts = self.shared().parts();
        let stored = parts.messaging.send(&call.actor.user, &to, draft).await.map_err(not_sent)?;
        let message_id = stored.message().id.to_string();
        let delivered = parts.presence.is_visible(&to);
        let recipient_id = to.to_string();
        if delivered {
            let (message_id, timestamp) = (message_id.clone(), self.now());
            send(call.conn, &QuizMessageDelivered { message_id, recipient_id, timestamp });
        } else {
            let recipient_id = Some(recipient_id);
            send(call.conn, &QuizError { recipient_id, ..QuizError::new(texts::NOT_ONLINE) });
        }
        let delivered = Some(delivered);
        Ok(Reply::json(&QuizSent { success: true, message_id, stored: true, delivered }))
    }
}
