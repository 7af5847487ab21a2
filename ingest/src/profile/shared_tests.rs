//! The profiles against the files that they are for. What is counted here was counted by other means too.

use super::profile;
use crate::links::Links;
use crate::row::{Plan, RowFault, Taken};
use crate::testing::{Row, shared};
use domain::field::FileKind;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::mapping::ProfileFile;
use domain::money::{Currency, Money};
use domain::warning::{Oddity, RowWarning};

#[derive(Default)]
struct Found {
    taken: Vec<Taken>,
    passed_over: usize,
    faults: Vec<RowFault>,
    warnings: Vec<RowWarning>,
}

impl Found {
    fn loans(&self) -> Vec<&LoanRecord> {
        let loan = |taken: &'_ Taken| matches!(taken, Taken::Loan(_));
        let found = self.taken.iter().filter(|taken| loan(taken));
        found.filter_map(|taken| if let Taken::Loan(loan) = taken { Some(loan.as_ref()) } else { None }).collect()
    }

    fn oddities(&self, oddity: Oddity) -> usize {
        self.warnings.iter().filter(|warning| warning.oddity == oddity).count()
    }

    fn with_status(&self, status: RecoveryStatus) -> usize {
        self.loans().iter().filter(|loan| loan.recovery_status == status).count()
    }
}

fn read(file: &ProfileFile, header: &[String], rows: &[Row], links: &Links) -> Found {
    let plan = Plan::new(&file.mapping, Some(header), Currency::USD, links).expect("a plan");
    let mut found = Found::default();
    for (row, number) in rows.iter().zip(1..) {
        match plan.read(&row.record(), number, &mut found.warnings) {
            Ok(Taken::PassedOver) => found.passed_over += 1,
            Ok(taken) => found.taken.push(taken),
            Err(fault) => found.faults.push(fault),
        }
    }
    found
}

fn read_shared(id: &str, name: &str) -> Option<Found> {
    let (header, rows) = shared(name, b',')?;
    let profile = profile(id).expect("is there");
    assert!(profile.files.iter().any(|file| super::file_matches(file, &header)), "{id}");
    Some(read(&profile.files[0], &header, &rows, &Links::default()))
}

#[test]
fn the_file_of_the_original_analysis() {
    let Some(found) = read_shared("original-analysis", "notebook-loans.csv") else { return };
    assert_eq!((found.taken.len(), found.faults.len(), found.warnings.len()), (500, 0, 0));
    assert_eq!(found.with_status(RecoveryStatus::FullyRecovered), 296);
}

#[test]
fn the_small_business_loans() {
    let Some(found) = read_shared("sba", "sba-case.csv") else { return };
    assert_eq!((found.taken.len(), found.faults.len()), (2101, 0));
    assert_eq!(found.with_status(RecoveryStatus::WrittenOff), 686);
    assert_eq!(found.oddities(Oddity::PaidYetChargedOff), 11);
    let first = found.loans()[0];
    assert_eq!(first.originated_on.map(|date| date.to_string()).as_deref(), Some("2001-04-30"));
    assert_eq!(first.loan_amount, Some(Money::from_minor(3_281_200)));
    assert_eq!(first.borrower.borrower_ref, "", "the file does not say whose loan it is");
}

#[test]
fn the_card_accounts() {
    let Some(found) = read_shared("uci-card-default", "uci-credit-card-default.csv") else { return };
    assert_eq!((found.taken.len(), found.faults.len()), (30_000, 0));
    assert_eq!(found.with_status(RecoveryStatus::WrittenOff), 6636);
    assert_eq!(found.oddities(Oddity::NegativeAsZero), 590);
    assert_eq!(found.loans()[0].days_past_due, Some(60));
    assert_eq!(found.loans()[0].borrower.protected.gender.as_deref(), Some("Female"));
}

#[test]
fn the_files_of_the_czech_bank() {
    let bundle = profile("berka").expect("is there");
    let mut links = Links::default();
    let mut found = Vec::new();
    for file in &bundle.files {
        let (name, delimiter) = match file.name.as_str() {
            "disp" => ("berka/Disp.csv", b','),
            "loan" => ("berka/Loan.csv", b';'),
            "client" => ("berka/Client.csv", b';'),
            _ => ("berka/trnx_16.csv", b','),
        };
        let Some((header, rows)) = shared(name, delimiter) else { return };
        let of_file = read(file, &header, &rows, &links);
        for taken in &of_file.taken {
            if let Taken::Link { from, to } = taken {
                links.insert(&file.name, from.clone(), to.clone()).expect("there is room");
            }
        }
        found.push((file.mapping.kind, of_file));
    }
    let counts: Vec<(FileKind, usize, usize, usize, usize)> = found
        .iter()
        .map(|(kind, of)| (*kind, of.taken.len(), of.passed_over, of.faults.len(), of.warnings.len()))
        .collect();
    assert_eq!(
        counts,
        [
            (FileKind::Links, 4500, 869, 0, 0),
            (FileKind::Links, 682, 0, 0, 0),
            (FileKind::Borrowers, 5369, 0, 0, 0),
            (FileKind::Loans, 682, 0, 0, 0),
            (FileKind::Payments, 40, 28_165, 0, 0),
        ]
    );
    let loans = &found[3].1;
    assert_eq!(loans.with_status(RecoveryStatus::WrittenOff), 31);
    assert_eq!(loans.with_status(RecoveryStatus::Open), 448);
    let first = loans.loans()[0];
    assert_eq!((first.loan_ref.as_str(), first.borrower.borrower_ref.as_str()), ("5314", "2166"));
}
