//! The rules by their ids. An id is stored with each answer, so it never changes its meaning.

use crate::loan::words;
use serde::{Deserialize, Serialize};

words!(
    /// A rule of the gate. The label tells a person why an action was not allowed.
    Rule {
        UsCalls = "us.calls-7-in-7", "7 calls within 7 days were made already";
        UsConversation = "us.conversation-7-days", "There was a telephone conversation within 7 days";
        UsHours = "us.hours-8-to-21", "It is not between 08:00 and 21:00 where the person may be";
        UsStatedTime = "us.inconvenient-time", "The person called this time inconvenient";
        UsStatedPlace = "us.inconvenient-place", "The person called this place or number inconvenient";
        UsAttorney = "us.attorney", "The person is represented by an attorney: only the attorney may be reached";
        UsCease = "us.cease", "The person asked that communication cease: only permitted notices may go out";
        UsNoOptOut = "us.no-opt-out", "The message carries no way to opt out";
        UsConsent = "us.consent", "There is no consent for this channel and address";
        UsValidation = "us.validation-5-days", "Validation information was not sent within 5 days of the first communication";
        UsDispute = "us.dispute", "The debt is disputed and the verification was not sent";
        UsLimitation = "us.limitation-passed", "The limitation date has passed";
        UsHold = "us.hold", "Bankruptcy, death or active duty is on file";
        UkVulnerable = "uk.vulnerable", "The person may lack mental capacity or be particularly vulnerable";
        UkPlanPause = "uk.plan-pause", "A repayment plan is being developed";
        UkBreathingSpace = "uk.breathing-space", "The person is in breathing space";
        UkCrisis = "uk.mental-health-crisis", "The person is in a mental-health crisis breathing space";
        UkStatedTime = "uk.inconvenient-time", "The person asked not to be reached at this time";
        InHours = "in.hours-8-to-19", "It is not between 08:00 and 19:00 where the person may be";
        InRecipient = "in.recipient", "Only the borrower and the guarantor may be reached";
        InStatedTime = "in.inconvenient-time", "The person asked not to be reached at this time";
        InQuietDay = "in.quiet-day", "A bereavement, calamity or festival is recorded for this day";
        AllPaid = "all.paid", "The loan is paid";
        AllPromise = "all.promise-open", "A promise to pay is open and not yet due";
        AllPaymentReceived = "all.payment-received", "A payment was received and the next one is not yet due";
        AllPaymentPending = "all.payment-pending", "A payment is on its way";
        AllHold = "all.hold", "There is a hold";
        AllOptOut = "all.opt-out", "The person opted out of this channel at this address";
        AllApproval = "all.approval", "No named person has approved the notice with a written rationale";
        AllMakerChecker = "all.maker-checker", "The notice was approved by the person who drafted it";
        UnknownTimeZone = "unknown.time-zone", "It is not known in which time zone the person is";
        UnknownLimitationDate = "unknown.limitation-date", "The limitation date is not known";
        UnknownDueDate = "unknown.due-date", "A payment was received and it is not known when the next one is due";
        UnknownPaid = "unknown.paid", "It is not known whether the loan is paid";
        UnknownRecipient = "unknown.recipient", "It is not known who would be reached";
        UnknownContactPoint = "unknown.contact-point", "The address is missing or none of this channel";
        UnknownDrafter = "unknown.drafter", "It is not known who drafted the notice";
        UnknownLoan = "unknown.loan", "Nothing is known of the loan that it was about";
    }
);
