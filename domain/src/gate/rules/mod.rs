//! The rules, each for itself: what it forbids at a moment, and until when.

mod addresses;
mod calls;
mod holds;
mod money;
mod notices;
mod times;
mod validation;

use super::findings::Findings;
use super::{Ask, Pack};

type Check = fn(&Ask<'_>, &Pack, &mut Findings);

pub(super) const ALL: [Check; 12] = [
    addresses::contact_point,
    addresses::recipient,
    addresses::opt_outs,
    addresses::consents,
    addresses::places,
    holds::holds,
    money::money,
    notices::notices,
    times::times,
    calls::frequency,
    calls::conversation,
    validation::validation,
];
