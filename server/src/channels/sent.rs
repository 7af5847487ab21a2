//! What came of an attempt to send.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Yes,
    /// Nothing was taken; it may be later.
    NotNow(String),
    /// It will not be taken, or cannot be written.
    Never(String),
    /// Nobody said whether it was taken.
    Unknown(String),
}
