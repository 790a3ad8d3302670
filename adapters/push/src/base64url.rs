//! Keys as texts (RFC 4648 section 5).

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Written without padding, read with or without.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64URL.encode(bytes)
}

/// Also reads the other alphabet: `btoa` in a page writes that one.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64URL.decode(text.replace('+', "-").replace('/', "_")).ok()
}
