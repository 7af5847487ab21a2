//! How each address of a borrower stands today: what was told of consent, and where they want no more messages.

use super::{ConsentWord, ContactHistory};
use crate::borrower::ContactChannel;
use crate::contact::Channel;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// An address and what its borrower said about being reached there. Moments are words once they are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressStanding<At = DateTime<Utc>> {
    pub channel: ContactChannel,
    /// Blank where the word is meant for every address of the channel.
    pub address: String,
    /// What was told last of consent, and since when it is known.
    pub consent: Option<(bool, At)>,
    /// Where no more messages go, and since when.
    pub opt_outs: Vec<(Channel, At)>,
}

impl AddressStanding {
    /// The standing with its moments in words.
    pub fn told(self, moment: impl Fn(DateTime<Utc>) -> String) -> AddressStanding<String> {
        AddressStanding {
            channel: self.channel,
            address: self.address,
            consent: self.consent.map(|(given, at)| (given, moment(at))),
            opt_outs: self.opt_outs.into_iter().map(|(channel, at)| (channel, moment(at))).collect(),
        }
    }
}

impl ContactHistory {
    /// The addresses on file, and those that were opted out of and are on file no more. A consent ends earlier opt-outs.
    pub fn standings(&self) -> Vec<AddressStanding> {
        let mut all: Vec<AddressStanding> =
            self.words.iter().filter(|word| word.until.is_none()).map(standing).collect();
        for (channel, address, from) in &self.opt_outs {
            let of = channel.contacts();
            let place = all.iter().position(|known| known.channel == of && channel.is_same(&known.address, address));
            let place = place.unwrap_or(all.len());
            if place == all.len() {
                let (address, opt_outs) = (address.clone(), Vec::new());
                all.push(AddressStanding { channel: of, address, consent: None, opt_outs });
            }
            let known = &mut all[place];
            let is_over = known.consent.is_some_and(|(given, since)| given && since > *from);
            if !is_over && known.opt_outs.iter().all(|(of, _)| of != channel) {
                known.opt_outs.push((*channel, *from));
            }
        }
        all
    }
}

fn standing(word: &ConsentWord) -> AddressStanding {
    AddressStanding {
        channel: word.channel,
        address: word.address.clone(),
        consent: word.has_consent.map(|given| (given, word.from)),
        opt_outs: Vec::new(),
    }
}
