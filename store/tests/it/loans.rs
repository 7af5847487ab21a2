use crate::fixture::{Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{record, records};
use domain::access::Scope;
use domain::listing::{LoanFilter, LoanPage, LoanRow, LoanSort};
use domain::loan::RecoveryStatus;
use domain::model::{Caution, ScoreSource};
use domain::money::Money;
use domain::policy::Policy;
use domain::track::{RiskLevel, Track};
use store::{StoreError, loans};

on_both_databases!(
    filters_choose_and_total,
    sorts_are_total_orders,
    pages_neither_repeat_nor_skip,
    text_means_itself,
    a_text_that_many_loans_bear_finds_them_all,
    no_scope_shows_what_is_outside,
    a_queue_holds_what_is_left_to_do,
    a_loan_tells_why,
    extra_columns_are_those_of_the_portfolio,
);

/// Twenty loans with scores from 0.975 down to 0.025 in steps of 0.05.
async fn decided(db: TestDatabase) -> Fixture {
    let fixture = Fixture::new(db).await;
    fixture.import(records(20)).await;
    fixture.decide().await;
    fixture
}

async fn page(fixture: &Fixture, filter: LoanFilter) -> LoanPage {
    loans::page(&fixture.store, fixture.scope, &filter).await.unwrap()
}

fn all() -> LoanFilter {
    LoanFilter { page_size: 100, ..LoanFilter::default() }
}

fn refs(page: &LoanPage) -> Vec<&str> {
    page.rows.iter().map(|row| row.loan_ref.as_str()).collect()
}

async fn filters_choose_and_total(db: TestDatabase) {
    let fixture = decided(db).await;
    let whole = page(&fixture, all()).await;
    assert_eq!(whole.total, 20);
    let check = async |filter: LoanFilter, is_chosen: &(dyn Fn(&LoanRow) -> bool + Sync)| {
        let found = page(&fixture, filter.clone()).await;
        let expected: Vec<LoanRow> = whole.rows.iter().filter(|row| is_chosen(row)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < 20, "{filter:?} tells loans apart");
        assert_eq!(found.rows, expected, "{filter:?}");
        assert_eq!(found.total, expected.len() as u64);
        let sum = expected.iter().filter_map(|row| row.outstanding_amount).sum::<Money>();
        assert_eq!(found.total_outstanding, Some(sum));
    };
    for track in Track::ALL {
        check(LoanFilter { track: Some(track), ..all() }, &|row| row.verdict.unwrap().track == track).await;
    }
    for segment in [0, 1] {
        check(LoanFilter { segment: Some(segment), ..all() }, &|row| row.verdict.unwrap().segment == segment).await;
    }
    for status in RecoveryStatus::ALL {
        check(LoanFilter { status: Some(status), ..all() }, &|row| row.recovery_status == status).await;
    }
    let text = Some(" ln_1 ".to_owned());
    check(LoanFilter { text, ..all() }, &|row| row.loan_ref.starts_with("LN_1")).await;
    let both = LoanFilter { track: Some(Track::Legal), status: Some(RecoveryStatus::Open), ..all() };
    check(both, &|row| row.verdict.unwrap().track == Track::Legal && row.recovery_status == RecoveryStatus::Open).await;
    let none = page(&fixture, LoanFilter { segment: Some(9), ..all() }).await;
    assert_eq!(none, LoanPage::default());
    assert_eq!(whole.rows[0].segment_name.as_deref(), Some("High"));
}

async fn sorts_are_total_orders(db: TestDatabase) {
    let fixture = decided(db).await;
    // Two loans without a decision come last in either direction.
    fixture.import(vec![record(98), record(99)]).await;
    for descending in [false, true] {
        let sorted = page(&fixture, LoanFilter { descending, ..all() }).await;
        assert_eq!(refs(&sorted)[20..], ["LN_98", "LN_99"]);
        let scores: Vec<f64> = sorted.rows.iter().filter_map(|row| Some(row.verdict?.score)).collect();
        assert_eq!(scores.len(), 20);
        assert!(scores.is_sorted_by(|a, b| if descending { a > b } else { a < b }), "{scores:?}");
    }
    let check = async |sort: LoanSort, is_ordered: &(dyn Fn(&LoanRow, &LoanRow) -> bool + Sync)| {
        let sorted = page(&fixture, LoanFilter { sort, descending: false, ..all() }).await;
        assert_eq!(sorted.rows.len(), 22);
        assert!(sorted.rows.is_sorted_by(is_ordered), "{sort:?}: {:?}", refs(&sorted));
        let turned = page(&fixture, LoanFilter { sort, descending: true, ..all() }).await;
        let decided = |page: &LoanPage| page.rows.iter().take_while(|row| row.verdict.is_some()).count();
        if decided(&turned) == 22 {
            assert!(turned.rows.is_sorted_by(|a, b| is_ordered(b, a)), "{sort:?}: {:?}", refs(&turned));
        }
    };
    let number = |row: &LoanRow| row.loan_ref[3..].parse::<u32>().unwrap();
    check(LoanSort::LoanRef, &|a, b| number(a) < number(b)).await;
    check(LoanSort::BorrowerRef, &|a, b| number(a) < number(b)).await;
    check(LoanSort::LoanAmount, &|a, b| a.loan_amount < b.loan_amount).await;
    check(LoanSort::Outstanding, &|a, b| a.outstanding_amount < b.outstanding_amount).await;
    check(LoanSort::DaysPastDue, &|a, b| a.days_past_due <= b.days_past_due).await;
    check(LoanSort::MissedPayments, &|a, b| a.missed_payments <= b.missed_payments).await;
    check(LoanSort::Status, &|a, b| a.recovery_status.code() <= b.recovery_status.code()).await;
    let place = |row: &LoanRow| row.verdict.map_or(i32::MAX, |verdict| verdict.segment);
    check(LoanSort::Segment, &|a, b| place(a) <= place(b)).await;
    let place = |row: &LoanRow| row.verdict.map_or("~", |verdict| verdict.track.code());
    check(LoanSort::Track, &|a, b| place(a) <= place(b)).await;
}

async fn pages_neither_repeat_nor_skip(db: TestDatabase) {
    let fixture = decided(db).await;
    for sort in LoanSort::ALL {
        let whole = page(&fixture, LoanFilter { sort, ..all() }).await;
        let mut rows = Vec::new();
        for number in 1..=4 {
            let part = page(&fixture, LoanFilter { sort, page: number, page_size: 6, ..all() }).await;
            assert_eq!((part.total, part.total_outstanding), (20, whole.total_outstanding));
            rows.extend(part.rows);
        }
        assert_eq!(rows, whole.rows, "{sort:?}");
    }
    let check = async |number, size, rows| {
        let part = page(&fixture, LoanFilter { page: number, page_size: size, ..all() }).await;
        assert_eq!((part.rows.len(), part.total), (rows, 20), "page {number} of {size}");
    };
    check(0, 5, 5).await;
    check(5, 5, 0).await;
    check(1, 0, 1).await;
    check(u32::MAX, u32::MAX, 0).await;
}

async fn text_means_itself(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut loans = records(7);
    let references = ["100%", "1000", "A_B", "AXB", r"A\B", "O'Brien; --", "ÖL"];
    for (loan, reference) in loans.iter_mut().zip(references) {
        loan.loan_ref = reference.into();
    }
    fixture.import(loans).await;
    let check = async |text: &str, expected: &[&str]| {
        let sort = LoanSort::LoanAmount;
        let filter = LoanFilter { text: Some(text.to_owned()), sort, descending: false, ..all() };
        assert_eq!(refs(&page(&fixture, filter).await), expected, "{text}");
    };
    check("100", &["100%", "1000"]).await;
    check("0%", &["100%"]).await;
    check("a_b", &["A_B"]).await;
    check(r"a\B", &[r"A\B"]).await;
    check("o'brien; --", &["O'Brien; --"]).await;
    check("brw_5", &[r"A\B"]).await;
    check("%%", &[]).await;
    check("Öl", &["ÖL"]).await;
    check("  ", &references).await;
}

async fn a_text_that_many_loans_bear_finds_them_all(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(1_200)).await;
    let find = async |text: &str| {
        let filter = LoanFilter { text: Some(text.to_owned()), sort: LoanSort::LoanRef, descending: true, ..all() };
        page(&fixture, filter).await
    };
    let of_many = find("ln_").await;
    assert_eq!((of_many.total, refs(&of_many)[0]), (1_200, "LN_1200"));
    let of_few = find("ln_12").await;
    // LN_12, LN_120 to LN_129, and LN_1200.
    assert_eq!((of_few.total, refs(&of_few)[0]), (12, "LN_1200"));
}

async fn no_scope_shows_what_is_outside(db: TestDatabase) {
    let fixture = decided(db).await;
    let neighbour = fixture.neighbour().await;
    neighbour.import(vec![record(1), record(50)]).await;
    neighbour.decide().await;
    let theirs = neighbour.loan_ids().await;
    assert_eq!(fixture.loan_ids().await.len(), 20);
    let rows = async |scope: Scope| loans::page(&fixture.store, scope, &all()).await.unwrap().rows;
    assert_eq!(rows(fixture.scope).await.len(), 20);
    assert_eq!(rows(neighbour.scope).await.len(), 2);
    assert!(rows(fixture.nothing()).await.is_empty());
    let whole = rows(fixture.scope).await;
    for track in Track::ALL {
        let scope = fixture.track(track);
        let expected: Vec<LoanRow> = whole.iter().filter(|row| row.verdict.unwrap().track == track).cloned().collect();
        assert_eq!(rows(scope).await, expected);
        // A filter does not reach beyond the scope.
        for other in Track::ALL.into_iter().filter(|other| *other != track) {
            let filter = LoanFilter { track: Some(other), ..all() };
            assert_eq!(loans::page(&fixture.store, scope, &filter).await.unwrap(), LoanPage::default());
            assert_eq!(loans::queue(&fixture.store, scope, Some(other), 1, 50).await.unwrap(), LoanPage::default());
        }
        for row in &whole {
            let found = loans::get(&fixture.store, scope, row.id).await;
            let is_inside = row.verdict.unwrap().track == track;
            assert_eq!(found.is_ok(), is_inside);
        }
    }
    for id in theirs {
        let found = loans::get(&fixture.store, fixture.scope, id).await;
        assert!(matches!(found, Err(StoreError::NotFound("loan"))), "{found:?}");
    }
    let queue = loans::queue(&fixture.store, fixture.nothing(), None, 1, 50).await.unwrap();
    assert_eq!(queue, LoanPage::default());
}

async fn a_queue_holds_what_is_left_to_do(db: TestDatabase) {
    let fixture = decided(db).await;
    fixture.import(vec![record(98)]).await;
    let whole = page(&fixture, all()).await.rows;
    let workable = |row: &&LoanRow| row.verdict.is_some() && row.recovery_status.is_workable();
    let expected: Vec<LoanRow> = whole.iter().filter(workable).cloned().collect();
    assert!(expected.len() < 20);
    let queue = loans::queue(&fixture.store, fixture.scope, None, 1, 50).await.unwrap();
    assert_eq!((queue.rows, queue.total), (expected.clone(), expected.len() as u64));
    let legal: Vec<LoanRow> = expected.into_iter().filter(|row| row.verdict.unwrap().track == Track::Legal).collect();
    let of_the_team = loans::queue(&fixture.store, fixture.track(Track::Legal), None, 1, 50).await.unwrap();
    assert_eq!(of_the_team.rows, legal);
    let chosen = loans::queue(&fixture.store, fixture.scope, Some(Track::Legal), 1, 50).await.unwrap();
    assert_eq!(chosen, of_the_team);
    // A loan whose arrears are cleared is nobody's work.
    fixture.db.execute("DELETE FROM loan_watch").await;
    let watched =
        "INSERT INTO loan_watch (loan_id, seen, cleared_at) SELECT id, '{}', '2026-01-01T00:00:00+00:00' FROM loan";
    fixture.db.execute(&format!("{watched} WHERE current_track = 'legal'")).await;
    let of_the_team = loans::queue(&fixture.store, fixture.track(Track::Legal), None, 1, 50).await.unwrap();
    assert_eq!((of_the_team.rows, of_the_team.total), (Vec::new(), 0));
    assert!(!loans::queue(&fixture.store, fixture.scope, None, 1, 50).await.unwrap().rows.is_empty());
}

async fn a_loan_tells_why(db: TestDatabase) {
    let fixture = decided(db).await;
    let id = fixture.loan_ids().await[0];
    let detail = loans::get(&fixture.store, fixture.scope, id).await.unwrap();
    assert_eq!(detail.record, record(1));
    assert_eq!((detail.file_name.as_deref(), detail.imported_at), (Some("loans.csv"), at(2)));
    let decision = detail.decision.unwrap();
    assert_eq!((decision.score, decision.source, decision.track), (0.975, ScoreSource::OutOfBag, Track::Legal));
    assert_eq!((decision.segment_number, decision.segment_name.as_str()), (1, "High"));
    assert_eq!((decision.segment_risk, decision.is_high_risk), (RiskLevel::High, true));
    assert_eq!((decision.model_version, decision.caution), (1, Some(Caution::Proxy)));
    assert_eq!((decision.policy, decision.propensity), (Policy::default(), 1.0));
    assert!(decision.gate.passed);
    assert_eq!(decision.decided_at, at(4));
}

async fn extra_columns_are_those_of_the_portfolio(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let names = async || loans::extra_columns(&fixture.store, fixture.portfolio).await.unwrap();
    assert!(names().await.is_empty());
    let mut records = records(3);
    records[0].extras.clear();
    records[1].extras.insert("Bank".to_owned(), "1".to_owned());
    fixture.import(records).await;
    assert_eq!(names().await.into_iter().collect::<Vec<_>>(), ["Bank", "Branch"]);
    let elsewhere = domain::id::PortfolioId(fixture.portfolio.0 + 1);
    assert!(loans::extra_columns(&fixture.store, elsewhere).await.unwrap().is_empty());
}
