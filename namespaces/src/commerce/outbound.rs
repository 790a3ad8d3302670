//! What happens, in the words of contract `commerce` (`contracts/commerce.md` section 3).

use std::sync::Arc;

use outrigger_domain::{
    actor::Role,
    commerce::{CommerceEvent, Notice, Priority, RoomName, Synced, Visitor, role_word},
    events::{Announcement, Audience, DomainEvent, Published},
    ids::{OrderId, UserId},
    messaging::{Message, Recipient},
    notifications::Notification,
    time::Timestamp,
};
use outrigger_transport::Frame;
use serde_json::value::RawValue;

use super::{
    desk::shown,
    texts::credential_ended,
    wire::{
        CommerceAnnouncement, CommerceAuthError, CommerceCartSynced, CommerceChatMessage,
        CommerceConnectionStats, CommerceDashboardStats, CommerceEventsAvailable,
        CommerceForceDisconnect, CommerceMessageRead, CommerceNotification,
        CommerceNotificationNew, CommerceOrderNew, CommerceOrderStatus, CommerceProductOffered,
        CommerceProductUpdated, CommerceProfileSynced, CommerceTypingStatus, CommerceUserConnected,
        CommerceUserDisconnected, CommerceUserJoined, CommerceUserLeft, CommerceWishlistSynced,
    },
};
use crate::contract::{Voice, frame, is_only_contacts, is_only_quiz};

/// The contract's voice.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommerceVoice {
    /// Whether messages are said to be from an id rather than an address (`contracts/commerce.md` section 7).
    pub chat_from_id: bool,
}

impl Voice for CommerceVoice {
    fn render(&self, namespace: &str, published: &Published) -> Vec<Frame> {
        let at = published.at;
        match &published.event {
            DomainEvent::MessageReceived(message) | DomainEvent::ChatMessage(message) => {
                frame(&self.chat_message(message))
            }
            DomainEvent::MessageRead { message, by, reading: _ } => frame(&CommerceMessageRead {
                message_id: message.to_string(),
                read_by: by.to_string(),
                timestamp: at.ms(),
            }),
            DomainEvent::Typing { from, name, typing } => frame(&CommerceTypingStatus {
                from: from.to_string(),
                from_name: shown(name.as_deref(), from),
                is_typing: *typing,
            }),
            DomainEvent::Notification(stored) => return notification(stored),
            DomainEvent::Announcement(announcement) => return announced(announcement, at),
            DomainEvent::ChatVisit { chat, user, name, entered } => {
                visit(&RoomName::spell(chat), user, name.as_deref(), *entered)
            }
            DomainEvent::Commerce(event) => return marketplace(event, at),
            DomainEvent::ForceLogout { reason } | DomainEvent::Disconnected { reason } => {
                frame(&CommerceForceDisconnect {
                    reason: reason.clone(),
                    message: "You have been disconnected by the server",
                    timestamp: at.ms(),
                })
            }
            DomainEvent::CredentialEnded(end) => frame(&auth_error(credential_ended(*end), at)),
            DomainEvent::Custom(custom) => custom
                .is_for(super::CONTRACT, namespace)
                .then(|| Frame::shared(Arc::clone(&custom.name), Arc::clone(&custom.data))),
            // This contract has no event for these; the socket itself is told of its role and of its account's end when
            // that takes effect.
            DomainEvent::MessageSent(_)
            | DomainEvent::MessageDeleted { .. }
            | DomainEvent::MessageDelivered { .. }
            | DomainEvent::MessageAlert(_)
            | DomainEvent::NotificationsRead { .. }
            | DomainEvent::NotificationsDeleted { .. }
            | DomainEvent::UnreadCount(_)
            | DomainEvent::Presence(_)
            | DomainEvent::UserStatus(_)
            | DomainEvent::OnlineUsers(_)
            | DomainEvent::TokenReplaced { .. }
            | DomainEvent::AccountStatus { .. }
            | DomainEvent::RoleChanged { .. }
            | DomainEvent::Designations { .. }
            | DomainEvent::TestMessage { .. }
            | DomainEvent::TrackedMessage(_)
            | DomainEvent::Recipients { .. }
            | DomainEvent::Analytics(_)
            | DomainEvent::PingAll
            | DomainEvent::ChatTyping { .. }
            | DomainEvent::ChatRelay { .. }
            | DomainEvent::Quiz(_)
            | DomainEvent::Support(_)
            | DomainEvent::ChatLeft(_) => None,
        }
        .into_iter()
        .collect()
    }

    fn narrowed(&self, published: &Published) -> Option<Audience> {
        let DomainEvent::ChatMessage(message) = &published.event else { return None };
        // The sender's client has the acknowledgement (`contracts/commerce.md` section 2, `chat:message`).
        let (of, users) = (Box::new(published.audience.clone()), vec![message.sender.clone()]);
        Some(Audience::Except { of, users })
    }

    fn is_silent_on(&self, event: &DomainEvent) -> bool {
        matches!(
            event,
            DomainEvent::Presence(_)
                | DomainEvent::UserStatus(_)
                | DomainEvent::OnlineUsers(_)
                | DomainEvent::TrackedMessage(_)
                | DomainEvent::Recipients { .. }
                | DomainEvent::Analytics(_)
                | DomainEvent::PingAll
        ) || is_only_quiz(event)
            || is_only_contacts(event)
    }

    fn heartbeat(&self, _namespace: &str) -> Option<Frame> {
        None
    }

    fn farewell(&self, _namespace: &str) -> Option<Frame> {
        None
    }
}

impl CommerceVoice {
    fn chat_message(self, message: &Message) -> CommerceChatMessage {
        let profile = &message.sender_profile;
        let address = profile.email.as_deref().filter(|_| !self.chat_from_id);
        CommerceChatMessage {
            message_id: message.id.to_string(),
            from: shown(address, &message.sender),
            from_id: message.sender.to_string(),
            from_name: shown(profile.name.as_deref(), &message.sender),
            // An image of another contract's client is shown as where it is.
            message: message.text.clone().or_else(|| message.image.clone()).unwrap_or_default(),
            room_id: match &message.recipient {
                Recipient::User(_) => None,
                Recipient::Chat(chat) => Some(RoomName::spell(chat)),
            },
            timestamp: message.created_at,
        }
    }
}

/// The token or the account no longer holds.
pub(super) fn auth_error(message: &'static str, at: Timestamp) -> CommerceAuthError {
    CommerceAuthError { message, code: "AUTH_ERROR", timestamp: at.ms() }
}

/// What someone with that role may send.
pub(super) fn events_available(role: Role, events: Vec<String>) -> CommerceEventsAvailable {
    CommerceEventsAvailable { events, role: role_word(role) }
}

/// An order is further.
pub(super) fn order_status(order: &OrderId, status: &str, at: Timestamp) -> CommerceOrderStatus {
    let (order_id, new_status) = (order.to_string(), status.to_owned());
    CommerceOrderStatus { order_id, new_status, timestamp: at.ms() }
}

fn visit(room: &str, user: &UserId, name: Option<&str>, entered: bool) -> Option<Frame> {
    let (user_id, user_name) = (user.to_string(), shown(name, user));
    let room_id = room.to_owned();
    if entered {
        frame(&CommerceUserJoined { user_id, user_name, room_id })
    } else {
        frame(&CommerceUserLeft { user_id, user_name, room_id })
    }
}

fn notification(stored: &Notification) -> Vec<Frame> {
    let priority = Priority::of(stored.data.as_ref()).as_str();
    let Notification { kind, title, message, data, .. } = stored.clone();
    let timestamp = stored.created_at;
    let new = CommerceNotificationNew {
        id: stored.id.to_string(),
        kind: kind.clone(),
        title: title.clone(),
        message: message.clone(),
        data: data.clone(),
        priority,
        timestamp,
    };
    let plain = CommerceNotification { kind, title, message, data, priority, timestamp };
    frame(&new).into_iter().chain(frame(&plain)).collect()
}

fn announced(announcement: &Announcement, at: Timestamp) -> Vec<Frame> {
    let Announcement { kind, title, message, data } = announcement.clone();
    let priority = Priority::of(data.as_ref()).as_str();
    let plain = CommerceNotification { kind, title, message, data, priority, timestamp: at };
    told_to_all(plain, true)
}

fn notice(notice: &Notice) -> Vec<Frame> {
    let Notice { kind, title, message, data, priority, announced, created_at, .. } = notice.clone();
    let priority = priority.as_str();
    let timestamp = created_at;
    let plain = CommerceNotification { kind, title, message, data, priority, timestamp };
    told_to_all(plain, announced)
}

/// Something for many, first as an announcement if it is one.
fn told_to_all(plain: CommerceNotification, announced: bool) -> Vec<Frame> {
    let announcement = announced.then(|| CommerceAnnouncement {
        title: plain.title.clone(),
        message: plain.message.clone(),
        priority: plain.priority,
    });
    announcement.and_then(|said| frame(&said)).into_iter().chain(frame(&plain)).collect()
}

fn marketplace(event: &CommerceEvent, at: Timestamp) -> Vec<Frame> {
    let timestamp = at.ms();
    match event {
        CommerceEvent::Arrived(visitor) => {
            let Visitor { user, name, email, role, socket } = &**visitor;
            frame(&CommerceUserConnected {
                user_id: user.to_string(),
                user_name: shown(name.as_deref(), user),
                user_email: email.clone(),
                user_role: role_word(*role),
                socket_id: format!("conn_{socket}"),
                timestamp,
            })
        }
        CommerceEvent::Departed { visitor, reason } => {
            let Visitor { user, name, email, role, socket: _ } = &**visitor;
            frame(&CommerceUserDisconnected {
                user_id: user.to_string(),
                user_name: shown(name.as_deref(), user),
                user_email: email.clone(),
                user_role: role_word(*role),
                reason,
                timestamp,
            })
        }
        CommerceEvent::Stats(stats) => frame(&CommerceConnectionStats::from(&**stats)),
        CommerceEvent::Dashboard(data) => frame(&CommerceDashboardStats(Arc::clone(data))),
        CommerceEvent::Synced { what, data } => synced(*what, data, timestamp),
        CommerceEvent::ProductOffered { seller, seller_name, product } => {
            frame(&CommerceProductOffered {
                seller_id: seller.to_string(),
                seller_name: shown(seller_name.as_deref(), seller),
                product: Arc::clone(product),
                timestamp,
            })
        }
        CommerceEvent::ProductChanged { product, changes } => frame(&CommerceProductUpdated {
            product_id: product.clone(),
            changes: Arc::clone(changes),
            timestamp,
        }),
        CommerceEvent::OrderPlaced { buyer, buyer_name, order } => frame(&CommerceOrderNew {
            user_id: buyer.to_string(),
            user_name: shown(buyer_name.as_deref(), buyer),
            order: Arc::clone(order),
            timestamp,
        }),
        CommerceEvent::OrderStatus { order, status } => frame(&order_status(order, status, at)),
        CommerceEvent::EventsAvailable { role, events } => {
            frame(&events_available(*role, events.to_vec()))
        }
        CommerceEvent::Notice(told) => return notice(told),
    }
    .into_iter()
    .collect()
}

fn synced(what: Synced, data: &Arc<RawValue>, timestamp: i64) -> Option<Frame> {
    let data = Arc::clone(data);
    match what {
        Synced::Cart => frame(&CommerceCartSynced { cart: data, timestamp }),
        Synced::Wishlist => frame(&CommerceWishlistSynced { wishlist: data, timestamp }),
        Synced::Profile => frame(&CommerceProfileSynced { profile: data, timestamp }),
    }
}
