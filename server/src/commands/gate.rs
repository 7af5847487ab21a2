//! `loan-recovery gate replay`: whether what was done was allowed.

use super::{reach, say};
use crate::settings::DatabaseSettings;
use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use domain::contact_history::{ContactHistory, SentMessage};
use domain::contact_rules::ContactRules;
use domain::count::count;
use domain::gate::{Breach, PACKS, Pack};
use domain::zone::moment;
use serde_json::{Value, json};
use std::io::{Write, stdout};

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
/// history is judged by one pack and by the time zones of the settings, also what was done before these were chosen.
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
            judge(history, &rules, args.json, &mut counts, &mut output)?;
        }
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
    as_json: bool,
    counts: &mut Counts,
    output: &mut impl Write,
) -> Result<()> {
    counts.borrowers += 1;
    counts.checks += history.messages.len() as u64;
    for (message, breach) in history.replay(rules) {
        let text = if as_json {
            let comma = if counts.breaches == 0 { "" } else { "," };
            format!("{comma}{}", figures(history, message, &breach, rules))
        } else {
            in_words(history, message, &breach, rules)
        };
        counts.breaches += 1;
        say(output, &text)?;
    }
    Ok(())
}

fn loan_ref<'a>(history: &'a ContactHistory, message: &SentMessage) -> Option<&'a str> {
    history.loans.iter().find(|loan| loan.id == message.loan).map(|loan| loan.loan_ref.as_str())
}

fn figures(history: &ContactHistory, message: &SentMessage, breach: &Breach, rules: &ContactRules) -> Value {
    json!({
        "message": message.id,
        "loan_id": message.loan,
        "loan": loan_ref(history, message),
        "at": breach.at,
        "channel": message.channel.code(),
        "rules": breach.answer.rule_ids().collect::<Vec<_>>(),
        "reasons": sentences(breach, rules),
    })
}

fn in_words(history: &ContactHistory, message: &SentMessage, breach: &Breach, rules: &ContactRules) -> String {
    let loan = loan_ref(history, message).map_or_else(|| message.loan.to_string(), str::to_owned);
    let ids: Vec<&str> = breach.answer.rule_ids().collect();
    let (at, channel) = (moment(breach.at, rules.zone), message.channel.label());
    format!("Loan {loan}, {at}, {channel}: {}. {}\n", ids.join(", "), sentences(breach, rules).join(" "))
}

fn sentences(breach: &Breach, rules: &ContactRules) -> Vec<String> {
    breach.answer.reasons.iter().map(|reason| reason.sentence(rules.zone)).collect()
}
