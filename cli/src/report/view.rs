//! What stands on the page, in the words that stand there. The templates add structure and nothing else.

use askama::Template;
use counterfoil_record::Index;
use counterfoil_review::timeline::Event;
use counterfoil_review::words::{time, visible};

use super::chart::{Band, Strip};
use super::proof::Proof;
use crate::explain::Reason;

/// How many runs or payments a browser lays out at once: what is out of sight it leaves alone, so that a page of ten
/// thousand opens as fast as it is read.
const CHUNK: usize = 100;

/// The page.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page<'a> {
    pub(super) css: &'static str,
    /// The style's SHA-256 in base64: the page allows itself this style and nothing else.
    pub(super) css_digest: String,
    pub(super) origin: String,
    pub(super) word: &'static str,
    pub(super) meaning: &'static str,
    /// What is to be known before the rest.
    pub(super) notes: Vec<String>,
    /// True where a query selected payments.
    pub(super) selected: bool,
    /// Label and value.
    pub(super) scope: Vec<(&'static str, String)>,
    /// Code and detail.
    pub(super) not_checked: Vec<(&'static str, String)>,
    pub(super) findings: Vec<Finding>,
    pub(super) exceptions: Vec<Exceptions>,
    pub(super) count: u64,
    pub(super) population: usize,
    pub(super) suppressed: u64,
    pub(super) assets: Vec<AssetView>,
    pub(super) budgets: Vec<BudgetView>,
    pub(super) exposures: Vec<Exposure>,
    pub(super) people: Vec<Person>,
    pub(super) policies: Vec<PolicyView>,
    /// None in a summary.
    pub(super) each: Option<EachView<'a>>,
    /// What made the page.
    pub(super) tool: &'static str,
}

/// Each run, and each payment.
pub(super) struct EachView<'a> {
    pub(super) runs: Vec<RunView>,
    pub(super) beside: Vec<EventView>,
    pub(super) root: String,
    pub(super) records: u64,
    /// True where there is a path to the root.
    pub(super) proved: bool,
    pub(super) payments: Vec<Payment<'a>>,
}

/// Something wrong with the log.
pub(super) struct Finding {
    pub(super) place: String,
    pub(super) code: &'static str,
    pub(super) meaning: &'static str,
    pub(super) detail: String,
}

/// Payments that an auditor looks at first, for one reason.
pub(super) struct Exceptions {
    pub(super) what: &'static str,
    pub(super) payments: Vec<Exception>,
}

/// A payment, with what is to be said of it.
pub(super) struct Exception {
    pub(super) link: Link,
    pub(super) said: String,
}

/// The name of a payment, which leads to it where it is one of the page.
#[derive(Template)]
#[template(path = "report/link.html")]
pub(super) struct Link {
    pub(super) payment: u64,
    pub(super) shown: bool,
}

/// An amount as people read it, and in smallest units for machines.
pub(super) struct Money {
    pub(super) units: String,
    pub(super) words: String,
}

/// What the payments in one asset add up to.
pub(super) struct AssetView {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) count: u64,
    pub(super) outcomes: String,
    pub(super) exposure: Money,
    pub(super) settled: Money,
    pub(super) returned: Money,
    pub(super) reserved: Money,
    pub(super) owed: Money,
    pub(super) bar: Option<Vec<Band>>,
}

/// How far a budget was used.
pub(super) struct BudgetView {
    pub(super) id: String,
    pub(super) since: u64,
    pub(super) says: Vec<String>,
    /// How many decisions it stood in the way of.
    pub(super) stopped: String,
    pub(super) groups: Vec<GroupView>,
    /// How many groups more there are, all of them used less.
    pub(super) more: usize,
}

/// How far one group of a budget was used.
pub(super) struct GroupView {
    pub(super) name: String,
    pub(super) payments: u64,
    pub(super) used: String,
    pub(super) percent: String,
    pub(super) width: u16,
    pub(super) highest: Link,
}

/// A payment for which something is reserved or owed.
pub(super) struct Exposure {
    pub(super) link: Link,
    pub(super) status: &'static str,
    pub(super) reserved: Money,
    pub(super) owed: Money,
    pub(super) until: String,
}

/// What one person answered.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) summary: String,
    pub(super) said: Vec<SaidView>,
}

/// One answer.
pub(super) struct SaidView {
    pub(super) record: u64,
    pub(super) time: String,
    pub(super) words: String,
    /// The payment that is answered, where it is one.
    pub(super) payment: Option<Link>,
}

/// One run.
pub(super) struct RunView {
    pub(super) title: String,
    pub(super) span: String,
    pub(super) strip: Strip,
    pub(super) events: Vec<EventView>,
}

/// One record.
pub(super) struct EventView {
    pub(super) record: u64,
    pub(super) time: String,
    pub(super) said: String,
    /// The payment that it asks for, where that is one of the page.
    pub(super) payment: Option<u64>,
}

impl EventView {
    /// `payment` says of a record whether it asks for a payment of the page.
    pub(super) fn of(event: &Event, payment: impl Fn(Index) -> bool) -> Self {
        Self {
            record: event.record.value(),
            time: time(event.time.millis()),
            said: visible(&event.said),
            payment: payment(event.record).then(|| event.record.value()),
        }
    }
}

/// A policy in its author's words.
pub(super) struct PolicyView {
    pub(super) record: u64,
    pub(super) time: String,
    pub(super) source: String,
}

/// One payment request.
pub(super) struct Payment<'a> {
    pub(super) index: u64,
    pub(super) time: String,
    pub(super) status: &'static str,
    pub(super) amount: Money,
    pub(super) parties: String,
    pub(super) resource: String,
    pub(super) facts: String,
    pub(super) why: String,
    pub(super) reasons: &'a [Reason],
    pub(super) events: Vec<EventView>,
    pub(super) slot: Option<String>,
    pub(super) decided: u64,
    pub(super) proof: Option<Proof>,
}
