//! Loans as they were on an earlier day, and what became of them: what the history of states tells a model.

use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::loans::LoanColumns;
use crate::paid;
use chrono::{Days, NaiveDate};
use domain::arrears::Schedule;
use domain::follow_up::{FollowUp, Followed, Horizon, Seen};
use domain::id::{LoanId, ModelId, PortfolioId};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::model::ScoreSource;
use domain::money::Money;
use domain::paying::Paying;
use futures_util::TryStreamExt;
use sea_orm::{FromQueryResult, Statement};
use std::collections::HashMap;

/// The outcomes that files told of each loan, by day; of one day, what is on file now comes last.
const SEEN: &str = "SELECT l.id AS loan_id, l.as_of, l.recovery_status, l.charged_off_on, \
    COALESCE(l.days_past_due, a.days_past_due) AS days_past_due, 1 AS is_current \
    FROM loan l LEFT JOIN loan_arrears a ON a.loan_id = l.id WHERE l.portfolio_id = $1 \
    UNION ALL SELECT h.loan_id, h.as_of, h.recovery_status, h.charged_off_on, h.days_past_due, 0 AS is_current \
    FROM loan_history h JOIN loan l ON l.id = h.loan_id WHERE l.portfolio_id = $1 \
    ORDER BY 1, 2, 6";

const DAYS: &str = "SELECT d.as_of FROM (SELECT l.as_of AS as_of FROM loan l WHERE l.portfolio_id = $1 \
    UNION SELECT h.as_of AS as_of FROM loan_history h JOIN loan l ON l.id = h.loan_id WHERE l.portfolio_id = $1) d ORDER BY d.as_of";

/// The scores of a model that speak of a day up to another, of each loan the last one last.
const SCORES: &str = "SELECT d.loan_id, d.as_of, d.score FROM decision d JOIN loan l ON l.id = d.loan_id \
    WHERE l.portfolio_id = $1 AND d.model_id = $2 AND d.as_of <= $3 AND d.score_source <> $4 \
    ORDER BY d.loan_id, d.as_of, d.id";

/// What a state says that a record holds.
const STATE: &str = "as_of, borrower_id, loan_type, loan_amount_minor, originated_on, tenure_months, interest_rate, \
    collateral_value_minor, outstanding_minor, monthly_instalment_minor, payment_history, missed_payments, days_past_due, \
    recovery_status, charged_off_on, charged_off_amount_minor, recovered_amount_minor, collection_attempts, \
    collection_method, legal_action_taken, extras";

/// Loans whose ids lie within such a range are read together.
const RANGE: i64 = 20_000;

#[derive(Debug, FromQueryResult)]
struct SeenRow {
    loan_id: i64,
    as_of: NaiveDate,
    recovery_status: String,
    charged_off_on: Option<NaiveDate>,
    days_past_due: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct DayRow {
    as_of: NaiveDate,
}

#[derive(Debug, FromQueryResult)]
struct ScoreRow {
    loan_id: i64,
    as_of: NaiveDate,
    score: f64,
}

/// The day and the horizon that a model may learn with, and what is known of them: those that are asked for, or else the first that
/// have enough outcomes of both kinds. Nothing where no file tells of loans at the end of a horizon.
pub async fn find(
    store: &Store,
    portfolio: PortfolioId,
    as_of: Option<NaiveDate>,
    horizon_days: Option<u32>,
) -> Result<Option<FollowUp>> {
    let days = days(store, portfolio).await?;
    let mut found: Vec<FollowUp> =
        Horizon::allowed_by(&days, as_of, horizon_days).into_iter().map(FollowUp::new).collect();
    if found.is_empty() {
        return Ok(None);
    }
    each_loan(store, portfolio, |_, seen| {
        for follow_up in &mut found {
            follow_up.add(follow_up.horizon.follow(seen));
        }
    })
    .await?;
    let is_asked_for = as_of.is_some();
    Ok(found.into_iter().find(|follow_up| is_asked_for || follow_up.is_enough()))
}

/// The loans that were open on the day of a horizon and followed to its end, as they were on that day, and whether each was lost.
pub async fn past(store: &Store, portfolio: PortfolioId, horizon: Horizon) -> Result<Vec<(LoanId, LoanRecord, bool)>> {
    let mut outcomes: HashMap<i64, bool> = HashMap::new();
    each_loan(store, portfolio, |loan, seen| {
        if let Some(followed @ (Followed::Lost | Followed::Kept)) = horizon.follow(seen) {
            outcomes.insert(loan, followed == Followed::Lost);
        }
    })
    .await?;
    let ends = outcomes.keys().min().copied().zip(outcomes.keys().max().copied());
    let mut loans = Vec::with_capacity(outcomes.len());
    for from in ends.into_iter().flat_map(|(first, last)| (first..=last).step_by(RANGE as usize)) {
        let range = from..from + RANGE;
        let paid = paid::of_loans(store, portfolio, range.clone()).await?;
        let values = [portfolio.0.into(), range.start.into(), range.end.into(), horizon.as_of.into()];
        let statement = Statement::from_sql_and_values(store.db.get_database_backend(), as_of_the_day(), values);
        for row in LoanColumns::find_by_statement(statement).all(&store.db).await? {
            let Some(is_lost) = outcomes.get(&row.id) else { continue };
            let id = row.id;
            let mut record = row.record()?;
            if let Some(paid) = paid.get(&id) {
                tell_from_payments(&mut record, paid);
            }
            loans.push((LoanId(id), record, *is_lost));
        }
    }
    Ok(loans)
}

/// Scores that a model gave so many days before the newest day of all files or earlier, and whether each loan was lost within these
/// days: of each loan the last such score, of the model's target with this horizon. Scores that flatter are left out, and loans that
/// were closed already, or of which no file tells at the end.
pub async fn of_scores(
    store: &Store,
    portfolio: PortfolioId,
    model: ModelId,
    horizon_days: u32,
) -> Result<Vec<(f64, bool)>> {
    let last = days(store, portfolio).await?.last().copied();
    let Some(until) = last.and_then(|last| last.checked_sub_days(Days::new(horizon_days.into()))) else {
        return Ok(Vec::new());
    };
    let values = [portfolio.0.into(), model.0.into(), until.into(), ScoreSource::Trained.code().into()];
    let scores = Statement::from_sql_and_values(store.db.get_database_backend(), SCORES, values);
    let scores = ScoreRow::find_by_statement(scores).all(&store.db).await?;
    let last_of_loan: HashMap<i64, ScoreRow> = scores.into_iter().map(|row| (row.loan_id, row)).collect();
    let mut followed = Vec::with_capacity(last_of_loan.len());
    if last_of_loan.is_empty() {
        return Ok(followed);
    }
    each_loan(store, portfolio, |loan, seen| {
        let Some(row) = last_of_loan.get(&loan) else { return };
        let horizon = Horizon { as_of: row.as_of, days: horizon_days };
        if let Some(outcome @ (Followed::Lost | Followed::Kept)) = horizon.follow(seen) {
            followed.push((row.score, outcome == Followed::Lost));
        }
    })
    .await?;
    Ok(followed)
}

/// The days that files speak for, ascending.
async fn days(store: &Store, portfolio: PortfolioId) -> Result<Vec<NaiveDate>> {
    let days = Statement::from_sql_and_values(store.db.get_database_backend(), DAYS, [portfolio.0.into()]);
    let days = DayRow::find_by_statement(days).all(&store.db).await?;
    Ok(days.into_iter().map(|day| day.as_of).collect())
}

/// What payments up to the day of a state tell of it, as the arrears of today are told.
fn tell_from_payments(record: &mut LoanRecord, paid: &[(NaiveDate, Money)]) {
    let Some(as_of) = record.as_of else { return };
    let schedule = record.originated_on.zip(record.monthly_instalment).zip(record.tenure_months);
    let schedule = schedule.and_then(|((lent_on, instalment), months)| Schedule::new(lent_on, instalment, months));
    record.paying = Paying::of(paid, schedule.as_ref(), as_of);
    let paid = &paid[..paid.partition_point(|(on, _)| *on <= as_of)];
    let told = paid.first().zip(schedule).filter(|((first, _), schedule)| schedule.is_told_from(*first));
    if let Some((_, schedule)) = told {
        let sum = paid.iter().map(|(_, amount)| amount.minor).fold(0, i64::saturating_add);
        let arrears = schedule.arrears(Money::from_minor(sum), as_of);
        record.missed_payments.get_or_insert(arrears.missed_payments);
        record.days_past_due.get_or_insert(arrears.days_past_due);
    }
}

/// Tells `of_loan` what files said of each loan, one after the other, in the order of days.
async fn each_loan(store: &Store, portfolio: PortfolioId, mut of_loan: impl FnMut(i64, &[Seen])) -> Result<()> {
    let statement = Statement::from_sql_and_values(store.db.get_database_backend(), SEEN, [portfolio.0.into()]);
    let mut rows = SeenRow::find_by_statement(statement).stream(&store.db).await?;
    let (mut loan, mut seen) = (None, Vec::new());
    while let Some(row) = rows.try_next().await? {
        if loan != Some(row.loan_id) {
            if let Some(loan) = loan {
                of_loan(loan, &seen);
            }
            seen.clear();
            loan = Some(row.loan_id);
        }
        seen.push(Seen {
            as_of: row.as_of,
            status: RecoveryStatus::find(&row.recovery_status)
                .ok_or_else(|| StoreError::unreadable("loan.recovery_status"))?,
            charged_off_on: row.charged_off_on,
            days_past_due: row.days_past_due.map(|days| days as u32),
        });
    }
    if let Some(loan) = loan {
        of_loan(loan, &seen);
    }
    Ok(())
}

/// The newest state of each loan that is no newer than the day, with what was known of its borrower by then. What is protected is no
/// matter of days: nobody learns a gender later.
fn as_of_the_day() -> String {
    let state = |table: &str| {
        STATE.split(", ").map(|column| format!("{table}.{}", column.trim())).collect::<Vec<_>>().join(", ")
    };
    let (current, earlier) = (state("l"), state("h"));
    let income = "CASE WHEN b.as_of <= $4 THEN b.monthly_income_minor ELSE (SELECT e.monthly_income_minor \
                  FROM borrower_history e WHERE e.borrower_id = b.id AND e.as_of <= $4 ORDER BY e.as_of DESC, e.id DESC LIMIT 1) END";
    format!(
        "SELECT s.*, CASE WHEN b.is_unnamed THEN '' ELSE b.borrower_ref END AS borrower_ref, b.name, b.employment_type, \
         {income} AS monthly_income_minor, p.age, p.birth_date, p.gender, p.marital_status, p.dependants, \
         CAST(NULL AS double precision) AS paid_to_due_3m, CAST(NULL AS double precision) AS paid_to_due_6m, \
         CAST(NULL AS double precision) AS paid_to_due_12m, CAST(NULL AS bigint) AS days_since_payment, \
         CAST(NULL AS integer) AS longest_late_run \
         FROM (SELECT u.*, ROW_NUMBER() OVER (PARTITION BY u.id ORDER BY u.as_of DESC, u.is_current DESC, u.state_id DESC) AS place \
         FROM (SELECT l.id, l.loan_ref, 1 AS is_current, l.id AS state_id, {current} FROM loan l \
         WHERE +l.portfolio_id = $1 AND l.id >= $2 AND l.id < $3 AND l.as_of <= $4 \
         UNION ALL SELECT l.id, l.loan_ref, 0 AS is_current, h.id AS state_id, {earlier} \
         FROM loan l JOIN loan_history h ON h.loan_id = l.id \
         WHERE +l.portfolio_id = $1 AND l.id >= $2 AND l.id < $3 AND h.as_of <= $4) u) s \
         JOIN borrower b ON b.id = s.borrower_id LEFT JOIN borrower_protected p ON p.borrower_id = b.id \
         WHERE s.place = 1 ORDER BY s.id"
    )
}
