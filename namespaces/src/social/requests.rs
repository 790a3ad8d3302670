//! The events that clients send, one method each (`contracts/social.md` section 2).

use outrigger_domain::{
    accounts::Profile,
    actor::Actor,
    ids::{ClientMessageId, MessageId, NotificationId, UserId},
    messaging::{Deleted, Draft, Read, Reading, SendError, Stored},
    notifications::{Preferences, PreferencesError},
    social_documents::SocialMessage,
    statuses::{SetStatusError, StatusPatch},
};
use outrigger_transport::Reply;

use super::{
    arguments::{
        SocialMarkAllAck, SocialOneMessage, SocialOneNotification, SocialOneReceiver,
        SocialSendAck, SocialSendMessage, SocialSetStatus, SocialUpdatePreferences, done, read,
        read_id,
    },
    desk::{SocialDesk, failed},
    outbound::{all_updated, notification_updated},
    texts::{self, Fault},
    wire::{SUCCESS, SocialDeletionConfirmed, SocialMessageSent, SocialPreferencesUpdated},
};
use crate::{contract::Call, rooms::desk::send};

/// Longest message, in characters (`contracts/social.md` section 2, `send_message`).
const MOST_MESSAGE_CHARS: usize = 1000;

impl SocialSendMessage {
    /// To whom it goes and what it says.
    pub(super) fn draft(self) -> Result<(UserId, Draft), Fault> {
        let (Some(receiver), Some(message)) = (self.receiver_id, self.message) else {
            return Err(texts::INVALID_MESSAGE);
        };
        let text = message.trim();
        if receiver.trim().is_empty() || !(1..=MOST_MESSAGE_CHARS).contains(&text.chars().count()) {
            return Err(texts::INVALID_MESSAGE);
        }
        // Nobody can have such an id.
        let receiver = UserId::new(&receiver).map_err(|_| texts::NO_RECEIVER)?;
        let client_id = self.client_message_id.map(ClientMessageId::new).transpose();
        let client_id = client_id.map_err(|_| texts::INVALID_MESSAGE)?;
        let draft = Draft {
            text: Some(text.to_owned()),
            // People do repeat themselves: without a name of its own every packet is a message.
            every_one_counts: client_id.is_none(),
            client_id,
            notify: true,
            ..Draft::default()
        };
        Ok((receiver, draft))
    }
}

fn message_id(call: &Call<'_>) -> Result<MessageId, Fault> {
    let id = read_id::<SocialOneMessage>(&call.args).ok_or(texts::NO_MESSAGE_ID)?;
    MessageId::new(id).map_err(|_| texts::NO_MESSAGE)
}

fn notification_id(call: &Call<'_>) -> Result<NotificationId, Fault> {
    let id = read_id::<SocialOneNotification>(&call.args).ok_or(texts::NO_NOTIFICATION_ID)?;
    NotificationId::new(id).map_err(|_| texts::NO_NOTIFICATION)
}

/// Whom this user is typing to; nobody can type to themselves.
fn typing_to(call: &Call<'_>) -> Option<UserId> {
    let receiver = UserId::new(read_id::<SocialOneReceiver>(&call.args)?).ok()?;
    (receiver != call.actor.user).then_some(receiver)
}

impl SocialDesk {
    /// `send_message`.
    pub(super) async fn send_message(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let (receiver, draft) = read::<SocialSendMessage>(&call.args).draft()?;
        let messaging = &self.shared().parts().messaging;
        let stored = messaging.send(&call.actor.user, &receiver, draft).await.map_err(not_sent)?;
        let message = SocialMessage::new(stored.message()).ok_or(texts::NOT_SENT)?;
        let sent = SocialMessageSent { status: SUCCESS, message };
        match stored {
            Stored::New(..) => self.told().await,
            // Nobody is told again but whoever did not hear of it the first time.
            Stored::Duplicate(_) => send(call.conn, &sent),
        }
        Ok(Reply::json(&SocialSendAck::Sent(Box::new(sent))))
    }

    /// `message_read`.
    pub(super) async fn message_read(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let message = message_id(&call)?;
        let messaging = &self.shared().parts().messaging;
        match messaging
            .mark_read(&call.actor.user, &message, Reading::Read)
            .await
            .map_err(failed(texts::NOT_MARKED))?
        {
            Read::Now(..) | Read::Before(_) => Ok(done()),
            Read::NotYours => Err(texts::NOT_TO_YOU),
            Read::Missing => Err(texts::NO_MESSAGE),
        }
    }

    /// `delete_message`.
    pub(super) async fn delete_message(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let message = message_id(&call)?;
        let messaging = &self.shared().parts().messaging;
        match messaging
            .delete(&call.actor.user, &message)
            .await
            .map_err(failed(texts::NOT_DELETED))?
        {
            Deleted::Now(..) => {
                self.told().await;
                let message_id = message.to_string();
                send(call.conn, &SocialDeletionConfirmed { message_id, status: SUCCESS });
                Ok(done())
            }
            Deleted::NotYours => Err(texts::NOT_YOURS),
            Deleted::Missing => Err(texts::NO_MESSAGE),
        }
    }

    /// `typing_start`.
    pub(super) async fn typing_start(&self, call: Call<'_>) -> Result<Reply, Fault> {
        if let Some(receiver) = typing_to(&call) {
            let typist = self.as_shown_now(&call.actor).await;
            self.0.typing.start(&typist, &receiver).await;
        }
        Ok(done())
    }

    /// A socket may be older than what the app told of its user.
    async fn as_shown_now(&self, actor: &Actor) -> Actor {
        let known = self.0.desk.parts().store.user(&actor.user).await.ok().flatten();
        let known = known.as_ref().map(Profile::from).unwrap_or_default();
        Actor { profile: known.or(actor.profile.clone()), ..actor.clone() }
    }

    /// `typing_stop`.
    pub(super) async fn typing_stop(&self, call: Call<'_>) -> Result<Reply, Fault> {
        if let Some(receiver) = typing_to(&call) {
            self.0.typing.stop(&call.actor, &receiver).await;
        }
        Ok(done())
    }

    /// `set_status`.
    pub(super) async fn set_status(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let status = read::<SocialSetStatus>(&call.args).status.ok_or(texts::INVALID_STATUS)?;
        let patch = StatusPatch { status: Some(status), custom: None };
        match self.0.statuses.set(&call.actor.user, &patch).await {
            Ok(_) => Ok(done()),
            Err(SetStatusError::Invalid) => Err(texts::INVALID_STATUS),
            Err(SetStatusError::Store(error)) => Err(failed(texts::STATUS_NOT_SET)(error)),
        }
    }

    /// `mark_notification_read`.
    pub(super) async fn mark_notification_read(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = notification_id(&call)?;
        let marked = self
            .0
            .notifications
            .mark_read(&call.actor.user, None, Some(&id))
            .await
            .map_err(failed(texts::NOTIFICATION_NOT_MARKED))?;
        if !marked.found {
            return Err(texts::NO_NOTIFICATION);
        }
        if marked.newly_read.is_empty() {
            send(call.conn, &notification_updated(&id));
        } else {
            self.told().await;
        }
        Ok(done())
    }

    /// `delete_notification`.
    pub(super) async fn delete_notification(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let id = notification_id(&call)?;
        let gone = self
            .0
            .notifications
            .delete(&call.actor.user, None, Some(&id))
            .await
            .map_err(failed(texts::NOTIFICATION_NOT_DELETED))?;
        if gone.deleted.is_empty() {
            return Err(texts::NO_NOTIFICATION);
        }
        self.told().await;
        Ok(done())
    }

    /// `mark_all_notifications_read`.
    pub(super) async fn mark_all_notifications_read(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let marked = self
            .0
            .notifications
            .mark_read(&call.actor.user, None, None)
            .await
            .map_err(failed(texts::NOTIFICATIONS_NOT_MARKED))?;
        let updated = all_updated(marked.newly_read.len());
        if marked.newly_read.is_empty() {
            send(call.conn, &updated);
        } else {
            self.told().await;
        }
        Ok(Reply::json(&SocialMarkAllAck::Marked(updated)))
    }

    /// `update_notification_preferences`.
    pub(super) async fn update_preferences(&self, call: Call<'_>) -> Result<Reply, Fault> {
        let changed = read::<SocialUpdatePreferences>(&call.args).preferences;
        let changed = Preferences(changed.ok_or(texts::INVALID_PREFERENCES)?);
        match self.0.notifications.prefer(&call.actor.user, &changed).await {
            Ok(preferences) => {
                send(call.conn, &preferences_updated(preferences));
                Ok(done())
            }
            Err(PreferencesError::TooLarge) => Err(texts::INVALID_PREFERENCES),
            Err(PreferencesError::Store(error)) => Err(failed(texts::PREFERENCES_NOT_KEPT)(error)),
        }
    }
}

/// What the user wants to be told of from now on.
pub(super) fn preferences_updated(preferences: Preferences) -> SocialPreferencesUpdated {
    let message = "Notification preferences updated";
    SocialPreferencesUpdated { status: SUCCESS, message, preferences }
}

fn not_sent(error: SendError) -> Fault {
    match error {
        SendError::ToYourself => texts::TO_YOURSELF,
        SendError::UnknownReceiver => texts::NO_RECEIVER,
        SendError::Empty | SendError::TextTooLong | SendError::Image(_) | SendError::NotAMember => {
            texts::INVALID_MESSAGE
        }
        SendError::Store(error) => failed(texts::NOT_SENT)(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(receiver: &str, message: &str) -> Result<(UserId, Draft), Fault> {
        SocialSendMessage {
            receiver_id: Some(receiver.to_owned()),
            message: Some(message.to_owned()),
            client_message_id: None,
        }
        .draft()
    }

    #[test]
    fn a_message_is_trimmed_and_has_1_to_1000_characters() {
        let (receiver, said) = draft("bob", "  hi \n").unwrap();
        assert_eq!((receiver.as_str(), said.text.as_deref()), ("bob", Some("hi")));
        assert!(said.notify && said.every_one_counts);
        for empty in ["", "  \n"] {
            assert_eq!(draft("bob", empty).unwrap_err(), texts::INVALID_MESSAGE);
        }
        let longest = "🦀".repeat(MOST_MESSAGE_CHARS);
        assert_eq!(draft("bob", &format!(" {longest} ")).unwrap().1.text, Some(longest.clone()));
        assert_eq!(draft("bob", &format!("{longest}x")).unwrap_err(), texts::INVALID_MESSAGE);
    }

    #[test]
    fn a_receiver_that_nobody_can_be_is_not_found() {
        assert_eq!(draft("", "hi").unwrap_err(), texts::INVALID_MESSAGE);
        assert_eq!(draft("b ob", "hi").unwrap_err(), texts::NO_RECEIVER);
        assert_eq!(SocialSendMessage::default().draft().unwrap_err(), texts::INVALID_MESSAGE);
    }

    #[test]
    fn what_the_client_named_is_one_message_under_that_name() {
        let said = |name: &str| SocialSendMessage {
            receiver_id: Some("bob".to_owned()),
            message: Some("hi".to_owned()),
            client_message_id: Some(name.to_owned()),
        };
        let (_, named) = said("c1").draft().unwrap();
        assert!(!named.every_one_counts && !named.same_content_is_same_message);
        assert_eq!(named.client_id, Some(ClientMessageId::new("c1").unwrap()));
        assert_eq!(said("c 1").draft().unwrap_err(), texts::INVALID_MESSAGE);
    }
}
