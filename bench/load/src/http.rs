//! Calls of the internal API over connections that stay open, and their answers.

use crate::fault::Fault;

/// A whole answer in the bytes that came.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Where its body begins.
    pub body: usize,
    /// How many bytes it took in all.
    pub taken: usize,
}

const MOST_HEADERS: usize = 64;

/// The head of an answer: its status, its length in bytes, and that of its body. `None` if it is not whole yet.
pub fn head(bytes: &[u8]) -> Result<Option<(u16, usize, Option<usize>)>, Fault> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(|error| Fault::wire(format!("no HTTP: {error}")))?;
    let httparse::Status::Complete(length) = parsed else { return Ok(None) };
    let body = response.headers.iter().find(|one| one.name.eq_ignore_ascii_case("content-length"));
    let body = body.and_then(|one| str::from_utf8(one.value).ok()?.trim().parse().ok());
    Ok(Some((response.code.unwrap_or(0), length, body)))
}

/// The first answer of `bytes`.
///
/// # Errors
/// If it says no length: every server here does.
pub fn read(bytes: &[u8]) -> Result<Option<Answer>, Fault> {
    let Some((status, body, length)) = head(bytes)? else { return Ok(None) };
    let length = match length {
        Some(length) => length,
        None if status == 204 => 0,
        None => return Err(Fault::wire("an HTTP answer without content-length")),
    };
    let taken = body + length;
    Ok((bytes.len() >= taken).then_some(Answer { status, body, taken }))
}

/// How requests to one listener begin.
pub struct Caller {
    head: String,
}

impl Caller {
    /// A caller of that listener with the app's secret.
    pub fn new(host: &str, secret: &str) -> Self {
        let head = format!(
            "Host: {host}\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\nContent-Length: "
        );
        Self { head }
    }

    /// Appends a `POST` of that JSON.
    pub fn post(&self, out: &mut Vec<u8>, path: &str, body: &[u8]) {
        out.extend(b"POST ");
        out.extend(path.as_bytes());
        out.extend(b" HTTP/1.1\r\n");
        out.extend(self.head.as_bytes());
        out.extend(body.len().to_string().as_bytes());
        out.extend(b"\r\n\r\n");
        out.extend(body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_when_it_is_whole() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nx: y\r\n\r\n{  }HTTP/1.1";
        let whole = bytes.len() - 8;
        for cut in 0..whole {
            assert_eq!(read(&bytes[..cut]).unwrap(), None, "{cut}");
        }
        let answer = read(bytes).unwrap().unwrap();
        assert_eq!((answer.status, &bytes[answer.body..answer.taken]), (200, &b"{  }"[..]));
        assert!(read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn a_request_says_its_length() {
        let mut out = Vec::new();
        Caller::new("127.0.0.1:1", "s").post(&mut out, "/internal/x", b"{}");
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("POST /internal/x HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"), "{text}");
        assert!(text.ends_with("Content-Length: 2\r\n\r\n{}"), "{text}");
    }
}
