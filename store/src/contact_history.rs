//! All that is on file of how borrowers were reached and what they said about it, dated, so that the contact gate can be
//! asked about any moment. What a file told counts from the day for which it spoke, and not before it was loaded: until then
//! nobody knew.

mod columns;

use crate::connection::Store;
use crate::entity::loan;
use crate::error::{Result, StoreError};
use crate::{holds, settlements};
use chrono::{DateTime, NaiveDate, Utc};
use columns::{AddressColumns, FormerWordColumns, LoanColumns, MessageColumns, OptOutColumns, PaymentColumns};
use domain::borrower::ContactChannel;
use domain::contact::Channel;
use domain::contact_history::{ConsentWord, ContactHistory, LoanFacts, PaymentFact, SentMessage};
use domain::id::{LoanId, PortfolioId};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, Statement};
use std::collections::{BTreeMap, HashMap};

/// The histories of the next `limit` borrowers behind one to whom messages went out, by their ids. Nothing is left out: a
/// borrower to whom none went has no contacts to be judged.
pub async fn reached(
    store: &Store,
    portfolio: PortfolioId,
    after: i64,
    limit: u64,
) -> Result<Vec<(i64, ContactHistory)>> {
    let sql = "SELECT l.borrower_id FROM loan l WHERE l.portfolio_id = $1 AND l.borrower_id > $2 AND EXISTS \
               (SELECT 1 FROM message m WHERE m.loan_id = l.id AND m.claimed_at IS NOT NULL AND m.failed_at IS NULL) \
               GROUP BY l.borrower_id ORDER BY l.borrower_id LIMIT $3";
    let values = [portfolio.0.into(), after.into(), (limit as i64).into()];
    let rows = Statement::from_sql_and_values(store.db.get_database_backend(), sql, values);
    let rows = store.db.query_all_raw(rows).await?;
    let ids = rows.iter().map(|row| Ok(row.try_get("", "borrower_id")?)).collect::<Result<Vec<i64>>>()?;
    of_borrowers(store, &ids).await
}

/// The history of the borrower of a loan.
pub async fn of_loan(store: &Store, loan: LoanId) -> Result<ContactHistory> {
    let borrower = loan::Entity::find_by_id(loan.0).select_only().column(loan::Column::BorrowerId);
    let borrower = borrower.into_tuple::<i64>().one(&store.db).await?.ok_or(StoreError::NotFound("loan"))?;
    let found = of_borrowers(store, &[borrower]).await?.pop();
    Ok(found.map(|(_, history)| history).unwrap_or_default())
}

async fn of_borrowers(store: &Store, ids: &[i64]) -> Result<Vec<(i64, ContactHistory)>> {
    let mut all: BTreeMap<i64, ContactHistory> = ids.iter().map(|id| (*id, ContactHistory::default())).collect();
    let loans = LoanColumns::of(store, ids).await?;
    let promised = settlements::open_on(store, &loans.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    for row in loans {
        let (id, loan_ref) = (LoanId(row.id), row.loan_ref);
        let promises = promised.get(&row.id).copied().flatten().into_iter().collect();
        let facts = LoanFacts {
            id,
            loan_ref,
            originated_on: row.originated_on,
            recovered_since: row.recovered_since,
            promises,
        };
        all.entry(row.borrower_id).or_default().loans.push(facts);
    }
    for row in PaymentColumns::of(store, ids).await? {
        let from = known_from(row.paid_on, row.imported_at);
        let (loan, is_reversal) = (LoanId(row.loan_id), row.amount_minor < 0);
        let fact = PaymentFact { loan, paid_on: row.paid_on, from, is_reversal };
        all.entry(row.borrower_id).or_default().payments.push(fact);
    }
    for row in OptOutColumns::of(store, ids).await? {
        let channel = Channel::find(&row.channel).ok_or_else(|| StoreError::unreadable("opt_out.channel"))?;
        all.entry(row.borrower_id).or_default().opt_outs.push((channel, row.address, row.from_at));
    }
    for row in MessageColumns::of(store, ids).await? {
        let channel = Channel::find(&row.channel).ok_or_else(|| StoreError::unreadable("message.channel"))?;
        let message = SentMessage {
            id: row.id,
            at: row.claimed_at,
            loan: LoanId(row.loan_id),
            channel,
            recipient: row.recipient,
            carries_opt_out: row.carries_opt_out,
            carries_validation: row.carries_validation,
        };
        all.entry(row.borrower_id).or_default().messages.push(message);
    }
    let mut former: HashMap<i64, Vec<FormerWordColumns>> = HashMap::new();
    for row in FormerWordColumns::of(store, ids).await? {
        former.entry(row.contact_id).or_default().push(row);
    }
    for row in AddressColumns::of(store, ids).await? {
        let before = former.remove(&row.id).unwrap_or_default();
        all.entry(row.borrower_id).or_default().words.extend(words(row, before)?);
    }
    for (borrower, holds) in holds::of_borrowers(store, ids).await? {
        all.entry(borrower).or_default().holds = holds;
    }
    Ok(all.into_iter().collect())
}

/// The first moment at which something of a day was known.
fn known_from(day: NaiveDate, imported_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let begins = day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc();
    imported_at.map_or(begins, |at| at.max(begins))
}

/// The words on an address, the earliest first. Each was loaded when it replaced the one before.
fn words(address: AddressColumns, former: Vec<FormerWordColumns>) -> Result<Vec<ConsentWord>> {
    let unreadable = || StoreError::unreadable("borrower_contact.channel");
    let channel = ContactChannel::find(&address.channel).ok_or_else(unreadable)?;
    let mut words: Vec<ConsentWord> = Vec::with_capacity(former.len() + 1);
    let mut loaded_at = address.brought_at;
    let told = former.into_iter().map(|word| (word.has_consent, word.as_of, word.replaced_at));
    for (has_consent, as_of, replaced_at) in told.chain([(address.has_consent, address.as_of, None)]) {
        let mut from = known_from(as_of, loaded_at);
        if let Some(before) = words.last_mut() {
            from = from.max(before.from);
            before.until = Some(from);
        }
        words.push(ConsentWord { channel, address: address.value.clone(), has_consent, from, until: None });
        loaded_at = replaced_at;
    }
    Ok(words)
}
