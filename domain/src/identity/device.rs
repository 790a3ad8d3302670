//! What a device is called when the app has no name for it.

use sha2::{Digest, Sha256};

use crate::{digest::first_digits, ids::DeviceId};

/// The address where none is known (`contracts/rooms.md` section 6).
pub const UNKNOWN_ADDRESS: &str = "unknown";

/// The first 16 hexadecimal digits of SHA-256 of `<userAgent>-<ip>`, as the app computes it too
/// (`contracts/rooms.md` section 6).
#[must_use]
pub fn device_id(user_agent: &str, address: &str) -> DeviceId {
    let digest = Sha256::new().chain_update(user_agent).chain_update("-").chain_update(address);
    DeviceId::new(first_digits(digest, 16))
        .unwrap_or_else(|_| unreachable!("hexadecimal digits are a valid id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_digest_that_the_app_computes() {
        // node: createHash('sha256').update('Mozilla/5.0-unknown').digest('hex').slice(0, 16)
        assert_eq!(device_id("Mozilla/5.0", "unknown").as_str(), "4ca2ae905b433446");
    }
}
