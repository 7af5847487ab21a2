//! The vocabulary of loan recovery and its pure rules.
//!
//! Nothing here does I/O, reads a clock or draws a random number: times, dates and seeds are
//! arguments. The crate compiles for the browser too, so that both sides speak of the same things.

pub mod access;
pub mod arrears;
pub mod borrower;
pub mod case;
pub mod champion;
pub mod contact;
pub mod contact_history;
pub mod contact_rules;
pub mod cost;
pub mod count;
pub mod decision;
pub mod feature;
pub mod field;
pub mod follow_up;
pub mod gate;
pub mod hold;
pub mod id;
pub mod insight;
pub mod job;
pub mod letter;
pub mod listing;
pub mod loan;
pub mod mapping;
pub mod model;
pub mod money;
pub mod notice;
pub mod paying;
pub mod payment;
pub mod policy;
pub mod preview;
pub mod reason;
pub mod scoring_report;
pub mod segment;
pub mod settlement;
pub mod summary;
pub mod team;
pub mod template;
pub mod track;
pub mod upload;
pub mod validation;
pub mod warning;
pub mod watch;
pub mod zone;
