//! What makes a loan be decided on.

use crate::loan::words;
use serde::{Deserialize, Serialize};

words!(
    /// What made somebody look at a loan and decide.
    Occasion {
        New = "new", "The loan was new.";
        Changed = "changed", "What the model looks at had changed.";
        Policy = "policy", "Another policy had come into force.";
        Training = "training", "A model was trained.";
        Event = "event", "Something happened on the loan.";
    }
);
