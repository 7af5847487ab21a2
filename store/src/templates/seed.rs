//! The program's own words, as the first version of each template.

use crate::error::Result;
use domain::template::TEMPLATES;
use sea_orm::{ConnectionTrait, Statement};

/// Gives every portfolio the program's words for templates of which it has none: new portfolios all, others those that came with
/// a later program.
pub(crate) async fn seed(tx: &impl ConnectionTrait) -> Result<()> {
    let sql = "INSERT INTO template_version (portfolio_id, code, version, subject, body, note, saved_at) \
               SELECT p.id, CAST($1 AS text), 1, CAST($2 AS text), CAST($3 AS text), '', p.created_at FROM portfolio p \
               WHERE NOT EXISTS (SELECT 1 FROM template_version t WHERE t.portfolio_id = p.id AND t.code = CAST($1 AS text))";
    for template in &TEMPLATES {
        let values = [template.code.into(), template.subject.into(), template.body.into()];
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}
