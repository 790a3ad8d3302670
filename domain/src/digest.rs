//! Digests as names: of something that must not be had from its name.

use sha2::{Digest, Sha256};

/// The first hexadecimal digits of a digest, 32 at most.
pub(crate) fn first_digits(digest: Sha256, count: usize) -> String {
    let digest = digest.finalize();
    let first = u128::from_be_bytes(std::array::from_fn(|n| digest[n]));
    let mut digits = format!("{first:032x}");
    digits.truncate(count);
    digits
}
