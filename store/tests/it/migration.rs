//! Every migration, one by one, over rows that were there before it.

use crate::fixture::at;
use crate::harness::{TestDatabase, on_both_databases};
use migrations::{Migrator, MigratorTrait};

on_both_databases!(processes_that_start_at_once_make_one_schema, each_applies_over_rows_and_can_be_undone);

/// Rows of the tables that each migration makes, in the order of the migrations.
const ROWS: [&[&str]; 24] = [
    &[
        "INSERT INTO portfolio (id, name, currency, contact_rule_pack, is_demo, created_at) VALUES (1, 'P', 'USD', 'none', false, '2026-01-01T00:00:00+00:00')",
    ],
    &["INSERT INTO team (id, portfolio_id, name, track) VALUES (1, 1, 'T', 'legal')"],
    &[
        "INSERT INTO \"user\" (id, email, name, password_hash, role, portfolio_id, team_id, failed_attempts, created_at) VALUES (1, 'a@b.test', 'A', 'h', 'admin', 1, 1, 0, '2026-01-01T00:00:00+00:00')",
    ],
    &["INSERT INTO session (id, data, expires_at_ms) VALUES ('s', '{}', 1)"],
    &[
        "INSERT INTO job (id, portfolio_id, kind, payload, state, priority, run_at_ms, attempts, max_attempts, percent, message, requested_by, created_at_ms) VALUES (1, 1, 'import', '{}', 'queued', 0, 1, 0, 3, 0, '', 1, 1)",
    ],
    &[
        "INSERT INTO upload (id, portfolio_id, title, as_of, corrects, profile, notes, job_id, uploaded_by, uploaded_at, mapped_at, started_at, imported_at) VALUES (1, 1, 'f', '2026-01-31', false, 'sba', '[]', 1, 1, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')",
        "INSERT INTO upload_file (id, upload_id, number, name, path, size_bytes, sha256, rows_done, is_done, counts) VALUES (1, 1, 1, 'f', 'p', 1, 's', 1, true, '{\"rows\": 1}')",
        "INSERT INTO upload_chunk (id, upload_file_id, first_line, row_count, content) VALUES (1, 1, 2, 1, '')",
        "INSERT INTO upload_finding (id, upload_file_id, kind, line, column_name, value, reason) VALUES (1, 1, 'rejected', 2, 'c', 'v', 'r')",
        "INSERT INTO upload_count (upload_id, content) VALUES (1, '')",
        "INSERT INTO mapping_profile (id, portfolio_id, name, body, saved_by, saved_at) VALUES (1, 1, 'n', '{}', 1, '2026-01-01T00:00:00+00:00')",
    ],
    &[
        "INSERT INTO borrower (id, portfolio_id, borrower_ref, upload_file_id, as_of, name, employment_type, monthly_income_minor) VALUES (1, 1, 'B', 1, '2026-01-31', 'N', 'Salaried', 9007199254740993)",
        "INSERT INTO borrower_history (id, borrower_id, replaced_by_file_id, as_of, name) VALUES (1, 1, 1, '2026-01-31', 'M')",
        "INSERT INTO borrower_protected (borrower_id, upload_file_id, as_of, age, birth_date, gender, marital_status, dependants) VALUES (1, 1, '2026-01-31', 40, '1986-01-31', 'Female', 'Single', 2)",
        "INSERT INTO borrower_protected_history (id, borrower_id, replaced_by_file_id, as_of, age) VALUES (1, 1, 1, '2026-01-31', 39)",
        "INSERT INTO borrower_contact (id, borrower_id, upload_file_id, channel, value, as_of, has_consent) VALUES (1, 1, 1, 'email', 'a@b.test', '2026-01-31', true)",
        "INSERT INTO borrower_contact_history (id, contact_id, replaced_by_file_id, as_of, has_consent) VALUES (1, 1, 1, '2026-01-31', false)",
    ],
    &[
        "INSERT INTO loan (id, portfolio_id, borrower_id, upload_file_id, source_line, loan_ref, imported_at, as_of, loan_type, loan_amount_minor, tenure_months, interest_rate, payment_history, recovery_status, legal_action_taken) VALUES (1, 1, 1, 1, 2, 'L', '2026-01-01T00:00:00+00:00', '2026-01-31', 'Auto', 1, 1, 1.5, 'missed', 'open', true)",
        "INSERT INTO loan_history (id, loan_id, borrower_id, upload_file_id, source_line, imported_at, as_of, recovery_status) VALUES (1, 1, 1, 1, 2, '2026-01-01T00:00:00+00:00', '2025-12-31', 'open')",
        "INSERT INTO loan_paying (loan_id, as_of, paid_to_due_3m, days_since_payment, longest_late_run) VALUES (1, '2026-01-31', 0.5, 3, 2)",
        "INSERT INTO payment (id, loan_id, upload_file_id, source_line, payment_ref, paid_on, amount_minor, kind) VALUES (1, 1, 1, 2, 'P', '2026-01-15', -5, 'reversal')",
    ],
    &[
        "INSERT INTO model (id, portfolio_id, version, options, figures, segmentation, notes, artifact, data_hash, fitted_by, fitted_at, promoted_at) VALUES (1, 1, 1, '{}', '{}', '{}', '[]', '', 'd', 1, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')",
        "INSERT INTO model_training (model_id, content) VALUES (1, '')",
    ],
    &[
        "INSERT INTO policy (id, portfolio_id, version, legal_above, settlement_from, body, note, drafted_by, drafted_at, approved_at, decided_by, rationale) VALUES (1, 1, 1, 0.75, 0.5, '{}', '', '[]', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', 1, '')",
        "INSERT INTO policy_term (id, policy_id, starts_at) VALUES (1, 1, '2026-01-01T00:00:00+00:00')",
    ],
    &[
        "INSERT INTO scoring (id, portfolio_id, model_id, policy_id, job_id, loans, is_whole, scored_at) VALUES (1, 1, 1, 1, 1, 1, true, '2026-01-01T00:00:00+00:00')",
    ],
    &[
        "INSERT INTO decision (id, loan_id, scoring_id, model_id, policy_id, score, score_source, segment, is_high_risk, track, propensity, input_hash, occasion, decided_at) VALUES (1, 1, 1, 1, 1, 0.5, 'model', 0, false, 'settlement', 1, -9007199254740993, 'new', '2026-01-01T00:00:00+00:00')",
        "UPDATE loan SET current_decision_id = 1",
    ],
    &[
        "INSERT INTO portfolio_summary (portfolio_id, body, scores, as_of) VALUES (1, '{}', '[]', '2026-01-01T00:00:00+00:00')",
    ],
    &[],
    &[
        "INSERT INTO recovery_case (id, portfolio_id, loan_id, track, policy_id, opened_at, next_step, next_at) VALUES (1, 1, 1, 'standard', 1, '2026-01-01T00:00:00+00:00', 1, '2026-01-02T00:00:00+00:00')",
        "INSERT INTO action (id, case_id, step, kind, state, detail, decided_at) VALUES (1, 1, 0, 'email_reminder', 'queued', '', '2026-01-01T00:00:00+00:00')",
        "INSERT INTO gate_check (id, case_id, step, kind, channel, address, pack, pack_version, answer, asked_at) VALUES (1, 1, 0, 'email', 'email', 'a@b.test', 'none', 1, '{}', '2026-01-01T00:00:00+00:00')",
        "INSERT INTO message (id, portfolio_id, action_id, loan_id, borrower_id, channel, recipient, subject, body, opt_out_token, created_at, next_try_at, attempts, error) VALUES (1, 1, 1, 1, 1, 'email', 'a@b.test', 's', 'b', 't', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', 0, '')",
        "INSERT INTO opt_out (id, borrower_id, channel, address, source, message_id, from_at) VALUES (1, 1, 'email', 'a@b.test', 'link', 1, '2026-01-01T00:00:00+00:00')",
    ],
    &[
        "INSERT INTO settlement (id, portfolio_id, loan_id, kind, balance_minor, amount_minor, haircut_percent, first_payment_minor, expires_on, pay_by, reason, grace_days, paid_from_percent, missed_max, drafted_by, drafted_at, offered_at, withdrawn_reason, email_at) VALUES (1, 1, 1, 'offer', 100, 90, 10, 0, '2026-02-01', '2026-03-01', '', 5, 100, 1, 1, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00', '', '2026-01-01T00:00:00+00:00')",
        "INSERT INTO settlement_instalment (id, settlement_id, number, due_on, amount_minor, paid_minor, standing) VALUES (1, 1, 1, '2026-03-01', 90, 0, 'open')",
    ],
    &[
        "INSERT INTO legal_notice (id, portfolio_id, loan_id, case_id, action_id, content, drafted_at, edited_by, rationale, service_proof) VALUES (1, 1, 1, 1, 1, '{}', '2026-01-01T00:00:00+00:00', '[]', '', '')",
    ],
    &[
        "INSERT INTO hold (id, loan_id, borrower_id, kind, scope, from_at, note, set_by, ended_note) VALUES (1, 1, 1, 'dispute', 'person', '2026-01-01T00:00:00+00:00', 'n', 1, '')",
    ],
    &[
        "INSERT INTO letter (id, portfolio_id, message_id, case_id, settlement_id, recipient, proof) VALUES (1, 1, 1, 1, 1, '[]', '')",
    ],
    &[
        "INSERT INTO template_version (id, portfolio_id, code, version, subject, body, note, saved_at) VALUES (1, 1, 'payment-letter', 1, 's', 'b', '', '2026-01-01T00:00:00+00:00')",
    ],
    &[
        "INSERT INTO loan_watch (loan_id, seen, cleared_at) VALUES (1, '{}', '2026-01-01T00:00:00+00:00')",
        "INSERT INTO alert (id, portfolio_id, loan_id, kind, was, became, on_day, raised_at, decision_id) VALUES (1, 1, 1, 'payment', '{}', '{}', '2026-01-31', '2026-01-01T00:00:00+00:00', 1)",
    ],
    &[
        "INSERT INTO track_override (id, portfolio_id, loan_id, track, reason, made_by, made_at, ended_reason) VALUES (1, 1, 1, 'legal', 'r', 1, '2026-01-01T00:00:00+00:00', '')",
    ],
    &["INSERT INTO action_cost (portfolio_id, kind, cost_minor) VALUES (1, 'call', 9007199254740993)"],
    &[
        "INSERT INTO breach (id, portfolio_id, loan_id, notice_id, at, answer, reason, recorded_by, recorded_at) VALUES (1, 1, 1, 1, '2026-01-01T00:00:00+00:00', '{}', 'r', 1, '2026-01-01T00:00:00+00:00')",
    ],
];

async fn each_applies_over_rows_and_can_be_undone(db: TestDatabase) {
    assert_eq!(Migrator::migrations().len(), ROWS.len(), "each migration brings rows for the next ones");
    for rows in ROWS {
        Migrator::up(&db.raw, Some(1)).await.unwrap();
        for row in rows {
            assert_eq!(db.execute(row).await, 1, "{row}");
        }
    }
    assert!(Migrator::get_pending_migrations(&db.raw).await.unwrap().is_empty());
    assert_eq!(db.number("SELECT monthly_income_minor FROM borrower").await, 9_007_199_254_740_993);
    assert_eq!(db.number("SELECT current_decision_id FROM loan").await, 1);
    // What was there before is read by today's code.
    let portfolio = store::portfolios::first(&db.store).await.unwrap().unwrap();
    let found = store::users::find_for_sign_in(&db.store, "A@b.test").await.unwrap().unwrap();
    assert_eq!(found.user.team.unwrap().track, domain::track::Track::Legal);
    let loans = store::loans::all_for_training(&db.store, portfolio.id).await.unwrap();
    assert_eq!(loans.len(), 1);
    let scope = domain::access::Scope::whole(portfolio.id);
    assert_eq!(store::loans::history(&db.store, scope, loans[0].0).await.unwrap().len(), 2);
    let upload = store::uploads::list(&db.store, scope, 1).await.unwrap().remove(0);
    assert_eq!((upload.state, upload.counts().rows), (domain::upload::UploadState::Imported, 1));

    for _ in ROWS {
        Migrator::down(&db.raw, Some(1)).await.unwrap();
    }
    assert!(Migrator::get_applied_migrations(&db.raw).await.unwrap().is_empty());
    db.store.migrate().await.unwrap();
    db.store.migrate().await.unwrap();
    assert!(store::demo::is_empty(&db.store).await.unwrap());
    let made =
        store::portfolios::create(&db.store, crate::fixture::ACTOR, "New", domain::money::Currency::USD, false, at(0));
    made.await.unwrap();
}

async fn processes_that_start_at_once_make_one_schema(db: TestDatabase) {
    let (one, other) = (db.another_process().await, db.another_process().await);
    let (first, second, third) = tokio::join!(db.store.migrate(), one.migrate(), other.migrate());
    for made in [first, second, third] {
        made.unwrap();
    }
    assert!(store::demo::is_empty(&db.store).await.unwrap());
}
