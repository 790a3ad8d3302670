//! What only contract `commerce` asks for (`contracts/commerce.md` sections 1 and 7).

use super::reader::Reader;

/// How the marketplace is held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommerceConfig {
    /// Whether people without a token are let in.
    pub(crate) guests: bool,
    /// Whether rooms without a prefix are open to all.
    pub(crate) open_rooms: bool,
    /// Whether a message is from an id rather than from an address.
    pub(crate) chat_from_id: bool,
}

/// Reads it.
pub(super) fn read(reader: &mut Reader<'_>) -> CommerceConfig {
    CommerceConfig {
        guests: chosen(reader, "COMMERCE_GUESTS", ["refuse", "allow"]),
        open_rooms: !chosen(reader, "COMMERCE_ROOMS", ["open", "granted"]),
        chat_from_id: chosen(reader, "COMMERCE_CHAT_FROM", ["email", "id"]),
    }
}

/// Whether it is the second of two words; the first is the default.
fn chosen(reader: &mut Reader<'_>, key: &str, [default, other]: [&str; 2]) -> bool {
    match reader.text(key) {
        None => false,
        Some(word) if word == default => false,
        Some(word) if word == other => true,
        Some(_) => {
            reader.fault(format!("{key} must be {default} or {other}"));
            false
        }
    }
}
