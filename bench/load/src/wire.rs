//! One connection, and what waits on it.

use std::{
    io::{ErrorKind, Write},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use mio::{Interest, Registry, Token, net::TcpStream};
use rustix::io::Errno;
use socket2::{Domain, SockRef, Socket, Type};

use crate::fault::Fault;

/// Addresses that clients come from: each has its own ports, of which there are too few for many clients.
const SOURCES: u32 = 32;

/// A connection and what waits on it.
pub struct Wire {
    /// The connection.
    pub stream: TcpStream,
    /// The beginning of what has not come whole.
    pub partial: Vec<u8>,
    /// What could not be written yet.
    out: Vec<u8>,
}

impl Wire {
    /// Opens one, from one of several addresses.
    ///
    /// # Errors
    /// If the system has none.
    pub fn open(
        registry: &Registry,
        to: SocketAddr,
        source: u32,
        token: usize,
    ) -> Result<Self, Fault> {
        let fault = Fault::system("a connection could not be opened");
        let opened = connect(to, source).and_then(|mut stream| {
            let both = Interest::READABLE | Interest::WRITABLE;
            registry.register(&mut stream, Token(token), both)?;
            Ok(stream)
        });
        Ok(Self { stream: opened.map_err(fault)?, partial: Vec::new(), out: Vec::new() })
    }

    /// Writes now what the system takes, and the rest when it takes more. A broken connection shows itself to the reader.
    pub fn send(&mut self, bytes: &[u8]) {
        if !self.out.is_empty() {
            self.out.extend_from_slice(bytes);
            return;
        }
        let taken = put(&mut self.stream, bytes);
        self.out.extend_from_slice(&bytes[taken..]);
    }

    /// Ends it as a cut cable would, so that its port does not stay taken.
    pub fn cut(self) {
        // Without it the connection just ends in the longer way.
        drop(SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)));
    }

    /// The system takes more.
    pub fn flush(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let taken = put(&mut self.stream, &self.out);
        self.out.drain(..taken);
        if self.out.is_empty() {
            self.out = Vec::new();
        }
    }
}

fn put(stream: &mut TcpStream, bytes: &[u8]) -> usize {
    let mut taken = 0;
    while taken < bytes.len() {
        match stream.write(&bytes[taken..]) {
            Ok(0) => break,
            Ok(more) => taken += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    taken
}

fn connect(to: SocketAddr, source: u32) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    if to.ip() == Ipv4Addr::LOCALHOST {
        let from = Ipv4Addr::from_bits(Ipv4Addr::LOCALHOST.to_bits() + 1 + source % SOURCES);
        socket.bind(&SocketAddr::from((from, 0)).into())?;
    }
    match socket.connect(&to.into()) {
        // Not yet.
        Err(error) if Errno::from_io_error(&error) == Some(Errno::INPROGRESS) => {}
        other => other?,
    }
    Ok(TcpStream::from_std(socket.into()))
}
