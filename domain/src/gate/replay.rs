//! The gate over what was done: each action is judged as it would have been at its moment.

use super::{Answer, Ask, Happening, History, Loan, Pack, Person, Reason, Rule, Verdict, gate};
use crate::id::LoanId;
use chrono::{DateTime, Utc};

/// An action that was done and that the gate would not have allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Where the event stands in the history, from zero.
    pub index: usize,
    pub at: DateTime<Utc>,
    pub loan: LoanId,
    pub answer: Answer,
}

/// The breaches of a person's history. What is known of the person and the loans is dated, so that each moment is
/// judged by what held then; an action about a loan that is not among `loans` is a breach.
pub fn replay(person: &Person<'_>, loans: &[Loan<'_>], history: History<'_>, pack: &Pack) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (index, event) in history.events().iter().enumerate() {
        let Happening::Attempt { action, executed: true } = &event.happening else { continue };
        let answer = match loans.iter().find(|loan| loan.id == event.loan) {
            Some(loan) => gate(&Ask { action, person, loan, history: history.before(index), now: event.at }, pack),
            None => Answer {
                verdict: Verdict::Block,
                reasons: vec![Reason { rule: Rule::UnknownLoan, until: None, count: None }],
            },
        };
        if !answer.is_allowed() {
            breaches.push(Breach { index, at: event.at, loan: event.loan, answer });
        }
    }
    breaches
}
