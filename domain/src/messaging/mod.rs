//! Messages between users and in chats.

mod deliveries;
mod document;
mod image;
mod message;
mod service;

pub use deliveries::Deliveries;
pub use document::{MessageDocument, MessageMetadata};
pub use image::{ImageFault, Picture};
pub use message::{
    Delivered, Message, NewImage, NewMessage, Page, Partner, Read, Recipient, Stored, StoredImage,
};
pub use service::{DUPLICATE_WINDOW, Draft, MOST_MESSAGES, MessageLimits, Messaging, SendError};
