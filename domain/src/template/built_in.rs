//! The texts that come with the program: the first version of each.

use super::Template;
use crate::contact::Channel;
use crate::policy::plan::TreatmentKind;

/// What US rules want a borrower to be told of a debt. A letter of its own, or the end of the first message.
pub const VALIDATION_NOTICE: &str = "validation-notice";

/// All texts that come with the program.
pub static TEMPLATES: [Template; 10] = [
    Template {
        code: "payment-reminder",
        title: "Payment reminder",
        kind: TreatmentKind::EmailReminder,
        channel: Channel::Email,
        subject: "A payment on loan {{loan}} is late",
        body: "Dear {{borrower}},\n\n\
               a payment on your loan {{loan}} is {{overdue_days}} days late. Your monthly instalment is {{instalment}}; {{outstanding}} is \
               outstanding in all.\n\n\
               If you have paid in the last days, you need do nothing. If you cannot pay now, answer this message: we would rather \
               find a way that works for you.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "second-reminder",
        title: "Second reminder",
        kind: TreatmentKind::EmailReminder,
        channel: Channel::Email,
        subject: "Loan {{loan}}: {{missed_payments}} payments are missing",
        body: "Dear {{borrower}},\n\n\
               we wrote to you about your loan {{loan}}. {{missed_payments}} payments are missing by now, the oldest of them for \
               {{overdue_days}} days.\n\n\
               Please pay {{instalment}}, or answer this message and tell us what you can pay, and when. We can agree on smaller \
               instalments.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "payment-reminder-sms",
        title: "Payment reminder, SMS",
        kind: TreatmentKind::SmsReminder,
        channel: Channel::Sms,
        subject: "",
        body: "{{lender}}: a payment on loan {{loan}} is {{overdue_days}} days late. Questions? Call us. Reply STOP for no more messages. {{opt_out}}",
    },
    Template {
        code: "payment-letter",
        title: "Payment letter",
        kind: TreatmentKind::Letter,
        channel: Channel::Post,
        subject: "Your loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               payments on your loan {{loan}} are {{overdue_days}} days late; {{outstanding}} is outstanding. Please pay, or call us to agree \
               on instalments that you can keep.\n\n\
               {{lender}}, {{today}}\n",
    },
    Template {
        code: VALIDATION_NOTICE,
        title: "Validation notice",
        kind: TreatmentKind::Letter,
        channel: Channel::Post,
        subject: "Your loan {{loan}}: what is owed, and your rights",
        body: "About this debt: {{lender}} is collecting what is owed on loan {{loan}}. On {{today}} that is {{outstanding}} in all.\n\n\
               You may dispute the debt, or a part of it, in writing within 30 days of receiving this. We then stop collecting what is \
               disputed until we have sent you the proof of it. Within the same time you may ask in writing for the name and address \
               of the original lender, where it is another one.\n\n\
               If you do not dispute the debt within 30 days, we will take it to be right.\n",
    },
    Template {
        code: "notice-before-action",
        title: "Notice before action",
        kind: TreatmentKind::LegalNotice,
        channel: Channel::Post,
        subject: "Notice before legal action: loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               your loan {{loan}} is {{overdue_days}} days past due. We have decided to ask a court for what is owed, unless you pay or \
               agree with us on a way to pay within 30 days of receiving this notice.\n\n\
               You may dispute the debt or ask how it was computed, in writing, and you may seek free advice on debt.\n\n\
               {{lender}}, {{today}}\n",
    },
    Template {
        code: "settlement-offer",
        title: "Settlement offer",
        kind: TreatmentKind::SettlementOffer,
        channel: Channel::Email,
        subject: "An offer to settle loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We offer to settle it for {{to_pay}}: once that is paid as below, the \
               remaining {{let_go}} is no longer owed.\n\n\
               {{payments}}\n\n\
               The offer is open until {{open_until}}. To accept it, answer this message or call us. You may take advice first, and you \
               may tell us what else you could pay.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "settlement-offer-letter",
        title: "Settlement offer, letter",
        kind: TreatmentKind::SettlementOffer,
        channel: Channel::Post,
        subject: "An offer to settle loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We offer to settle it for {{to_pay}}: once that is paid as below, the \
               remaining {{let_go}} is no longer owed.\n\n\
               {{payments}}\n\n\
               The offer is open until {{open_until}}. To accept it, write to us or call us. You may take advice first, and you may tell \
               us what else you could pay.\n\n\
               {{lender}}, {{today}}\n",
    },
    Template {
        code: "repayment-plan",
        title: "Repayment plan",
        kind: TreatmentKind::RepaymentPlan,
        channel: Channel::Email,
        subject: "A repayment plan for loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We propose that you pay {{to_pay}} in these instalments:\n\n\
               {{payments}}\n\n\
               If you agree, answer this message or call us by {{open_until}}. Should you be unable to pay one of them later, tell us \
               before it is due: we would rather change the plan than end it.\n\n\
               {{lender}}, {{today}}\n\n\
               You do not want these messages by e-mail? {{opt_out}}\n",
    },
    Template {
        code: "repayment-plan-letter",
        title: "Repayment plan, letter",
        kind: TreatmentKind::RepaymentPlan,
        channel: Channel::Post,
        subject: "A repayment plan for loan {{loan}}",
        body: "Dear {{borrower}},\n\n\
               {{outstanding}} is outstanding on your loan {{loan}}. We propose that you pay {{to_pay}} in these instalments:\n\n\
               {{payments}}\n\n\
               If you agree, write to us or call us by {{open_until}}. Should you be unable to pay one of them later, tell us before it is \
               due: we would rather change the plan than end it.\n\n\
               {{lender}}, {{today}}\n",
    },
];
