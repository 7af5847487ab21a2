//! What the card of settlements shows, worked out of what is on file and what a form asks for.

use super::asked::Asked;
use chrono::NaiveDate;
use domain::access::Role;
use domain::money::{Currency, Money};
use domain::policy::version::PolicyBody;
use domain::settlement::view::{Basis, SettlementView};
use domain::settlement::worth::{Assumptions, Worth};
use domain::settlement::{
    Affordability, Instalment, OfferTerms, PlanTerms, SettlementKind, TermsFault, expect_authority,
};
use serde::{Deserialize, Serialize};

/// The card with its forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub loan: i64,
    pub currency: Currency,
    pub today: NaiveDate,
    pub basis: Basis,
    /// How much who looks may let go, in percent.
    pub band_percent: u8,
    /// The newest first.
    pub settlements: Vec<SettlementView>,
    /// What stands in the forms.
    pub fields: Asked,
    /// What the form that was sent would come to; nothing where none was.
    pub preview: Option<Preview>,
    /// What the terms in the forms are worth beside waiting and legal action; empty where that cannot be told.
    pub choices: Vec<Worth>,
    pub assumptions: Assumptions,
    /// Whether e-mails leave: treatments are carried out.
    pub treats: bool,
}

/// What terms would come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub kind: SettlementKind,
    pub amount: Money,
    pub haircut_percent: u8,
    /// Empty where the terms cannot be.
    pub instalments: Vec<Instalment>,
    /// Of plans alone.
    pub affordability: Option<Affordability>,
    /// Why they would be refused, if they were sent now.
    pub faults: Vec<String>,
}

/// What a board is made of.
#[derive(Clone, Debug)]
pub struct Known {
    pub loan: i64,
    pub currency: Currency,
    pub today: NaiveDate,
    pub basis: Basis,
    pub role: Role,
    pub policy: PolicyBody,
    pub settlements: Vec<SettlementView>,
    pub treats: bool,
}

impl Board {
    pub fn new(known: Known, asked: &Asked) -> Self {
        let Known { loan, currency, today, basis, role, policy, settlements, treats } = known;
        let band_percent = policy.haircut_max_percent(role);
        let usual = Asked::usual(&basis, policy.offers, band_percent, today, currency);
        // A form that was sent keeps what was written; the other one keeps its usual terms.
        let fields = match asked.kind() {
            None => usual,
            Some(SettlementKind::Offer) => Asked {
                amount: usual.amount,
                count: usual.count,
                start_on: usual.start_on,
                interval: usual.interval,
                limitation_on: usual.limitation_on,
                reason: usual.reason,
                ..asked.clone()
            },
            Some(SettlementKind::Plan) => Asked {
                haircut: usual.haircut,
                first_payment: usual.first_payment,
                expires_on: usual.expires_on,
                pay_by: usual.pay_by,
                ..asked.clone()
            },
        };
        let offer = fields.offer(basis.balance, currency).map(|terms| {
            let faults = [terms.check(today), expect_authority(terms.haircut_percent, role, &policy)];
            of_offer(terms, faults.into_iter().filter_map(Result::err).collect())
        });
        let plan = fields.plan(basis.balance, currency).map(|(terms, limitation_on)| {
            let affordability = Affordability { income: basis.income, others: basis.others, proposed: terms.a_month() };
            let checked = terms.check(today, limitation_on.or(basis.limitation_on));
            let band = expect_authority(terms.haircut_percent(), role, &policy);
            let faults = [band, affordability.check(&fields.reason)];
            let faults = checked.as_ref().err().cloned().into_iter().chain(faults.into_iter().filter_map(Result::err));
            of_plan(terms, checked.clone().unwrap_or_default(), affordability, faults.collect())
        });
        let shown = [&offer, &plan].into_iter().flatten();
        let shown: Vec<(SettlementKind, &[Instalment])> = shown
            .filter(|terms| !terms.instalments.is_empty())
            .map(|terms| (terms.kind, terms.instalments.as_slice()))
            .collect();
        let assumptions = Assumptions::default();
        let choices = match (basis.balance, basis.score) {
            (Some(balance), Some(score)) if balance > Money::ZERO => assumptions.compare(balance, score, &shown, today),
            _ => Vec::new(),
        };
        let preview = asked.kind().map(|kind| {
            let found = if kind == SettlementKind::Offer { offer } else { plan };
            found.unwrap_or_else(|fault| Preview {
                kind,
                amount: Money::ZERO,
                haircut_percent: 0,
                instalments: Vec::new(),
                affordability: None,
                faults: vec![fault],
            })
        });
        Self { loan, currency, today, basis, band_percent, settlements, fields, preview, choices, assumptions, treats }
    }

    /// The settlement of which something may still come.
    pub fn open(&self) -> Option<&SettlementView> {
        self.settlements.iter().find(|settlement| settlement.state.is_open())
    }
}

fn of_offer(terms: OfferTerms, faults: Vec<TermsFault>) -> Preview {
    let can_be = terms.balance > Money::ZERO && terms.amount() > Money::ZERO;
    Preview {
        kind: SettlementKind::Offer,
        amount: terms.amount(),
        haircut_percent: terms.haircut_percent,
        instalments: if can_be { terms.instalments() } else { Vec::new() },
        affordability: None,
        faults: faults.iter().map(TermsFault::to_string).collect(),
    }
}

fn of_plan(
    terms: PlanTerms,
    instalments: Vec<Instalment>,
    affordability: Affordability,
    faults: Vec<TermsFault>,
) -> Preview {
    Preview {
        kind: SettlementKind::Plan,
        amount: terms.amount,
        haircut_percent: terms.haircut_percent(),
        instalments,
        affordability: Some(affordability),
        faults: faults.iter().map(TermsFault::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::settlement::worth::Choice;

    fn known(role: Role) -> Known {
        Known {
            loan: 1,
            currency: Currency::USD,
            today: NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"),
            basis: Basis {
                balance: Some(Money::from_minor(100_000)),
                income: Some(Money::from_minor(50_000)),
                others: Money::ZERO,
                score: Some(0.6),
                limitation_on: None,
                is_recovered: false,
                has_case: true,
            },
            role,
            policy: PolicyBody::default(),
            settlements: Vec::new(),
            treats: false,
        }
    }

    #[test]
    fn choices_stand_beside_each_other_before_anybody_asks() {
        let board = Board::new(known(Role::Agent), &Asked::default());
        let choices: Vec<Choice> = board.choices.iter().map(|worth| worth.choice).collect();
        assert_eq!(choices, [Choice::Offer, Choice::Plan, Choice::Wait, Choice::Legal]);
        assert_eq!((board.preview, board.band_percent, board.fields.haircut.as_str()), (None, 10, "10"));
        let mut undecided = known(Role::Agent);
        undecided.basis.score = None;
        assert!(Board::new(undecided, &Asked::default()).choices.is_empty());
    }

    #[test]
    fn a_preview_tells_what_would_be_refused() {
        let usual = Board::new(known(Role::Agent), &Asked::default()).fields;
        let preview = |asked: &Asked| Board::new(known(Role::Agent), asked).preview.expect("one was asked for");
        let offer = Asked { kind: "offer".to_owned(), haircut: "25".to_owned(), ..usual.clone() };
        let found = preview(&offer);
        assert_eq!((found.amount, found.instalments.len(), found.faults.len()), (Money::from_minor(75_000), 1, 1));
        assert!(found.faults[0].contains("team lead or executive"), "{:?}", found.faults);
        let plan = Asked { kind: "plan".to_owned(), count: "4".to_owned(), ..usual.clone() };
        let found = preview(&plan);
        assert_eq!(found.affordability.and_then(|of| of.burden_percent()), Some(50));
        assert_eq!((found.instalments.len(), found.faults.len()), (4, 1), "{:?}", found.faults);
        let explained = Asked { reason: "Sells a car.".to_owned(), ..plan.clone() };
        assert!(preview(&explained).faults.is_empty());
        let unread = Asked { amount: "all".to_owned(), ..plan };
        assert_eq!(preview(&unread).faults.len(), 1);
        let board = Board::new(known(Role::Agent), &Asked { expires_on: "x".to_owned(), ..offer });
        assert_eq!(board.choices.len(), 3, "the offer cannot be told, the plan can");
        assert_eq!(board.fields.count, usual.count);
    }
}
