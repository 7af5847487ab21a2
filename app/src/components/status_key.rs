//! What each recovery status is drawn in.

use domain::loan::RecoveryStatus;

/// The words and the token of the colour of each status that there is, for the key of a chart.
pub fn status_key(is_there: impl Fn(RecoveryStatus) -> bool) -> Vec<(&'static str, &'static str)> {
    let token = |status: RecoveryStatus| match status {
        RecoveryStatus::FullyRecovered => "brand",
        RecoveryStatus::PartiallyRecovered => "brand-mid",
        RecoveryStatus::WrittenOff => "mute",
        RecoveryStatus::Open => "surface-3",
    };
    let there = RecoveryStatus::ALL.into_iter().filter(|status| is_there(*status));
    there.map(|status| (status.label(), token(status))).collect()
}
