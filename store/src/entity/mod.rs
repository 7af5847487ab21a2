//! The tables, as SeaORM sees them. Private to this crate.
#![expect(unreachable_pub, reason = "SeaORM's derives make their items public")]
#![expect(clippy::struct_field_names, reason = "columns are named as in the database")]

pub mod action;
pub mod action_cost;
pub mod alert;
pub mod audit_event;
pub mod audit_head;
pub mod borrower;
pub mod borrower_protected;
pub mod breach;
pub mod decision;
pub mod gate_check;
pub mod hold;
pub mod job;
pub mod legal_notice;
pub mod letter;
pub mod loan;
pub mod loan_arrears;
pub mod loan_paying;
pub mod loan_watch;
pub mod mapping_profile;
pub mod message;
pub mod model;
pub mod model_training;
pub mod opt_out;
pub mod policy;
pub mod policy_term;
pub mod portfolio;
pub mod portfolio_summary;
pub mod recovery_case;
pub mod scoring;
pub mod session;
pub mod settlement;
pub mod settlement_instalment;
pub mod team;
pub mod template_version;
pub mod track_override;
pub mod upload;
pub mod upload_chunk;
pub mod upload_count;
pub mod upload_file;
pub mod upload_finding;
pub mod user;
