//! The loop: one thread, one `epoll`, one buffer to read into for everyone.

use std::{
    io::{ErrorKind, Read, Write as _},
    time::Duration,
};

use mio::{Events, Poll, event::Event};

use crate::{
    door::ACCEPT,
    fault::Fault,
    frame::{self, Kind},
    http,
    net::{LINES, Net, Stage},
    packet::{self, Packet},
    play::Play,
    wire::Wire,
};

/// The loop and the connections.
pub struct Driver {
    poll: Poll,
    events: Events,
    scratch: Box<[u8]>,
    next_word: u64,
    /// The connections.
    pub net: Net,
}

const ROUND: usize = 1024;
const SCRATCH: usize = 256 << 10;
/// The longest round, so that time limits are seen.
const LONGEST_ROUND_US: u64 = 200_000;
/// Between two words about progress.
const BETWEEN_WORDS_US: u64 = 5_000_000;
const PONG: &[u8] = &[0x81, 0x81, 0, 0, 0, 0, b'3'];
const PROBE: &[u8] = b"\x81\x86\0\0\0\x002probe";
const GO_OVER: &[u8] = &[0x81, 0x81, 0, 0, 0, 0, b'5'];

impl Driver {
    /// A loop around the connections that `make` makes.
    ///
    /// # Errors
    /// If the system has no `epoll` for it.
    pub fn new(make: impl FnOnce(mio::Registry) -> Net) -> Result<Self, Fault> {
        let poll = Poll::new().map_err(Fault::system("no epoll"))?;
        let registry = poll.registry().try_clone().map_err(Fault::system("no epoll"))?;
        Ok(Self {
            poll,
            events: Events::with_capacity(ROUND),
            scratch: vec![0; SCRATCH].into(),
            next_word: BETWEEN_WORDS_US,
            net: make(registry),
        })
    }

    /// Plays until there is nothing to do, or until the time has come. Whether it ended by itself.
    ///
    /// # Errors
    /// What the play finds wrong, or the system.
    pub fn run(&mut self, play: &mut dyn Play, until: u64) -> Result<bool, Fault> {
        self.net.at = self.net.now();
        play.tick(&mut self.net)?;
        loop {
            if play.is_done() {
                return Ok(true);
            }
            let now = self.net.now();
            if now >= until {
                return Ok(false);
            }
            let wake = play.wake().unwrap_or(u64::MAX).min(until).min(now + LONGEST_ROUND_US);
            let pause = Duration::from_micros(wake.saturating_sub(now));
            match self.poll.poll(&mut self.events, Some(pause)) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => other.map_err(Fault::system("epoll"))?,
            }
            let (net, scratch) = (&mut self.net, &mut self.scratch[..]);
            for event in &self.events {
                match event.token().0 {
                    line @ LINES.. => serve_line(net, scratch, line - LINES, event, play)?,
                    client => serve_socket(net, scratch, client as u32, event, play)?,
                }
            }
            self.net.at = self.net.now();
            play.tick(&mut self.net)?;
            if self.net.at >= self.next_word {
                self.next_word = self.net.at + BETWEEN_WORDS_US;
                if let Some(progress) = play.progress() {
                    let seconds = self.net.at / 1_000_000;
                    // Whoever does not read it misses nothing.
                    let _ = writeln!(std::io::stderr().lock(), "{seconds:>4} s: {progress}");
                }
            }
        }
    }
}

enum Came {
    /// So many bytes, and there may be more.
    More(usize),
    /// So many, and no more now.
    Last(usize),
    Nothing,
    End(String),
}

fn fill(wire: &mut Wire, scratch: &mut [u8], event: &Event) -> Came {
    loop {
        return match wire.stream.read(scratch) {
            Ok(0) => Came::End("the server closed it".to_owned()),
            // The edge of the poll comes again with new bytes, but not with an end that came with these.
            Ok(count) if count < scratch.len() && !event.is_read_closed() => Came::Last(count),
            Ok(count) => Came::More(count),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Came::Nothing,
            Err(error) => Came::End(error.to_string()),
        };
    }
}

fn serve_socket(
    net: &mut Net,
    scratch: &mut [u8],
    client: u32,
    event: &Event,
    play: &mut dyn Play,
) -> Result<(), Fault> {
    loop {
        let Some(socket) = net.socket(client) else { return Ok(()) };
        if event.is_writable() {
            socket.wire.flush();
        }
        let turn = socket.turn;
        let (count, last) = match fill(&mut socket.wire, scratch, event) {
            Came::More(count) => (count, false),
            Came::Last(count) => (count, true),
            Came::Nothing => return Ok(()),
            Came::End(why) => {
                net.cut(client);
                return play.gone(net, client, &why);
            }
        };
        let mut partial = std::mem::take(&mut socket.wire.partial);
        net.heard += count as u64;
        net.at = net.now();
        let rest = if partial.is_empty() {
            let taken = walk(net, client, turn, &scratch[..count], play)?;
            scratch[taken..count].to_vec()
        } else {
            partial.extend_from_slice(&scratch[..count]);
            let taken = walk(net, client, turn, &partial, play)?;
            partial.drain(..taken);
            partial
        };
        match net.socket(client).filter(|socket| socket.turn == turn) {
            Some(socket) if !rest.is_empty() => socket.wire.partial = rest,
            Some(_) => {}
            // The play has cut it.
            None => return Ok(()),
        }
        if last {
            return Ok(());
        }
    }
}

/// Reads all that is whole; how many bytes that were.
fn walk(
    net: &mut Net,
    client: u32,
    turn: u32,
    bytes: &[u8],
    play: &mut dyn Play,
) -> Result<usize, Fault> {
    let mut taken = 0;
    loop {
        let Some(socket) = net.socket(client).filter(|socket| socket.turn == turn) else {
            return Ok(bytes.len());
        };
        if socket.stage == Stage::Polling {
            let Some(answer) = http::read(&bytes[taken..])? else { return Ok(taken) };
            let body = &bytes[taken + answer.body..taken + answer.taken];
            match packet::sid(body) {
                Some(sid) if answer.status == 200 => net.go_over(client, sid)?,
                _ => {
                    net.cut(client);
                    play.gone(net, client, &format!("status {} to a poll", answer.status))?;
                }
            }
            return Ok(bytes.len());
        }
        if socket.stage == Stage::Upgrading {
            let Some((status, length, _)) = http::head(&bytes[taken..])? else { return Ok(taken) };
            if status != 101 || memchr::memmem::find(bytes, ACCEPT).is_none() {
                net.cut(client);
                play.gone(net, client, &format!("status {status} to the upgrade"))?;
                return Ok(bytes.len());
            }
            socket.stage = Stage::Joining;
            if socket.goes_over {
                socket.wire.send(PROBE);
            }
            taken += length;
        }
        let Some(frame) = frame::read(&bytes[taken..])? else { return Ok(taken) };
        taken += frame.taken;
        match frame.kind {
            Kind::Text => hear(net, client, frame.payload, play)?,
            Kind::Ping => {
                let mut out = Vec::new();
                frame::pong(&mut out, frame.payload);
                net.send(client, &out);
            }
            Kind::Close => {
                net.cut(client);
                play.gone(net, client, "the server sent a close frame")?;
            }
            Kind::Binary | Kind::Pong => {}
        }
    }
}

fn hear(net: &mut Net, client: u32, text: &[u8], play: &mut dyn Play) -> Result<(), Fault> {
    let end = |net: &mut Net, play: &mut dyn Play, why: &str| {
        net.cut(client);
        play.gone(net, client, why)
    };
    match packet::read(text) {
        Packet::Ping => {
            net.heartbeats += 1;
            net.send(client, PONG);
        }
        // As stock clients do: the namespace is asked for when the session is open.
        Packet::Open => net.greet(client),
        Packet::Probed => {
            net.send(client, GO_OVER);
            net.greet(client);
        }
        Packet::Event(body) => play.event(net, client, body)?,
        Packet::Ack(id, body) => play.ack(net, client, id, body)?,
        Packet::Joined(body) => {
            if let Some(socket) = net.socket(client) {
                socket.stage = Stage::Up;
            }
            play.joined(net, client, body)?;
        }
        Packet::Refused(body) => {
            let why = format!("refused with {}", String::from_utf8_lossy(body));
            end(net, play, &why)?;
        }
        Packet::Ended => end(net, play, "the server ended the socket")?,
        Packet::Close => end(net, play, "the server ended the session")?,
        Packet::Other => {}
    }
    Ok(())
}

fn serve_line(
    net: &mut Net,
    scratch: &mut [u8],
    line: usize,
    event: &Event,
    play: &mut dyn Play,
) -> Result<(), Fault> {
    loop {
        let Some(slot) = net.line(line) else { return Ok(()) };
        let Some(wire) = &mut slot.wire else { return Ok(()) };
        if event.is_writable() {
            wire.flush();
        }
        let (count, last) = match fill(wire, scratch, event) {
            Came::More(count) => (count, false),
            Came::Last(count) => (count, true),
            Came::Nothing => return Ok(()),
            Came::End(why) => {
                let heard_nothing = wire.partial.is_empty();
                slot.wire = None;
                if slot.asked.is_empty() {
                    return Ok(());
                }
                // A server may hang up on a line that is silent for long, just when it is used again.
                if heard_nothing && event.is_read_closed() && !event.is_error() {
                    return net.ask_again(line);
                }
                return Err(Fault::wire(format!("an end instead of an answer: {why}")));
            }
        };
        wire.partial.extend_from_slice(&scratch[..count]);
        net.at = net.now();
        answers(net, line, play)?;
        if last {
            return Ok(());
        }
    }
}

fn answers(net: &mut Net, line: usize, play: &mut dyn Play) -> Result<(), Fault> {
    loop {
        let Some(slot) = net.line(line) else { return Ok(()) };
        let Some(wire) = &mut slot.wire else { return Ok(()) };
        let Some(answer) = http::read(&wire.partial)? else { return Ok(()) };
        wire.partial.drain(..answer.taken);
        slot.asked.clear();
        play.answered(net, line, answer.status)?;
    }
}
