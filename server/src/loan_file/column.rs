//! The 21 columns of a loan file, under the names of the reference analysis.

macro_rules! columns {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// A column of a loan file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Column { $($variant),+ }

        impl Column {
            pub(super) const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];
            pub(super) const COUNT: usize = Self::ALL.len();

            /// The name as the reference file spells it.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

columns! {
    BorrowerId = "Borrower_ID",
    Age = "Age",
    Gender = "Gender",
    EmploymentType = "Employment_Type",
    MonthlyIncome = "Monthly_Income",
    Dependants = "Num_Dependents",
    LoanId = "Loan_ID",
    LoanAmount = "Loan_Amount",
    LoanTenure = "Loan_Tenure",
    InterestRate = "Interest_Rate",
    LoanType = "Loan_Type",
    CollateralValue = "Collateral_Value",
    OutstandingAmount = "Outstanding_Loan_Amount",
    MonthlyInstalment = "Monthly_EMI",
    PaymentHistory = "Payment_History",
    MissedPayments = "Num_Missed_Payments",
    DaysPastDue = "Days_Past_Due",
    RecoveryStatus = "Recovery_Status",
    CollectionAttempts = "Collection_Attempts",
    CollectionMethod = "Collection_Method",
    LegalActionTaken = "Legal_Action_Taken",
}

impl Column {
    /// The column that a header cell names, whatever its case, blanks, hyphens and underscores.
    pub(super) fn find(cell: &str) -> Option<Self> {
        let wanted = squeezed(cell);
        Self::ALL.into_iter().find(|column| squeezed(column.name()) == wanted)
    }
}

/// A name without what people vary: case, blanks, hyphens, underscores.
pub(super) fn squeezed(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '_' | '-')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_spelling() {
        let check = |cell, expected| assert_eq!(Column::find(cell), expected, "{cell}");
        check("Loan_Amount", Some(Column::LoanAmount));
        check("loan amount", Some(Column::LoanAmount));
        check("LOAN-AMOUNT", Some(Column::LoanAmount));
        check("Loan Amounts", None);
        check("", None);
    }
}
