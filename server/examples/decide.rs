//! What deciding and planning actions cost: takes a database whose loans are imported and scored, and prints CPU and wall
//! seconds as JSON. It changes the database.
//!
//! `cargo run --release -p server --example decide -- sqlite://loans.db`; `cargo xtask bench decide` makes the database and runs it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Role, Scope};
use domain::borrower::ContactChannel;
use domain::contact::Channel;
use domain::contact_history::{ConsentWord, ContactHistory, LoanFacts, PaymentFact, SentMessage};
use domain::contact_rules::ContactRules;
use domain::hold::{HoldCover, HoldKind, HoldRecord};
use domain::id::LoanId;
use domain::job::Job;
use domain::policy::Policy;
use server::clock::{self, Stopwatch};
use server::jobs::run_until_idle;
use std::error::Error;
use std::{env, fs};
use store::Store;
use store::policies::{Approval, DraftChange};
use store::users::NewUser;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How often the slider is moved.
const MOVES: u32 = 200;
/// Borrowers whose histories the gate is asked about.
const BORROWERS: i64 = 20_000;
/// Messages to each of them.
const MESSAGES: i64 = 10;

#[tokio::main]
async fn main() -> Result<()> {
    let url = env::args().nth(1).ok_or("which database? Name it as sqlite://loans.db")?;
    let store = Store::connect(&url).await?;
    store.migrate().await?;
    let portfolio = store::portfolios::first(&store).await?.ok_or("there is no portfolio")?;
    let scope = Scope::whole(portfolio.id);
    let loans = store::loans::count(&store, portfolio.id).await?;
    run_until_idle(&store).await;

    let policy = other_policy(&store, scope).await?;
    let decide = Stage::start()?;
    store::policies::approve(&store, Actor::CommandLine, scope, policy, clock::now()).await?;
    run_until_idle(&store).await;
    decide.print("decide", loans)?;

    let plan = Stage::start()?;
    store::cases::treat(&store, Actor::CommandLine, scope, true, clock::now()).await?;
    run_until_idle(&store).await;
    let done = store::cases::treating(&store, scope, clock::now()).await?;
    plan.print("plan", u64::from(done.open_cases - done.due_cases))?;

    let watch = Stage::start()?;
    let look = Job::Summarise { portfolio: portfolio.id };
    store::jobs::enqueue(&store, Actor::CommandLine, portfolio.id, &look, clock::now()).await?;
    run_until_idle(&store).await;
    watch.print("watch", loans)?;

    let slider = Stage::start()?;
    for step in 0..MOVES {
        let scores = store::summaries::scores(&store, scope).await?;
        let (_, now) = store::policies::in_force(&store, portfolio.id, clock::now()).await?;
        let moved = Policy { settlement_from: f64::from(step) / f64::from(2 * MOVES), ..now };
        std::hint::black_box((scores.by_track(&moved), scores.bands(&moved), scores.moved(&now, &moved)));
    }
    slider.print("slider", u64::from(MOVES))?;

    for pack in ["us-reg-f", "in-rbi"] {
        let rules = ContactRules::read(pack, "America/New_York", "America/New_York, America/Los_Angeles")?;
        let histories: Vec<ContactHistory> = (0..BORROWERS).map(history).collect();
        let gate = Stage::start()?;
        let breaches: usize = histories.iter().map(|history| history.replay(&rules).len()).sum();
        std::hint::black_box(breaches);
        gate.print(&format!("gate {pack}"), (BORROWERS * MESSAGES) as u64)?;
    }
    Ok(())
}

/// A version with other bounds that waits for approval, so that each loan is decided on again.
async fn other_policy(store: &Store, scope: Scope) -> Result<Approval<'static>> {
    let maker = NewUser {
        email: format!("maker-{}@example.test", clock::now().timestamp_micros()),
        name: "Maker".to_owned(),
        role: Role::Admin,
        password_hash: "none".to_owned(),
        portfolio: scope.portfolio,
        team: None,
    };
    let maker = store::users::create(store, Actor::CommandLine, maker, clock::now()).await?.actor();
    let change = DraftChange { bounds: Some((0.45, 0.7)), body: None };
    let policy = store::policies::save_draft(store, maker, scope, change, clock::now()).await?;
    store::policies::submit(store, maker, scope, policy, "Other bounds.", clock::now()).await?;
    Ok(Approval { policy, rationale: "They are to be measured.", starts_at: None })
}

/// What is on file of a borrower who was reached every two weeks.
fn history(borrower: i64) -> ContactHistory {
    let begin = DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(18);
    let at = |day: i64| -> DateTime<Utc> { begin + TimeDelta::days(day) };
    let (loan, address) = (LoanId(borrower), format!("b{borrower}@example.test"));
    let word = |channel, address: &str| ConsentWord {
        channel,
        address: address.to_owned(),
        has_consent: Some(true),
        from: at(-30),
        until: None,
    };
    let message = |number: i64| SentMessage {
        id: borrower * MESSAGES + number,
        at: at(number * 14),
        loan,
        channel: Channel::Email,
        recipient: address.clone(),
        carries_opt_out: true,
        carries_validation: number == 0,
    };
    let payment = |day: i64| PaymentFact { loan, paid_on: at(day).date_naive(), from: at(day + 1), is_reversal: false };
    let hold = HoldRecord {
        kind: HoldKind::Dispute,
        cover: HoldCover::Loan(loan),
        from: at(60),
        until: Some(at(75)),
        ended_at: None,
    };
    ContactHistory {
        loans: vec![LoanFacts {
            id: loan,
            loan_ref: format!("LN_{borrower}"),
            originated_on: Some(at(-400).date_naive()),
            recovered_since: None,
            promises: Vec::new(),
        }],
        words: vec![word(ContactChannel::Email, &address), word(ContactChannel::Phone, "+1 202 555 0100")],
        opt_outs: vec![(Channel::Email, address.clone(), at(120))],
        holds: vec![hold],
        messages: (0..MESSAGES).map(message).collect(),
        payments: vec![payment(20), payment(51), payment(81)],
    }
}

/// A stage that is under way.
struct Stage {
    watch: Stopwatch,
    cpu_s: f64,
}

impl Stage {
    fn start() -> Result<Self> {
        Ok(Self { watch: Stopwatch::start(), cpu_s: cpu_s()? })
    }

    /// Prints what the stage took for so many of something, as a line of JSON.
    fn print(self, stage: &str, count: u64) -> Result<()> {
        let (wall_s, cpu_s) = (self.watch.elapsed().as_secs_f64(), cpu_s()? - self.cpu_s);
        println!("{{\"stage\": \"{stage}\", \"count\": {count}, \"cpu_s\": {cpu_s:.2}, \"wall_s\": {wall_s:.3}}}");
        Ok(())
    }
}

/// CPU seconds of all threads so far. The kernel counts them in hundredths; these are fields 14 and 15, and the
/// second field, the program's name, ends with the last parenthesis.
fn cpu_s() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    let ticks = fields.take(2).map(str::parse::<u64>).sum::<std::result::Result<u64, _>>()?;
    Ok(ticks as f64 / 100.0)
}
