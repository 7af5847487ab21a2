//! The words that are sent to borrowers. A portfolio starts with those of the program as version 1; each change is a version
//! of its own, and the latest one is sent.

mod seed;

pub(crate) use seed::seed;

use crate::audit::Event;
use crate::connection::Store;
use crate::entity::template_version;
use crate::error::{Result, StoreError};
use crate::{loans, portfolios, users};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::id::{LoanId, PortfolioId};
use domain::money::Money;
use domain::template::view::{TemplateRow, TemplateStory, TemplateVersion};
use domain::template::{LoanFacts, TEMPLATES, Template, Texts, Values, Wording};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, NotSet, QueryFilter, QueryOrder, Set,
    Statement,
};
use serde_json::json;

/// The words of all templates as they are sent now.
pub async fn in_use(store: &Store, portfolio: PortfolioId) -> Result<Texts> {
    let rows = template_version::Entity::find()
        .filter(template_version::Column::PortfolioId.eq(portfolio.0))
        .order_by_asc(template_version::Column::Version)
        .all(&store.db)
        .await?;
    // A later version takes the place of an earlier one.
    Ok(Texts::new(rows.into_iter().map(|row| (row.code.clone(), words(row)))))
}

fn words(row: template_version::Model) -> Wording {
    Wording { version: row.version, subject: row.subject, body: row.body }
}

/// All templates, with their latest versions.
pub async fn list(store: &Store, scope: Scope) -> Result<Vec<TemplateRow>> {
    let mut rows = Vec::with_capacity(TEMPLATES.len());
    for template in &TEMPLATES {
        let story = get(store, scope, template.code).await?;
        let Some(latest) = story.versions.into_iter().next() else { continue };
        rows.push(TemplateRow {
            code: template.code.to_owned(),
            title: template.title.to_owned(),
            kind: template.kind,
            channel: template.channel,
            subject: latest.words.subject,
            version: latest.words.version,
            saved_by: latest.saved_by,
            saved_at: latest.saved_at,
        });
    }
    Ok(rows)
}

/// A template with its versions, the latest first.
pub async fn get(store: &Store, scope: Scope, code: &str) -> Result<TemplateStory> {
    let template = Template::find(code).ok_or(StoreError::NotFound("template"))?;
    let rows = template_version::Entity::find()
        .filter(template_version::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(template_version::Column::Code.eq(code))
        .order_by_desc(template_version::Column::Version)
        .all(&store.db)
        .await?;
    let names = users::names(&store.db, scope.portfolio).await?;
    let version = |row: template_version::Model| TemplateVersion {
        saved_by: row.saved_by.map(|id| names.of(Some(id))),
        saved_at: row.saved_at,
        note: row.note.clone(),
        words: words(row),
    };
    Ok(TemplateStory {
        code: template.code.to_owned(),
        title: template.title.to_owned(),
        kind: template.kind,
        channel: template.channel,
        versions: rows.into_iter().map(version).collect(),
    })
}

/// Other words for a template, and why.
#[derive(Clone, Copy, Debug)]
pub struct NewWords<'a> {
    pub code: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
    pub note: &'a str,
    /// The version that they were made of.
    pub from: i32,
}

/// Saves other words for a template, which are sent from now on. The same words again change nothing.
///
/// A conflict where they cannot be sent, or where somebody else has changed the template meanwhile.
pub async fn save(store: &Store, actor: Actor, scope: Scope, new: NewWords<'_>, now: DateTime<Utc>) -> Result<()> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("template"));
    }
    let template = Template::find(new.code).ok_or(StoreError::NotFound("template"))?;
    // Browsers send line ends of two characters.
    let (subject, body) = (new.subject.trim(), format!("{}\n", new.body.replace("\r\n", "\n").trim()));
    let change = store.change(actor, now).await?;
    portfolios::lock(&change.tx, scope.portfolio).await?;
    let latest = template_version::Entity::find()
        .filter(template_version::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(template_version::Column::Code.eq(new.code))
        .order_by_desc(template_version::Column::Version)
        .one(&change.tx)
        .await?
        .ok_or(StoreError::NotFound("template"))?;
    if latest.subject == subject && latest.body.trim() == body.trim() {
        return Ok(());
    }
    if latest.version != new.from {
        let words =
            format!("Somebody has saved version {} meanwhile. Look at it, and change that one.", latest.version);
        return Err(StoreError::Conflict(words));
    }
    template.check(subject, &body).map_err(|fault| {
        let told = fault.to_string();
        let first = told.chars().next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
        StoreError::Conflict(format!("{first}{}.", told.chars().skip(1).collect::<String>()))
    })?;
    let row = template_version::ActiveModel {
        id: NotSet,
        portfolio_id: Set(scope.portfolio.0),
        code: Set(new.code.to_owned()),
        version: Set(latest.version + 1),
        subject: Set(subject.to_owned()),
        body: Set(body),
        note: Set(new.note.trim().to_owned()),
        saved_by: Set(match actor {
            Actor::User(person) => Some(person.0),
            _ => None,
        }),
        saved_at: Set(change.now),
    };
    row.insert(&change.tx).await?;
    let event = Event {
        portfolio: Some(scope.portfolio),
        action: "template.changed",
        subject: format!("template:{}", new.code),
        details: json!({ "version": latest.version + 1, "note": new.note.trim() }),
    };
    change.commit(event).await
}

#[derive(Debug, FromQueryResult)]
struct Known {
    loan_ref: String,
    name: Option<String>,
    outstanding_minor: Option<i64>,
    monthly_instalment_minor: Option<i64>,
    days_past_due: Option<i64>,
    missed_payments: Option<i32>,
}

/// The values of a loan of one's scope, by the lender's number of it; what is not known has none. The link to opt out is
/// made up, since nothing is sent.
pub async fn values_of_loan(store: &Store, scope: Scope, loan_ref: &str, now: DateTime<Utc>) -> Result<Values> {
    let backend = store.db.get_database_backend();
    let found = "SELECT l.id FROM loan l WHERE l.portfolio_id = $1 AND l.loan_ref = $2";
    let values = [scope.portfolio.0.into(), loan_ref.into()];
    let id = store.db.query_one_raw(Statement::from_sql_and_values(backend, found, values)).await?;
    let id: i64 = id.ok_or(StoreError::NotFound("loan"))?.try_get("", "id")?;
    loans::expect_within(store, scope, LoanId(id)).await?;
    let sql = "SELECT l.loan_ref, b.name, l.outstanding_minor, l.monthly_instalment_minor, \
               COALESCE(l.days_past_due, a.days_past_due) AS days_past_due, \
               COALESCE(l.missed_payments, a.missed_payments) AS missed_payments FROM loan l \
               JOIN borrower b ON b.id = l.borrower_id LEFT JOIN loan_arrears a ON a.loan_id = l.id WHERE l.id = $1";
    let known = Known::find_by_statement(Statement::from_sql_and_values(backend, sql, [id.into()]));
    let known = known.one(&store.db).await?.ok_or(StoreError::NotFound("loan"))?;
    let portfolio = portfolios::get(store, scope.portfolio).await?;
    Ok(Values::of(LoanFacts {
        borrower: known.name.as_deref(),
        loan: &known.loan_ref,
        outstanding: known.outstanding_minor.map(Money::from_minor),
        instalment: known.monthly_instalment_minor.map(Money::from_minor),
        overdue_days: known.days_past_due.map(|days| days as u32),
        missed_payments: known.missed_payments.map(|missed| missed as u16),
        lender: &portfolio.name,
        currency: portfolio.currency,
        today: now.date_naive(),
        opt_out: Some("https://example.test/opt-out?message=…"),
    }))
}
