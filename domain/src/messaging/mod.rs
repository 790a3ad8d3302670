//! Messages between users and in chats.

mod deliveries;
mod document;
mod image;
mod message;
mod policy;
mod sending;
mod service;
mod typing;

pub use deliveries::Deliveries;
pub use document::{MessageDocument, MessageMetadata};
pub use image::{ImageFault, Picture};
pub use message::{
    Conversation, Deleted, Delivered, Message, NewImage, NewMessage, Page, Partner, Read, ReadMany,
    Reading, Recipient, Stored, StoredImage, Unread,
};
pub use policy::{MessageLimits, MessagePolicy};
pub use sending::{DUPLICATE_WINDOW, Draft, SendError};
pub use service::{MOST_MESSAGES, Messaging};
pub use typing::TypingTimers;
