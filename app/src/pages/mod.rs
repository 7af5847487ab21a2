//! One folder a page: the page with its resources, its server functions, what it draws.

pub mod alerts;
pub mod dashboard;
pub mod frame;
pub mod letters;
pub mod loan;
pub mod loans;
pub mod models;
pub mod new_upload;
pub mod not_found;
pub mod notice;
pub mod notices;
pub mod opt_out;
pub mod policy;
pub mod segments;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod strategies;
pub mod template;
pub mod templates;
pub mod upload;
pub mod uploads;
pub mod work_queue;
