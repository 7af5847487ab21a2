//! Rows of several days, some of which leave out what others tell: whatever order they come in, and however they are
//! spread over files, the same is known in the end, and taking them back leaves what was there before.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::import::stored;
use crate::records::{day, email, only_borrower, short};
use domain::loan::LoanRecord;
use std::collections::HashSet;

on_both_databases!(
    a_loans_borrower_is_the_one_named_last,
    extra_columns_have_days_of_their_own,
    consent_is_the_last_word_on_it,
    another_borrower_for_the_same_day_is_a_conflict,
);

/// What a row says: its day, its borrower (blank where it leaves it out), its extra columns, and on consent.
#[derive(Clone, Copy)]
struct Said {
    day: u32,
    borrower: &'static str,
    extras: &'static [(&'static str, &'static str)],
    consent: &'static [Option<bool>],
}

const fn on(day: u32, borrower: &'static str) -> Said {
    Said { day, borrower, extras: &[], consent: &[] }
}

impl Said {
    fn row(self, loan: &str) -> LoanRecord {
        let reference = if self.borrower.is_empty() { String::new() } else { format!("{} of {loan}", self.borrower) };
        let mut row = LoanRecord { as_of: Some(day(self.day)), ..short(loan, &reference, i64::from(self.day)) };
        row.extras = self.extras.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        row.borrower.contacts = self.consent.iter().map(|consent| email("a@example.test", *consent)).collect();
        row
    }
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    fn extend(order: &mut Vec<usize>, count: usize, orders: &mut Vec<Vec<usize>>) {
        if order.len() == count {
            orders.push(order.clone());
        }
        for next in 0..count {
            if !order.contains(&next) {
                order.push(next);
                extend(order, count, orders);
                order.pop();
            }
        }
    }
    let mut orders = Vec::new();
    extend(&mut Vec::new(), count, &mut orders);
    orders
}

/// Loads rows in every order: each in a file of its own, two and the others, and all in one file; each time of another loan. Gives what is
/// known of the loans in the end, and how many of them have a yes and a no.
async fn in_every_order(fixture: &Fixture, said: &[Said]) -> (Vec<LoanRecord>, [i64; 2]) {
    let before = fixture.db.dump().await;
    // A file speaks of a loan and day once.
    let days: HashSet<u32> = said.iter().map(|said| said.day).collect();
    let all = [1, 2, said.len()];
    let spread = if days.len() == said.len() { &all[..] } else { &all[..1] };
    let mut uploads = Vec::new();
    for (place, order) in orders(said.len()).into_iter().enumerate() {
        for &in_first in spread {
            let loan = format!("{place}-{in_first}");
            let rows: Vec<LoanRecord> = order.iter().map(|at| said[*at].row(&loan)).collect();
            let (first, others) = rows.split_at(in_first);
            let rest: Vec<Vec<LoanRecord>> =
                if in_first == 1 { others.chunks(1).map(<[_]>::to_vec).collect() } else { vec![others.to_vec()] };
            for rows in [first.to_vec()].into_iter().chain(rest).filter(|rows| !rows.is_empty()) {
                let upload = fixture.load(TestFile::loans(rows)).await;
                assert_eq!(upload.counts().conflicts, 0, "{order:?}, {in_first} in the first file");
                uploads.push(upload.id);
            }
        }
    }
    let known = stored(fixture).await;
    let words =
        ["has_consent", "NOT has_consent"].map(|word| format!("SELECT COUNT(*) FROM borrower_contact WHERE {word}"));
    let words = [fixture.db.number(&words[0]).await, fixture.db.number(&words[1]).await];
    for upload in uploads.into_iter().rev() {
        fixture.undo(upload).await;
    }
    assert_eq!(fixture.db.dump().await, before);
    (known, words)
}

async fn a_loans_borrower_is_the_one_named_last(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let said = [on(1, "first"), on(5, ""), on(5, "last"), on(9, "")];
    for loan in in_every_order(&fixture, &said[..3]).await.0 {
        assert_eq!((loan.borrower.borrower_ref, loan.as_of), (format!("last of {}", loan.loan_ref), Some(day(5))));
    }
    for loan in in_every_order(&fixture, &[said[0], said[2], said[3]]).await.0 {
        assert_eq!((loan.borrower.borrower_ref, loan.as_of), (format!("last of {}", loan.loan_ref), Some(day(9))));
    }
}

async fn extra_columns_have_days_of_their_own(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let told = |day, extras| Said { extras, ..on(day, "b") };
    let said = [
        told(1, &[("Branch", "North"), ("Gr\"a.de", "a")]),
        told(3, &[("Gr\"a.de", "b"), ("Rank", "1")]),
        told(5, &[]),
        told(5, &[("Rank", "2")]),
    ];
    let apart = [[said[0], said[1], said[2]], [said[0], said[1], said[3]], [said[1], said[3], on(9, "b")]];
    for (said, expected) in apart.iter().zip([["North", "b", "1"], ["North", "b", "2"], ["", "b", "2"]]) {
        for loan in in_every_order(&fixture, said).await.0 {
            let extra = |name: &str| loan.extras.get(name).map_or("", String::as_str);
            assert_eq!(["Branch", "Gr\"a.de", "Rank"].map(extra), expected, "{}", loan.loan_ref);
        }
    }
}

async fn consent_is_the_last_word_on_it(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let told = |day, consent| Said { consent, ..on(day, "b") };
    let (yes, no, nothing): (&[_], &[_], &[_]) = (&[Some(true)], &[Some(false)], &[None]);
    for (said, expected) in [
        ([told(1, yes), told(5, no), told(9, nothing)], false),
        ([told(1, no), told(5, yes), told(9, nothing)], true),
        ([told(1, nothing), told(5, no), told(5, yes)], false),
    ] {
        let (loans, words) = in_every_order(&fixture, &said).await;
        let all = loans.len() as i64;
        assert_eq!(words, if expected { [all, 0] } else { [0, all] });
    }
}

async fn another_borrower_for_the_same_day_is_a_conflict(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    for (place, said) in [[on(5, "one"), on(5, "other")], [on(5, "other"), on(5, "one")]].iter().enumerate() {
        let loan = format!("L{place}");
        fixture.import(vec![on(1, "before").row(&loan)]).await;
        fixture.import(vec![said[0].row(&loan)]).await;
        assert_eq!(fixture.import(vec![said[1].row(&loan)]).await.counts().conflicts, 1);
    }
    // Nor does a day before that names another undo what a later day says.
    fixture.import(vec![on(3, "late").row("L0")]).await;
    let known = stored(&fixture).await;
    assert_eq!(known[0].borrower, only_borrower("one of L0"));
}
