//! Images in messages: an address elsewhere, or the picture itself.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Longest address, in bytes.
const MAX_URL_BYTES: usize = 2048;

/// Why an image cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageFault {
    /// Neither an `https` URL nor a `data:` image that we serve.
    #[error("the image is not usable")]
    Unusable,
    /// Larger than allowed.
    #[error("the image is too large")]
    TooLarge,
}

/// What the client meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// At an `https` address.
    Elsewhere(String),
    /// Sent along.
    Here {
        /// Which kind, by its bytes.
        media_type: &'static str,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

impl Picture {
    /// Reads the `image` of a message (`contracts/rooms.md` section 4). Only what a browser shows as a picture
    /// and nothing else is taken: no SVG, which can carry scripts, and the bytes must be what they claim to be.
    ///
    /// # Errors
    /// [`ImageFault`].
    pub fn read(text: &str, most_bytes: usize) -> Result<Self, ImageFault> {
        if let Some(rest) = text.strip_prefix("https://") {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let plain = text.len() <= MAX_URL_BYTES
                && !host.is_empty()
                && !host.contains('@')
                && text
                    .chars()
                    .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\'));
            return if plain {
                Ok(Self::Elsewhere(text.to_owned()))
            } else {
                Err(ImageFault::Unusable)
            };
        }
        let encoded = match text.strip_prefix("data:") {
            Some(rest) => rest.split_once(";base64,").ok_or(ImageFault::Unusable)?.1,
            None => text,
        };
        if encoded.len() / 4 * 3 > most_bytes.saturating_add(3) {
            return Err(ImageFault::TooLarge);
        }
        let bytes = STANDARD.decode(encoded.trim_end()).map_err(|_| ImageFault::Unusable)?;
        if bytes.len() > most_bytes {
            return Err(ImageFault::TooLarge);
        }
        let media_type = media_type(&bytes).ok_or(ImageFault::Unusable)?;
        Ok(Self::Here { media_type, bytes })
    }
}

/// By the first bytes (WHATWG MIME Sniffing, section 6.1).
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => {
            Some("image/avif")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0];

    fn data(media_type: &str, bytes: &[u8]) -> String {
        format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let read = Picture::read(&data("image/jpeg", PNG), 100).unwrap();
        assert_eq!(read, Picture::Here { media_type: "image/png", bytes: PNG.to_vec() });
    }

    #[test]
    fn a_page_or_a_script_is_no_picture() {
        for text in [
            data("image/svg+xml", b"<svg onload='x'/>"),
            data("text/html", b"<html>"),
            "data:image/png,plain".into(),
            "http://example.com/a.png".into(),
            "https://".into(),
            "https://a@b/".into(),
            "https://example.com/\"onerror=\"x".into(),
            "javascript:alert(1)".into(),
        ] {
            assert_eq!(Picture::read(&text, 1000), Err(ImageFault::Unusable), "{text}");
        }
    }

    #[test]
    fn the_limit_is_on_the_decoded_bytes() {
        assert!(Picture::read(&data("image/png", PNG), PNG.len()).is_ok());
        let long = [PNG, &[0; 100]].concat();
        assert_eq!(Picture::read(&data("image/png", &long), 20), Err(ImageFault::TooLarge));
    }

    #[test]
    fn an_address_elsewhere_is_kept_as_it_is() {
        let url = "https://cdn.example.com/a/b.png?w=1#x";
        assert_eq!(Picture::read(url, 10), Ok(Picture::Elsewhere(url.into())));
    }
}
