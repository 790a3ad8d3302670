//! How far a message, and each of its recipients, has come. Providers tell it late, twice and out of order: what would
//! lead backwards is no news.

/// How far a message has come (`contracts/tracking.md` section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackedStatus {
    /// Not sent yet.
    Draft,
    /// To be sent later.
    Scheduled,
    /// On its way.
    Sending,
    /// Handed to the provider for everyone.
    Sent,
    /// The app says that it failed.
    Failed,
    /// It arrived.
    Delivered,
    /// Called off before it was sent to everyone.
    Cancelled,
}

/// How far it has come for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientStatus {
    /// Waiting for its turn.
    Pending,
    /// On its way.
    Sending,
    /// The provider has it.
    Sent,
    /// The provider could not deliver it.
    Failed,
    /// The address does not exist, or refuses.
    Bounced,
    /// It arrived.
    Delivered,
}

macro_rules! words {
    ($status:ident { $($variant:ident => $word:literal),* $(,)? }) => {
        impl $status {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire and in the store.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The status of that word.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words!(TrackedStatus {
    Draft => "DRAFT", Scheduled => "SCHEDULED", Sending => "SENDING", Sent => "SENT", Failed => "FAILED",
    Delivered => "DELIVERED", Cancelled => "CANCELLED",
});
words!(RecipientStatus {
    Pending => "PENDING", Sending => "SENDING", Sent => "SENT", Failed => "FAILED", Bounced => "BOUNCED",
    Delivered => "DELIVERED",
});

impl TrackedStatus {
    /// Whether a message with this status can come to have `next`. What was delivered or called off stays so; what is
    /// under way can be called off; what was sent may still turn out to have failed, and what seemed to have failed to have
    /// arrived.
    #[must_use]
    pub fn leads_to(self, next: Self) -> bool {
        match (self, next) {
            (Self::Delivered | Self::Cancelled, _) => false,
            (Self::Draft | Self::Scheduled | Self::Sending, Self::Cancelled) => true,
            (_, Self::Cancelled) => false,
            _ => next.rank() > self.rank(),
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Draft => 0,
            Self::Scheduled => 1,
            Self::Sending => 2,
            Self::Sent => 3,
            Self::Failed => 4,
            Self::Delivered | Self::Cancelled => 5,
        }
    }
}

impl RecipientStatus {
    /// Whether a recipient with this status can come to have `next`. A report of delivery is believed over one of failure,
    /// and nothing over a report of delivery.
    #[must_use]
    pub fn leads_to(self, next: Self) -> bool {
        next.rank() > self.rank()
    }

    /// Whether nothing but a report of delivery is to be expected.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::Bounced | Self::Delivered)
    }

    fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Sending => 1,
            Self::Sent => 2,
            Self::Failed | Self::Bounced => 3,
            Self::Delivered => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RecipientStatus as R, TrackedStatus as T};

    #[test]
    fn words_are_read_back() {
        for status in T::ALL {
            assert_eq!(T::named(status.as_str()), Some(*status));
        }
        for status in R::ALL {
            assert_eq!(R::named(status.as_str()), Some(*status));
        }
        assert_eq!((T::named("sent"), R::named("")), (None, None));
    }

    #[test]
    fn nothing_leads_to_itself_or_back() {
        for (at, one) in T::ALL.iter().enumerate() {
            assert!(!one.leads_to(*one));
            for two in &T::ALL[at + 1..] {
                assert!(!(one.leads_to(*two) && two.leads_to(*one)), "{one:?} {two:?}");
            }
        }
        for one in R::ALL {
            for two in R::ALL {
                assert!(!(one.leads_to(*two) && two.leads_to(*one)), "{one:?} {two:?}");
            }
        }
    }

    #[test]
    fn what_arrived_or_was_called_off_stays_so() {
        for next in T::ALL {
            assert!(!T::Delivered.leads_to(*next) && !T::Cancelled.leads_to(*next));
        }
        assert!(T::Sending.leads_to(T::Cancelled) && !T::Sent.leads_to(T::Cancelled));
        assert!(T::Sent.leads_to(T::Failed) && !T::Failed.leads_to(T::Sent));
        assert!(R::Failed.leads_to(R::Delivered) && !R::Delivered.leads_to(R::Failed));
        assert!(!R::Failed.leads_to(R::Bounced));
    }
}
