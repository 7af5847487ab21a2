//! The words that columns are called by.

use domain::field::{Field, FileKind};

/// Names of fields, with bars between them, in plain words: `tokens` brings what files write into the same form.
pub(super) const NAMES: [(Field, &str); 40] = [
    (
        Field::LoanId,
        "loan id|loan number|loan account number|account number|account id|contract id|contract number|facility id|\
         agreement number|agreement id|loan sequence id|lan|loannr chkdgt|loan nr chk dgt",
    ),
    (
        Field::BorrowerId,
        "borrower id|borrower number|customer id|customer number|client id|client number|member id|cif|cif number|\
         party id|debtor id|obligor id|applicant id|person id",
    ),
    (
        Field::AsOf,
        "as of|as of date|report date|reporting date|reporting period|monthly reporting period|snapshot date|\
         observation date|cut off date|cutoff date|position date|month end|month end date|data date|business date",
    ),
    (
        Field::LoanType,
        "loan type|product|product type|loan product|loan purpose|scheme|facility type|product name|product code|\
         loan category|listing category|credit type",
    ),
    (
        Field::LoanAmount,
        "loan amount|sanctioned amount|sanction amount|disbursed amount|disbursement amount|disbursement gross|\
         principal amount|funded amount|original amount|loan original amount|original upb|original balance|\
         original principal|amount financed|finance amount|credit limit|limit balance|approved amount|gross approved|\
         credit amount|loan size|amount disbursed|amount sanctioned|borrowed amount",
    ),
    (
        Field::OriginatedOn,
        "original date|loan original date|disbursement date|disbursal date|disbursed on|issue date|issue d|loan date|\
         loan start date|start date|open date|date opened|opened|opened on|opening date|origination|account open date|booking date|sanction date|contract date|\
         funded date|funding date|first payment date",
    ),
    (
        Field::TenureMonths,
        "tenure|loan tenure|loan term|original term|original loan term|tenor|loan tenor|duration|loan duration|\
         number of instalment|repayment period|term in",
    ),
    (
        Field::InterestRate,
        "interest rate|rate of interest|roi|annual rate|apr|coupon|borrower rate|note rate|current interest rate|\
         original interest rate|nominal rate|annual interest rate|current rate|original rate",
    ),
    (
        Field::CollateralValue,
        "collateral value|collateral|collateral amount|security value|property value|asset value|appraised value|\
         appraisal value|vehicle value|value of collateral|market value|valuation",
    ),
    (
        Field::OutstandingAmount,
        "outstanding amount|outstanding loan amount|outstanding balance|outstanding principal|outstanding|\
         outstanding principal balance|current balance|principal outstanding|pos|upb|current upb|unpaid principal balance|\
         current actual upb|remaining balance|remaining principal|exposure|ead|amount outstanding|balance gross|\
         balance outstanding|bill amount1|loan balance|principal balance|total outstanding",
    ),
    (
        Field::MonthlyInstalment,
        "monthly emi|emi|emi amount|instalment|monthly instalment|monthly payment|monthly loan payment|\
         instalment amount|scheduled payment|repayment amount|monthly repayment|payment due",
    ),
    (
        Field::PaymentHistory,
        "payment history|repayment history|payment behaviour|payment behavior|repayment record|payment record|\
         repayment behaviour",
    ),
    (
        Field::MissedPayments,
        "missed payment|number missed payment|missed|missed 12m|missed in 12 month|missed 12 month|missed emi|missed instalment|number of missed payment|emi bounce|\
         bounced emi|missed count|overdue instalment|number of overdue instalment|delinquent instalment|late payment",
    ),
    (
        Field::DaysPastDue,
        "day past due|dpd|day overdue|overdue day|day delinquent|delinquent day|arrear day|day in arrear|day late|\
         loan current day delinquent|month past due|current loan delinquency status|delinquency status|day arrear|pay 0",
    ),
    (
        Field::RecoveryStatus,
        "recovery status|loan status|mis status|account status|outcome|loan outcome|default payment|defaulted|\
         default payment next month|loan default|is default|default flag|npa flag|bad flag|charge off flag|\
         repayment status",
    ),
    (
        Field::ChargedOffOn,
        "charge off date|charged off date|chgoff date|chg off date|date charged off|write off date|written off date|\
         writeoff date|chargeoff date|default date|npa date|charged off on",
    ),
    (
        Field::ChargedOffAmount,
        "charge off amount|charged off amount|chg off principal gr|write off amount|written off amount|\
         gross principal loss|lp gross principal loss|loss amount|chargeoff amount|writeoff amount|amount written off",
    ),
    (
        Field::RecoveredAmount,
        "recovered amount|recovery amount|recovery|actual recovery amount|amount recovered|amount collected|\
         collected amount|total recovered|total recovery|net sale proceeds|lp non principal recoverypayment",
    ),
    (
        Field::CollectionAttempts,
        "collection attempt|contact attempt|number of contact|call attempt|number of call|number of attempt|\
         recovery attempt",
    ),
    (
        Field::CollectionMethod,
        "collection method|collection strategy|recovery strategy|recovery method|collection channel|collection agency",
    ),
    (
        Field::LegalActionTaken,
        "legal action taken|legal action|legal flag|suit filed|legal case|litigation|legal proceedings",
    ),
    (
        Field::EmploymentType,
        "employment type|employment status|employment|occupation|occupation type|job type|profession|income type|\
         employment category",
    ),
    (
        Field::MonthlyIncome,
        "monthly income|income|income month|income monthly|salary|monthly salary|annual income|yearly income|annual inc|net monthly income|\
         stated monthly income|gross income|net income|applicant income|household income",
    ),
    (Field::BorrowerName, "borrower name|customer name|client name|full name|applicant name|debtor name|member name"),
    (Field::Age, "age|borrower age|customer age|client age|age year|applicant age"),
    (Field::BirthDate, "birth date|date of birth|dob|birthday|birth number|birthdate"),
    (Field::Gender, "gender|sex|gender code"),
    (Field::MaritalStatus, "marital status|marriage|married|civil status|family status"),
    (
        Field::Dependants,
        "dependant|dependent|number dependent|number of dependent|number of child|child|number dependant",
    ),
    (Field::Email, "email|e mail|email address|mail"),
    (Field::EmailConsent, "email consent|email opt in|consent email"),
    (Field::Phone, "phone|mobile|telephone|phone number|mobile number|contact number|cell phone"),
    (Field::PhoneConsent, "phone consent|sms consent|call consent|phone opt in|consent phone"),
    (Field::Address, "address|postal address|street address|residence|home address|mailing address"),
    (
        Field::PaymentId,
        "payment id|payment number|transaction id|transaction number|trans id|txn id|receipt number|receipt id|utr",
    ),
    (
        Field::PaidOn,
        "payment date|date of payment|paid on|date paid|paid date|transaction date|txn date|trans date|posting date|\
         receipt date|collection date",
    ),
    (
        Field::PaymentAmount,
        "payment amount|amount paid|paid amount|transaction amount|txn amount|trans amount|receipt amount|payment",
    ),
    (Field::PaymentKind, "payment kind|payment type|transaction type|txn type|trans type|kind of payment"),
    (Field::ReversalOf, "reversal of|reversed payment|original transaction id|reverses"),
    (Field::Extra, ""),
];

/// Names that say little by themselves, and what they mean in a file of a kind.
pub(super) const VAGUE: [(FileKind, Field, &str); 19] = [
    (FileKind::Loans, Field::LoanId, "id|key|loan|account|agreement|contract"),
    (FileKind::Loans, Field::BorrowerId, "client|customer|borrower|member|debtor"),
    (FileKind::Loans, Field::LoanAmount, "amount|principal|limit"),
    (FileKind::Loans, Field::OutstandingAmount, "balance|due"),
    (FileKind::Loans, Field::OriginatedOn, "date|approval date"),
    (FileKind::Loans, Field::TenureMonths, "term|month"),
    (FileKind::Loans, Field::InterestRate, "rate|interest"),
    (FileKind::Loans, Field::MonthlyInstalment, "payment"),
    (FileKind::Loans, Field::RecoveryStatus, "status|default|target|bad|good"),
    (FileKind::Loans, Field::LoanType, "purpose|type"),
    (FileKind::Loans, Field::BorrowerName, "name|client|customer|borrower|member|debtor"),
    (FileKind::Loans, Field::CollectionAttempts, "attempt|call"),
    (FileKind::Payments, Field::PaymentId, "id|reference"),
    (FileKind::Payments, Field::PaidOn, "date"),
    (FileKind::Payments, Field::PaymentAmount, "amount|value"),
    (FileKind::Payments, Field::PaymentKind, "type|kind"),
    (FileKind::Payments, Field::LoanId, "loan|account|agreement|contract"),
    (FileKind::Borrowers, Field::BorrowerId, "id|key|number|client|customer|borrower|member|debtor"),
    (FileKind::Borrowers, Field::BorrowerName, "name|client|customer|borrower|member|debtor"),
];

/// How files shorten the words of [`NAMES`], or say them otherwise. The plural has gone by then.
pub(super) const SHORT: [(&str, &str); 50] = [
    ("amt", "amount"),
    ("amnt", "amount"),
    ("acct", "account"),
    ("acc", "account"),
    ("ac", "account"),
    ("no", "number"),
    ("nr", "number"),
    ("num", "number"),
    ("nbr", "number"),
    ("identifier", "id"),
    ("ref", "id"),
    ("reference", "id"),
    ("key", "id"),
    ("cust", "customer"),
    ("dt", "date"),
    ("dte", "date"),
    ("int", "interest"),
    ("os", "outstanding"),
    ("out", "outstanding"),
    ("outst", "outstanding"),
    ("outstd", "outstanding"),
    ("inc", "income"),
    ("rec", "recovery"),
    ("mthly", "monthly"),
    ("bal", "balance"),
    ("pmt", "payment"),
    ("pymnt", "payment"),
    ("paymt", "payment"),
    ("prin", "principal"),
    ("prncp", "principal"),
    ("prncpl", "principal"),
    ("orig", "original"),
    ("origination", "original"),
    ("curr", "current"),
    ("cur", "current"),
    ("disb", "disbursement"),
    ("installment", "instalment"),
    ("inst", "instalment"),
    ("emp", "employment"),
    ("mth", "month"),
    ("mon", "month"),
    ("yr", "year"),
    ("recoverie", "recovery"),
    ("children", "child"),
    ("tel", "phone"),
    ("mob", "mobile"),
    ("loanid", "loan id"),
    ("sanc", "sanctioned"),
    ("stat", "status"),
    ("statu", "status"),
];

/// Words that tell the unit, and no name.
pub(super) const UNITS: [&str; 24] = [
    "pct",
    "percent",
    "percentage",
    "usd",
    "eur",
    "inr",
    "gbp",
    "czk",
    "chf",
    "twd",
    "aud",
    "cad",
    "jpy",
    "month",
    "year",
    "day",
    "thousand",
    "lakh",
    "crore",
    "million",
    "value",
    "the",
    "in",
    "k",
];
