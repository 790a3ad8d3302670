//! The rules for messages.

/// How large messages may be.
#[derive(Debug, Clone, Copy)]
pub struct MessageLimits {
    /// Bytes of text.
    pub text_bytes: usize,
    /// Bytes of an image, decoded.
    pub image_bytes: usize,
}

impl Default for MessageLimits {
    fn default() -> Self {
        Self { text_bytes: 64 * 1024, image_bytes: 5 * 1024 * 1024 }
    }
}

/// The rules for messages.
#[derive(Debug, Clone)]
pub struct MessagePolicy {
    /// How large they may be.
    pub limits: MessageLimits,
    /// Stands before `/api/messages/images/<id>` in messages: empty, or the sidecar's public URL.
    pub image_base: String,
    /// Whether a receiver must be known: seen in a token, told of by the app, or found by asking it
    /// (`contracts/social.md` section 7).
    pub strict_receiver: bool,
    /// Whether every message to a user is also a notification, whoever sends it; otherwise only where the draft says so.
    pub always_notify: bool,
}

impl Default for MessagePolicy {
    fn default() -> Self {
        Self {
            limits: MessageLimits::default(),
            image_base: String::new(),
            strict_receiver: true,
            always_notify: false,
        }
    }
}
