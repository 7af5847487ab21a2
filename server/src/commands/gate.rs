//! `loan-recovery gate replay`: whether what was done was allowed.

use super::{reach, say};
use crate::settings::DatabaseSettings;
use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use domain::contact_history::{ContactHistory, SentMessage};
use domain::contact_rules::ContactRules;
use domain::count::count;
use domain::gate::{Answer, Breach, PACKS, Pack};
use domain::zone::moment;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{Write, stdout};
use store::breaches::{BreachRecord, Breached};

/// Borrowers whose histories are in memory at once.
const BATCH: u64 = 500;

/// Ask the contact gate about what was done
#[derive(Args, Clone, Debug)]
pub struct GateArgs {
    #[command(subcommand)]
    command: GateCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum GateCommand {
    Replay(ReplayArgs),
}

/// Judge every message that went out by what was known when it did; exits with 2 where one should not have
///
/// Holds, opt-outs, consents with their history and payments count from the moment at which they were on file. The whole
/// history is judged by one pack and by the time zones of the settings, also what was done before these were chosen. Legal notices
/// are not judged again: those count that somebody wrote down as served against the rules.
#[derive(Args, Clone, Debug)]
struct ReplayArgs {
    /// Print the breaches as JSON
    #[arg(long)]
    json: bool,
    /// Judge by this pack of rules; without it, by the portfolio's own
    #[arg(long, value_parser = PossibleValuesParser::new(PACKS.iter().map(|pack| pack.id)))]
    pack: Option<String>,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// What a replay counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    borrowers: u64,
    checks: u64,
    breaches: u64,
}

/// Runs the command. Gives whether nothing was found that should not have been done.
pub async fn run(args: GateArgs) -> Result<bool> {
    let GateCommand::Replay(args) = args.command;
    let (store, scope) = reach(&args.database).await?;
    let mut rules = store::portfolios::contact_rules(&store, scope.portfolio).await?;
    if let Some(id) = &args.pack {
        rules.pack = Pack::find(id).with_context(|| format!("there is no pack {id}"))?;
    }
    let mut output = stdout();
    let recorded = store::breaches::list(&store, scope).await?;
    let excused = recorded.iter().filter_map(|breach| match breach.what {
        Breached::Letter { message } => Some((message, breach)),
        Breached::Notice(_) => None,
    });
    let excused: HashMap<i64, &BreachRecord> = excused.collect();
    let (mut counts, mut last) = (Counts::default(), 0);
    if args.json {
        let head = json!({ "pack": rules.pack.id, "pack_version": rules.pack.version, "time_zone": rules.zone.name(),
            "borrower_zones": rules.borrower_zone_names() });
        // The breaches follow as they are found, so that memory does not grow with them.
        say(&mut output, &format!("{},\"breaches\":[", head.to_string().trim_end_matches('}')))?;
    }
    loop {
        let histories = store::contact_history::reached(&store, scope.portfolio, last, BATCH).await?;
        let Some((latest, _)) = histories.last() else { break };
        last = *latest;
        for (_, history) in &histories {
            judge(history, &rules, &excused, args.json, &mut counts, &mut output)?;
        }
    }
    for breach in recorded.iter().filter(|breach| matches!(breach.what, Breached::Notice(_))) {
        counts.say(&mut output, args.json, recorded_figures(breach, &rules), || recorded_in_words(breach, &rules))?;
    }
    let Counts { borrowers, checks, breaches } = counts;
    let end = if args.json {
        format!("],\"borrowers\":{borrowers},\"checks\":{checks},\"breach_count\":{breaches}}}\n")
    } else {
        let (checks, borrowers) = (count(checks, "message"), count(borrowers, "borrower"));
        let breaches = match breaches {
            0 => "no breach".to_owned(),
            1 => "1 breach".to_owned(),
            breaches => format!("{breaches} breaches"),
        };
        format!("{checks} to {borrowers} checked by {}, version {}: {breaches}.\n", rules.pack.id, rules.pack.version)
    };
    say(&mut output, &end)?;
    Ok(breaches == 0)
}

/// Checks one borrower's history, and prints its breaches.
fn judge(
    history: &ContactHistory,
    rules: &ContactRules,
    excused: &HashMap<i64, &BreachRecord>,
    as_json: bool,
    counts: &mut Counts,
    output: &mut impl Write,
) -> Result<()> {
    counts.borrowers += 1;
    counts.checks += history.messages.len() as u64;
    for (message, breach) in history.replay(rules) {
        let recorded = excused.get(&message.id).copied();
        let figures = figures(history, message, &breach, recorded, rules);
        counts.say(output, as_json, figures, || in_words(history, message, &breach, recorded, rules))?;
    }
    Ok(())
}

impl Counts {
    /// Prints a breach and counts it.
    fn say(
        &mut self,
        output: &mut impl Write,
        as_json: bool,
        figures: Value,
        words: impl FnOnce() -> String,
    ) -> Result<()> {
        let comma = if self.breaches == 0 { "" } else { "," };
        self.breaches += 1;
        Ok(say(output, &if as_json { format!("{comma}{figures}") } else { words() })?)
    }
}

fn loan_ref<'a>(history: &'a ContactHistory, message: &SentMessage) -> Option<&'a str> {
    history.loans.iter().find(|loan| loan.id == message.loan).map(|loan| loan.loan_ref.as_str())
}

fn figures(
    history: &ContactHistory,
    message: &SentMessage,
    breach: &Breach,
    recorded: Option<&BreachRecord>,
    rules: &ContactRules,
) -> Value {
    json!({
        "message": message.id,
        "loan_id": message.loan,
        "loan": loan_ref(history, message),
        "at": breach.at,
        "channel": message.channel.code(),
        "rules": breach.answer.rule_ids().collect::<Vec<_>>(),
        "reasons": sentences(&breach.answer, rules),
        "although": recorded.map(|recorded| &recorded.reason),
        "recorded_by": recorded.map(|recorded| &recorded.recorded_by),
    })
}

fn in_words(
    history: &ContactHistory,
    message: &SentMessage,
    breach: &Breach,
    recorded: Option<&BreachRecord>,
    rules: &ContactRules,
) -> String {
    let loan = loan_ref(history, message).map_or_else(|| message.loan.to_string(), str::to_owned);
    let ids: Vec<&str> = breach.answer.rule_ids().collect();
    let (at, channel) = (moment(breach.at, rules.zone), message.channel.label());
    let excuse = recorded.map(excuse).unwrap_or_default();
    format!(
        "Loan {loan}, {at}, {channel}: {}. {}{excuse}\n",
        ids.join(", "),
        sentences(&breach.answer, rules).join(" ")
    )
}

/// A notice that somebody wrote down as served against the rules.
fn recorded_figures(breach: &BreachRecord, rules: &ContactRules) -> Value {
    let notice = match breach.what {
        Breached::Notice(notice) => Some(notice),
        Breached::Letter { .. } => None,
    };
    json!({
        "notice": notice,
        "loan_id": breach.loan,
        "loan": breach.loan_ref,
        "at": breach.at,
        "rules": breach.answer.rule_ids().collect::<Vec<_>>(),
        "reasons": sentences(&breach.answer, rules),
        "although": breach.reason,
        "recorded_by": breach.recorded_by,
    })
}

fn recorded_in_words(breach: &BreachRecord, rules: &ContactRules) -> String {
    let ids: Vec<&str> = breach.answer.rule_ids().collect();
    let (at, why) = (moment(breach.at, rules.zone), sentences(&breach.answer, rules).join(" "));
    format!("Loan {}, {at}, legal notice: {}. {why}{}\n", breach.loan_ref, ids.join(", "), excuse(breach))
}

fn excuse(breach: &BreachRecord) -> String {
    format!(" Recorded by {}: {}", breach.recorded_by, breach.reason)
}

fn sentences(answer: &Answer, rules: &ContactRules) -> Vec<String> {
    answer.reasons.iter().map(|reason| reason.sentence(rules.zone)).collect()
}
