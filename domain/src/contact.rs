//! Ways to reach a person, and what they said about being reached.

use crate::borrower::ContactChannel;
use crate::loan::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// What is done to reach a person.
    ActionKind {
        Call = "call", "Call";
        Sms = "sms", "SMS";
        Email = "email", "E-mail";
        Letter = "letter", "Letter";
        Visit = "visit", "Visit";
        LegalNotice = "legal_notice", "Legal notice";
    }
);

words!(
    /// The way on which an action goes. A number that takes calls and SMS is reached on two channels.
    Channel {
        Phone = "phone", "Phone";
        Sms = "sms", "SMS";
        Email = "email", "E-mail";
        Post = "post", "Post";
        InPerson = "in_person", "In person";
    }
);

words!(
    /// Why a person is addressed.
    Purpose {
        Outreach = "outreach", "Outreach";
        Reply = "reply", "Reply to the person's own message";
        PermittedNotice = "permitted_notice", "Notice that the law permits or asks for";
    }
);

words!(
    /// Who is addressed.
    Recipient {
        Borrower = "borrower", "Borrower";
        Guarantor = "guarantor", "Guarantor";
        Attorney = "attorney", "Attorney";
        Other = "other", "Somebody else";
    }
);

impl ActionKind {
    /// Whether an action of this kind can go on the channel. A legal notice is sent or served.
    pub fn fits(self, channel: Channel) -> bool {
        match self {
            Self::Call => channel == Channel::Phone,
            Self::Sms => channel == Channel::Sms,
            Self::Email => channel == Channel::Email,
            Self::Letter => channel == Channel::Post,
            Self::Visit => channel == Channel::InPerson,
            Self::LegalNotice => matches!(channel, Channel::Post | Channel::Email | Channel::InPerson),
        }
    }
}

impl Channel {
    /// What a message on the channel is: a call on the telephone, an SMS, …
    pub fn message_kind(self) -> ActionKind {
        match self {
            Self::Phone => ActionKind::Call,
            Self::Sms => ActionKind::Sms,
            Self::Email => ActionKind::Email,
            Self::Post => ActionKind::Letter,
            Self::InPerson => ActionKind::Visit,
        }
    }

    /// The addresses of a borrower that lead to it.
    pub fn contacts(self) -> ContactChannel {
        match self {
            Self::Phone | Self::Sms => ContactChannel::Phone,
            Self::Email => ContactChannel::Email,
            Self::Post | Self::InPerson => ContactChannel::Address,
        }
    }

    /// Whether messages on the channel are electronic, and so need a way to opt out in them.
    pub fn is_electronic(self) -> bool {
        matches!(self, Self::Sms | Self::Email)
    }

    /// Whether an address tells where to go.
    pub fn is_address(self, address: &str) -> bool {
        match self {
            Self::Phone | Self::Sms => address.bytes().any(|byte| byte.is_ascii_digit()),
            Self::Email | Self::Post | Self::InPerson => address.chars().any(char::is_alphanumeric),
        }
    }

    /// Whether two spellings are one address: numbers by their digits, others whatever their case and blanks, and
    /// postal ones whatever their punctuation. A number with and without its country code are two.
    pub fn is_same(self, one: &str, other: &str) -> bool {
        if one == other {
            return true;
        }
        match self {
            Self::Phone | Self::Sms => {
                one.bytes().filter(u8::is_ascii_digit).eq(other.bytes().filter(u8::is_ascii_digit))
            }
            Self::Email => {
                spelled(one, |letter| !letter.is_whitespace()).eq(spelled(other, |letter| !letter.is_whitespace()))
            }
            Self::Post | Self::InPerson => {
                spelled(one, char::is_alphanumeric).eq(spelled(other, char::is_alphanumeric))
            }
        }
    }
}

fn spelled(text: &str, keep: impl Fn(char) -> bool) -> impl Iterator<Item = char> {
    text.chars().filter(move |letter| keep(*letter)).flat_map(char::to_lowercase)
}

/// A wish not to be reached on a channel. Only a later consent ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptOut<'a> {
    pub channel: Channel,
    /// Nothing where it is meant for every address of the channel.
    pub address: Option<&'a str>,
    pub from: DateTime<Utc>,
}

/// A consent to be reached on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent<'a> {
    pub channel: Channel,
    /// Nothing where it is meant for every address of the channel.
    pub address: Option<&'a str>,
    pub from: DateTime<Utc>,
    /// The first moment at which it no longer holds, as when it was revoked.
    pub until: Option<DateTime<Utc>>,
}

impl OptOut<'_> {
    pub fn covers(&self, channel: Channel, address: &str) -> bool {
        self.channel == channel && self.address.is_none_or(|own| channel.is_same(own, address))
    }
}

impl Consent<'_> {
    pub fn covers(&self, channel: Channel, address: &str) -> bool {
        self.channel == channel && self.address.is_none_or(|own| channel.is_same(own, address))
    }

    pub fn holds_at(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// The words of the TCPA's rules that take a consent back, the one by which senders of several programs are all stopped, and
/// how "stop" is spelled where it has two p.
const OPT_OUT_WORDS: [&str; 9] =
    ["stop", "quit", "end", "revoke", "optout", "cancel", "unsubscribe", "stopall", "stopp"];

/// The fewest digits by which two telephone numbers are told to be one although only one of them has its country code.
pub const NUMBER_DIGITS_MIN: usize = 7;

/// Whether two telephone numbers may be the same: where one has its country code and the other one has not, they end alike.
/// This is for wishes to be left alone, where a wrong yes costs less than a wrong no.
pub fn may_be_same_number(one: &str, other: &str) -> bool {
    // What stands in front of a number within a country is no part of it abroad.
    let digits = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.trim_start_matches('0').to_owned()
    };
    let (one, other) = (digits(one), digits(other));
    one.len().min(other.len()) >= NUMBER_DIGITS_MIN && (one.ends_with(&other) || other.ends_with(&one))
}

/// Whether an inbound message opts out: one of the words stands in it, whatever its case and punctuation, or
/// its letters make up one ("S.T.O.P."). Who writes of the end of the month opts out too: the stricter reading.
pub fn opt_out_word(text: &str) -> bool {
    let is_word = |letters: &str| OPT_OUT_WORDS.iter().any(|word| word.eq_ignore_ascii_case(letters));
    let mut previous = "";
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if is_word(word) || previous.eq_ignore_ascii_case("opt") && word.eq_ignore_ascii_case("out") {
            return true;
        }
        previous = word;
    }
    let letters = || spelled(text, char::is_alphanumeric);
    OPT_OUT_WORDS.iter().any(|word| letters().eq(word.chars()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_that_opt_out_are_found_whatever_their_case_and_signs() {
        let check = |text: &str, expected| assert_eq!(opt_out_word(text), expected, "{text}");
        for word in ["STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE"] {
            check(word, true);
            check(&format!("  \"{}!\" ", word.to_lowercase()), true);
            check(&format!("Please {word} this."), true);
        }
        for text in
            ["Opt-out", "optout", "OPT   OUT", "opt\nout", "S.T.O.P.", "s t o p", "Stop, I paid", "don't...STOP"]
        {
            check(text, true);
        }
        for text in ["STOPALL", "Stopp!", "stopp bitte"] {
            check(text, true);
        }
        for text in
            ["", "?!", "stopped by your office", "weekend", "bending", "opt in", "out opt", "I paid", "recancelled"]
        {
            check(text, false);
        }
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        let check = |channel: Channel, one, other, expected| {
            assert_eq!(channel.is_same(one, other), expected, "{one} {other}");
            assert_eq!(channel.is_same(other, one), expected, "{other} {one}");
        };
        check(Channel::Phone, "+1 (212) 555-0100", "+12125550100", true);
        check(Channel::Sms, "+1 212 555 0100", "+1 212 555 0101", false);
        check(Channel::Email, "Ann@Home.Example", " ann@home.example", true);
        check(Channel::Email, "ann@home.example", "annhome.example", false);
        check(Channel::Post, "12, High St.", "12 high st", true);
        check(Channel::InPerson, "12 High St", "21 High St", false);
    }

    #[test]
    fn a_number_is_known_with_and_without_its_country_code() {
        let check = |one, other, expected| {
            assert_eq!(may_be_same_number(one, other), expected, "{one} {other}");
            assert_eq!(may_be_same_number(other, one), expected, "{other} {one}");
        };
        check("+1 212 555 0100", "(212) 555-0100", true);
        check("+44 20 7946 0000", "020 7946 0000", true);
        check("0044 20 79460000", "+442079460000", true);
        check("+1 212 555 0100", "+1 212 555 0101", false);
        check("+1 212 555 0100", "50100", false);
        check("", "", false);
        check("no number", "+1 212 555 0100", false);
    }

    #[test]
    fn messages_go_on_the_channel_of_their_kind() {
        for channel in Channel::ALL {
            assert!(channel.message_kind().fits(channel), "{channel:?}");
        }
    }

    #[test]
    fn legal_notices_are_sent_or_served_and_never_told_on_the_phone() {
        let channels = |kind: ActionKind| Channel::ALL.into_iter().filter(|channel| kind.fits(*channel)).count();
        for kind in ActionKind::ALL {
            assert_eq!(channels(kind), if kind == ActionKind::LegalNotice { 3 } else { 1 }, "{kind:?}");
        }
        assert!(!ActionKind::LegalNotice.fits(Channel::Phone) && !ActionKind::LegalNotice.fits(Channel::Sms));
    }

    proptest! {
        #[test]
        fn a_word_among_others_opts_out(before in "[a-z ,.]{0,12}", word in 0..OPT_OUT_WORDS.len(), after in "[ !.,][a-z ]{0,9}") {
            let text = format!("{before} {}{after}", OPT_OUT_WORDS[word]);
            prop_assert!(opt_out_word(&text));
        }
    }
}
