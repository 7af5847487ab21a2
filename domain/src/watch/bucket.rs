//! Arrears by days past due.

use crate::loan::words;
use serde::{Deserialize, Serialize};

words!(
    /// The field's buckets of days past due.
    Bucket {
        Current = "0", "0";
        Days1To30 = "1-30", "1–30";
        Days31To60 = "31-60", "31–60";
        Days61To90 = "61-90", "61–90";
        Days91To120 = "91-120", "91–120";
        Days121To180 = "121-180", "121–180";
        Over180 = "180+", "over 180";
    }
);

impl Bucket {
    pub fn of(days_past_due: u32) -> Self {
        match days_past_due {
            0 => Self::Current,
            1..=30 => Self::Days1To30,
            31..=60 => Self::Days31To60,
            61..=90 => Self::Days61To90,
            91..=120 => Self::Days91To120,
            121..=180 => Self::Days121To180,
            _ => Self::Over180,
        }
    }
}
