//! What can go wrong with a run, as opposed to what the server did wrong.

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The system refused something.
    #[error("{what}: {error}")]
    System {
        /// What was wanted.
        what: &'static str,
        /// Why not.
        error: std::io::Error,
    },
    /// The server said what nobody understands.
    #[error("the server sent {0}")]
    Wire(String),
    /// It cannot be run like this.
    #[error("{0}")]
    Call(String),
}

impl Fault {
    /// The server said what nobody understands.
    pub fn wire(what: impl Into<String>) -> Self {
        Self::Wire(what.into())
    }

    /// It cannot be run like this.
    pub fn call(why: impl Into<String>) -> Self {
        Self::Call(why.into())
    }

    /// The system refused `what`.
    pub fn system(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::System { what, error }
    }
}
