//! Legal notices: drafted by the program when a policy's plan asks for one, approved by a person with a written rationale,
//! and served with proof. An automated score alone never starts legal action (RULES §3.14).

use crate::count::count;
use crate::id::{LoanId, NoticeId, UserId};
use crate::letter;
use crate::loan::words;
use crate::money::{Currency, Money};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Days within which a notice must be answered, from its service on; the notice names them. Practice directions on debt
/// ask for 30 where the borrower is a person.
pub const ANSWER_DAYS: u16 = 30;

/// The shortest rationale, in characters: one that says something.
pub const RATIONALE_LENGTH_MIN: usize = 20;

/// The longest text that a person writes about a notice, in characters.
pub const TEXT_LENGTH_MAX: usize = 2_000;

/// The longest body of a notice, in characters.
pub const BODY_LENGTH_MAX: usize = 8_000;

words!(
    /// How far a notice has come.
    NoticeState {
        Drafted = "drafted", "Waits for approval";
        Approved = "approved", "To be served";
        Served = "served", "Served";
        TurnedDown = "turned_down", "Turned down";
        Withdrawn = "withdrawn", "Withdrawn";
    }
);

words!(
    /// How a notice reaches the borrower.
    ServiceMethod {
        Post = "post", "Post, with proof of delivery";
        InPerson = "in_person", "Handed over in person";
        Email = "email", "E-mail, where the borrower agreed to it";
        Court = "court", "Served by a court officer";
    }
);

/// A line of the amounts of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeItem {
    pub label: String,
    pub amount: Money,
    pub is_total: bool,
}

/// What a notice says, as it was on the day of its draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeText {
    pub subject: String,
    /// Paragraphs are parted by blank lines.
    pub body: String,
    /// Name and postal address, a line each.
    pub recipient: Vec<String>,
    pub items: Vec<NoticeItem>,
    /// Why the borrower receives it, a sentence each.
    pub reasons: Vec<String>,
}

impl NoticeText {
    /// The paragraphs above the amounts, which are the first two, and those below.
    pub fn paragraphs(&self) -> (Vec<&str>, Vec<&str>) {
        let mut before: Vec<&str> = self.body.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).collect();
        let after = before.split_off(before.len().min(2));
        (before, after)
    }
}

/// What is known of a loan whose notice is drafted.
#[derive(Clone, Copy, Debug)]
pub struct NoticeLoan<'a> {
    pub loan_amount: Option<Money>,
    pub outstanding: Option<Money>,
    pub instalment: Option<Money>,
    pub missed_payments: Option<u16>,
    pub days_past_due: Option<u32>,
    /// What payments on file add up to, reversals taken off, and how many there are.
    pub paid: Option<(Money, u64)>,
    pub paid_on: Option<NaiveDate>,
    /// The day of what is known.
    pub as_of: Option<NaiveDate>,
    pub borrower: Option<&'a str>,
    pub address: Option<&'a str>,
}

/// The amounts of a notice: what was lent and paid, what is overdue, and at the end what is owed. Only what is known.
pub fn items(loan: NoticeLoan<'_>) -> Vec<NoticeItem> {
    let item = |label: String, amount: Money| NoticeItem { label, amount, is_total: false };
    let lent = loan.loan_amount.map(|amount| item("Amount lent".to_owned(), amount));
    let paid = loan.paid.filter(|(_, payments)| *payments > 0);
    let paid = paid.map(|(sum, payments)| item(format!("Received so far, {}", count(payments, "payment")), sum));
    let overdue =
        loan.instalment.zip(loan.missed_payments.filter(|missed| *missed > 0)).and_then(|(amount, missed)| {
            let sum = amount.minor.checked_mul(i64::from(missed))?;
            // Instalments that are more than what is owed would confuse.
            let is_within = loan.outstanding.is_none_or(|outstanding| sum <= outstanding.minor);
            is_within.then(|| {
                item(format!("Of what is owed, overdue: {}", count(missed, "instalment")), Money::from_minor(sum))
            })
        });
    let of_day = loan.as_of.map(|day| format!(" as of {}", day.format("%-d %B %Y"))).unwrap_or_default();
    let owed = loan.outstanding.map(|amount| NoticeItem { label: format!("Owed{of_day}"), amount, is_total: true });
    [lent, paid, overdue, owed].into_iter().flatten().collect()
}

/// Why the borrower receives a notice: facts that they can check, not what a model makes of them.
pub fn reasons(loan: NoticeLoan<'_>, currency: Currency) -> Vec<String> {
    let late = loan
        .days_past_due
        .filter(|days| *days > 0)
        .map(|days| format!("The oldest instalment that was not fully paid was due {} ago.", count(days, "day")));
    let missed = loan.missed_payments.filter(|missed| *missed > 0).map(|missed| {
        let of = loan.instalment.map(|amount| format!(" of {}", amount.in_words(currency))).unwrap_or_default();
        let were = if missed == 1 { "was" } else { "were" };
        format!("{}{of} {were} not paid.", count(missed, "instalment"))
    });
    let last =
        loan.paid_on.map(|day| format!("The last payment that we have on file came on {}.", day.format("%-d %B %Y")));
    [late, missed, last].into_iter().flatten().collect()
}

/// Lines of a letter's address.
pub fn recipient(loan: NoticeLoan<'_>) -> Vec<String> {
    letter::recipient(loan.borrower, loan.address)
}

/// The last day on which a notice can be answered.
pub fn answer_by(served_on: NaiveDate) -> NaiveDate {
    served_on.checked_add_days(Days::new(u64::from(ANSWER_DAYS))).unwrap_or(served_on)
}

/// What somebody said about a notice, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeWord {
    pub by: Option<UserId>,
    /// The name, or who else it was.
    pub name: String,
    pub at: DateTime<Utc>,
    /// The rationale, or the reason.
    pub said: String,
}

/// How a notice was served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub on: NaiveDate,
    pub method: ServiceMethod,
    /// As the number of a registered letter.
    pub proof: String,
    pub by: String,
    /// The last day on which it can be answered.
    pub answer_by: NaiveDate,
}

/// A notice as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    pub id: NoticeId,
    pub loan: LoanId,
    pub loan_ref: String,
    pub state: NoticeState,
    pub text: NoticeText,
    pub currency: Currency,
    pub drafted_at: DateTime<Utc>,
    /// Who changed the draft's words; nobody where they are the program's.
    pub edited_by: Option<NoticeWord>,
    pub approved: Option<NoticeWord>,
    pub turned_down: Option<NoticeWord>,
    /// The last day on which a court can be asked for the debt, as the approver found.
    pub limitation_on: Option<NaiveDate>,
    pub service: Option<Service>,
    /// The rules of the contact gate that decided last, by their ids.
    pub rules: Vec<String>,
}

/// A line of the list of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub loan: LoanId,
    pub loan_ref: String,
    pub borrower: Option<String>,
    pub outstanding: Option<Money>,
    pub days_past_due: Option<u32>,
    pub drafted_at: DateTime<Utc>,
    /// Who approved it, how it was served, or why not.
    pub detail: String,
    /// The last day on which it can be answered, once it is served.
    pub answer_by: Option<NaiveDate>,
}

/// A page of notices in one state, and how many there are in each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeList {
    pub state: NoticeState,
    pub rows: Vec<NoticeRow>,
    /// In the order of [`NoticeState::ALL`].
    pub counts: Vec<u64>,
    /// From 1.
    pub page: u32,
    pub page_size: u32,
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: NoticeLoan<'static> = NoticeLoan {
        loan_amount: None,
        outstanding: None,
        instalment: None,
        missed_payments: None,
        days_past_due: None,
        paid: None,
        paid_on: None,
        as_of: None,
        borrower: None,
        address: None,
    };

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn whole() -> NoticeLoan<'static> {
        NoticeLoan {
            loan_amount: Some(Money::from_minor(2_000_000)),
            outstanding: Some(Money::from_minor(500_000)),
            instalment: Some(Money::from_minor(30_000)),
            missed_payments: Some(3),
            days_past_due: Some(1),
            paid: Some((Money::from_minor(1_700_000), 1)),
            paid_on: Some(day(2)),
            as_of: Some(day(1)),
            borrower: Some("Ana"),
            address: Some("1 High Street, Leeds\n LS1"),
        }
    }

    #[test]
    fn a_notice_names_what_is_known_and_ends_with_what_is_owed() {
        let told = |loan| items(loan).into_iter().map(|item| (item.label, item.amount.minor)).collect::<Vec<_>>();
        let line = |label: &str, minor: i64| (label.to_owned(), minor);
        assert_eq!(told(NOTHING), []);
        let expected = [
            line("Amount lent", 2_000_000),
            line("Received so far, 1 payment", 1_700_000),
            line("Of what is owed, overdue: 3 instalments", 90_000),
            line("Owed as of 1 November 2026", 500_000),
        ];
        assert_eq!(told(whole()), expected);
        let more = NoticeLoan { missed_payments: Some(30), paid: Some((Money::ZERO, 0)), ..whole() };
        assert_eq!(told(more), [expected[0].clone(), expected[3].clone()], "no more is overdue than is owed");
        assert!(items(whole()).last().is_some_and(|item| item.is_total));
    }

    #[test]
    fn reasons_are_facts_of_the_loan() {
        assert!(reasons(NOTHING, Currency::USD).is_empty());
        let expected = [
            "The oldest instalment that was not fully paid was due 1 day ago.",
            "3 instalments of USD 300.00 were not paid.",
            "The last payment that we have on file came on 2 November 2026.",
        ];
        assert_eq!(reasons(whole(), Currency::USD), expected);
    }

    #[test]
    fn an_address_has_a_line_for_each_part() {
        assert_eq!(recipient(whole()), ["Ana", "1 High Street", "Leeds", "LS1"]);
        assert_eq!(recipient(NOTHING), ["The borrower"]);
    }

    #[test]
    fn amounts_stand_behind_the_second_paragraph() {
        let text = |body: &str| NoticeText {
            subject: String::new(),
            body: body.to_owned(),
            recipient: Vec::new(),
            items: Vec::new(),
            reasons: Vec::new(),
        };
        assert_eq!(
            text("Dear A,\n\nwe\nwrite\n\n\n\nPay.\n\nUs\n").paragraphs(),
            (vec!["Dear A,", "we\nwrite"], vec!["Pay.", "Us"])
        );
        assert_eq!(text("").paragraphs(), (vec![], vec![]));
    }

    #[test]
    fn the_words_name_the_time_to_answer() {
        for template in crate::template::Template::of(crate::policy::plan::TreatmentKind::LegalNotice) {
            assert!(template.body.contains(&format!("{ANSWER_DAYS} days")), "{}", template.title);
        }
    }

    #[test]
    fn thirty_days_run_from_the_service_on() {
        assert_eq!(answer_by(day(1)), NaiveDate::from_ymd_opt(2026, 12, 1).unwrap());
    }
}
