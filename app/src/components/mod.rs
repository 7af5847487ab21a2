//! What pages are made of. Components take plain data; Tabler's classes stay in here.

pub mod brand;
pub mod caution_note;
pub mod chart;
pub mod empty;
pub mod field;
pub mod icon;
pub mod leak_note;
pub mod loaded;
pub mod page_head;
pub mod pager;
pub mod progress;
pub mod split_bar;
pub mod status_key;
pub mod table;
pub mod track_mark;
