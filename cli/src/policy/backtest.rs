//! `policy backtest`: what a log would say under another policy.

mod page;

use alloc::collections::BTreeMap;

use counterfoil_audit::{Report, Verdict};
use counterfoil_decide::policy::Policy;
use counterfoil_record::{Hash32, Id, Text};
use counterfoil_review::backtest::{Beside, Change, Claims, Kind, Moved, Summary, Tally};
use counterfoil_review::words::{safe, time};
use serde::Serialize;

use crate::args::{Backtest as Args, Format};
use crate::evidence::{audit, open_log, read_trust};
use crate::exit::{Exit, Failure, note};
use crate::screen::{json_text, page};
use crate::{table, verify};

/// Takes changes as they are found, and the summary at the end.
trait Told {
    fn change(&mut self, change: Change, original: Option<&Policy>) -> Result<(), Failure>;
    fn end(&mut self, summary: &Summary) -> Result<(), Failure>;
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let policy = super::read(&args.policy)?.1;
    let trust = read_trust(args.trust.as_deref())?;
    let log = open_log(&args.log)?;
    let mut claims = Claims::default();
    let (report, _) = audit(&log, trust.clone(), &mut |it, _| claims.observe(&it.record, it.leaf));
    match report.verdict {
        Verdict::Verified => {}
        Verdict::Insufficient => {
            note("insufficient: the log is sound as far as it goes; `verify` says what is missing");
        }
        _ => {
            verify::warn(&report);
            return Ok(Exit::Verdict(report.verdict));
        }
    }
    let mut told: Box<dyn Told> = match args.format {
        Format::Text => Box::new(page::Page::new(&policy, &report)),
        Format::Json => Box::new(Json::begin(&policy, &report)?),
        Format::Csv => Box::new(Csv::begin()?),
    };
    let mut backtest = counterfoil_review::backtest::Backtest::new(policy, claims);
    let mut done = Ok(());
    let (again, original) = audit(&log, trust, &mut |it, state| {
        if let Some(change) = backtest.push(&it.record, it.leaf, state)
            && done.is_ok()
        {
            done = told.change(change, state.policy.as_ref().map(|it| &it.policy));
        }
    });
    done?;
    if again.scope != report.scope {
        return Err(Failure::at(args.log.display(), "was changed while it was read"));
    }
    told.end(&backtest.finish(&original))?;
    Ok(Exit::Verdict(report.verdict))
}

/// One JSON document, written as it comes.
struct Json {
    first: bool,
}

#[derive(Serialize)]
struct Supposed<'a> {
    name: &'a Id,
    version: u64,
    digest: Hash32,
}

#[derive(Serialize)]
struct Decided<'a> {
    origin: Option<&'a String>,
    records: u64,
    root: &'a String,
    verdict: Verdict,
}

impl Json {
    fn begin(policy: &Policy, report: &Report) -> Result<Self, Failure> {
        let supposed = Supposed { name: &policy.name, version: policy.version, digest: policy.digest() };
        let scope = &report.scope;
        let decided = Decided {
            origin: scope.origin.as_ref(),
            records: scope.records,
            root: &scope.root,
            verdict: report.verdict,
        };
        let (supposed, decided) = (json_text(&supposed)?, json_text(&decided)?);
        page(format_args!("{{\"policy\":{supposed},\"log\":{decided},\"changes\":["))?;
        Ok(Self { first: true })
    }
}

impl Told for Json {
    fn change(&mut self, change: Change, _: Option<&Policy>) -> Result<(), Failure> {
        let comma = if core::mem::take(&mut self.first) { "" } else { "," };
        page(format_args!("{comma}{}", json_text(&change)?))
    }

    fn end(&mut self, summary: &Summary) -> Result<(), Failure> {
        page(format_args!("],\"summary\":{}}}", json_text(&Sums::of(summary))?))
    }
}

/// The summary, with lists of objects in the place of keys of several parts.
#[derive(Serialize)]
struct Sums<'a> {
    records: u64,
    decisions: u64,
    kinds: BTreeMap<&'static str, u64>,
    outcomes: Vec<Outcomes>,
    agents: Vec<Of<'a, Beside>>,
    payees: Vec<Of<'a, Beside>>,
    assets: Vec<Of<'a, Beside>>,
    contradicted: Vec<Of<'a, Moved>>,
    reserved: Vec<Of<'a, Tally>>,
}

#[derive(Serialize)]
struct Outcomes {
    before: &'static str,
    after: &'static str,
    count: u64,
}

#[derive(Serialize)]
struct Of<'a, T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<&'a Text>,
    asset: &'a Text,
    #[serde(flatten)]
    sums: T,
}

impl<'a, T: Copy> Of<'a, T> {
    fn assets(sums: &'a BTreeMap<Text, T>) -> Vec<Self> {
        sums.iter().map(|(asset, sums)| Self { agent: None, payee: None, asset, sums: *sums }).collect()
    }
}

impl<'a> Sums<'a> {
    fn of(summary: &'a Summary) -> Self {
        let agents = summary.agents.iter();
        let payees = summary.payees.iter();
        let shifts = summary.shifts.iter();
        Self {
            records: summary.records,
            decisions: summary.decisions,
            kinds: Kind::ALL.iter().map(|kind| (kind.code(), summary.count(*kind))).collect(),
            outcomes: shifts
                .map(|(shift, count)| Outcomes { before: shift.before, after: shift.after, count: *count })
                .collect(),
            agents: agents
                .map(|((agent, asset), sums)| Of { agent: Some(agent), payee: None, asset, sums: *sums })
                .collect(),
            payees: payees
                .map(|((payee, asset), sums)| Of { agent: None, payee: Some(payee), asset, sums: *sums })
                .collect(),
            assets: Of::assets(&summary.assets),
            contradicted: Of::assets(&summary.contradicted),
            reserved: Of::assets(&summary.reserved),
        }
    }
}

/// A row for each change.
struct Csv;

const COLUMNS: [&str; 14] = [
    "kind",
    "index",
    "time",
    "input",
    "subject",
    "agent",
    "payee",
    "asset",
    "amount",
    "before",
    "before_reasons",
    "after",
    "after_reasons",
    "follows",
];

impl Csv {
    fn begin() -> Result<Self, Failure> {
        page(table::row(COLUMNS)?)?;
        Ok(Self)
    }
}

impl Told for Csv {
    fn change(&mut self, change: Change, _: Option<&Policy>) -> Result<(), Failure> {
        let money = change.money.as_ref();
        let reasons = |came: &counterfoil_review::backtest::Came| came.reasons().join(" ");
        let cells: [String; COLUMNS.len()] = [
            change.kind.code().into(),
            change.index.to_string(),
            time(change.time.millis()),
            change.input.into(),
            change.subject.to_string(),
            change.agent.as_ref().map(ToString::to_string).unwrap_or_default(),
            money.map(|it| safe(&it.payee)).unwrap_or_default(),
            money.map(|it| safe(&it.asset)).unwrap_or_default(),
            money.map(|it| it.amount.to_string()).unwrap_or_default(),
            change.before.outcome.into(),
            reasons(&change.before),
            change.after.outcome.into(),
            reasons(&change.after),
            change.follows.map(|index| index.to_string()).unwrap_or_default(),
        ];
        page(table::row(cells.iter().map(String::as_str))?)
    }

    fn end(&mut self, _: &Summary) -> Result<(), Failure> {
        Ok(())
    }
}
