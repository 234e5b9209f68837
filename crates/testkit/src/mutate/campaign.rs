//! Many mutations, judged and counted.
#![allow(clippy::std_instead_of_alloc, reason = "this crate has the whole standard library")]

use core::fmt;
use std::collections::BTreeMap;

use counterfoil_audit::{Auditor, Report, Verdict};

use super::base::Base;
use super::edit::Mutation;
use super::oracle::{Class, common, judge};

/// How often each kind of edit came to each class: 1, 2, 3 in this order.
pub type Counts = BTreeMap<String, [u64; 3]>;

/// A mutation on which the auditor does not say what it should.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// Its number under the seed.
    pub number: u64,
    /// The name of the base.
    pub base: String,
    /// The smallest mutation that fails.
    pub mutation: Mutation,
    /// What it came to.
    pub class: Class,
    /// What the auditor said instead.
    pub said: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, number, base, mutation, class, said } = self;
        writeln!(f, "seed {seed}, number {number}, of {base}: {class:?}, and {said}")?;
        write!(f, "  {:?}, {}", mutation.edits, mutation.repair.code())
    }
}

/// The bases, and a seed.
#[derive(Debug)]
pub struct Campaign {
    /// The bases.
    pub bases: Vec<Base>,
    /// The seed.
    pub seed: u64,
    /// What was counted so far.
    pub counts: Counts,
}

impl Campaign {
    /// A campaign on the logs of the tests.
    pub fn new(seed: u64) -> Self {
        Self { bases: super::bases(), seed, counts: Counts::new() }
    }

    /// Makes and judges one mutation. A failure is made small.
    ///
    /// # Errors
    /// The failure.
    pub fn one(&mut self, number: u64) -> Result<Class, Box<Failure>> {
        let mutation = Mutation::drawn(&self.bases, self.seed, number);
        let (class, said) = hold(&self.bases, &mutation);
        self.count(&mutation, class);
        if said.is_none() {
            return Ok(class);
        }
        Err(Box::new(self.shrunk(number, mutation)))
    }

    fn count(&mut self, mutation: &Mutation, class: Class) {
        let base = &self.bases[mutation.base];
        for edit in &mutation.edits {
            let part = edit.part(base).map(|part| format!(", {part}")).unwrap_or_default();
            let kind = format!("{}{part}; {}", edit.code(), mutation.repair.code());
            self.counts.entry(kind).or_default()[class.number() - 1] += 1;
        }
    }

    fn shrunk(&self, number: u64, mutation: Mutation) -> Failure {
        let mut mutation = mutation;
        while let Some(smaller) =
            mutation.smaller().into_iter().find(|smaller| hold(&self.bases, smaller).1.is_some())
        {
            mutation = smaller;
        }
        let (class, said) = hold(&self.bases, &mutation);
        let base = self.bases[mutation.base].name.clone();
        Failure { seed: self.seed, number, base, mutation, class, said: said.unwrap_or_default() }
    }

    /// How many mutations came to each class.
    pub fn totals(&self) -> [u64; 3] {
        let mut totals = [0; 3];
        for counts in self.counts.values() {
            for (total, count) in totals.iter_mut().zip(counts) {
                *total += count;
            }
        }
        totals
    }
}

/// What a mutation comes to, and what the auditor says wrongly of it.
pub fn hold(bases: &[Base], mutation: &Mutation) -> (Class, Option<String>) {
    let base = &bases[mutation.base];
    let entries = mutation.entries(bases);
    let class = judge(base, &entries);
    let common = common(base, &entries);
    let prefix = &base.prefixes[common];
    let key = audit(prefix.key.clone(), &entries[common..]);
    let pin = audit(prefix.pin.clone(), &entries[common..]);
    (class, wrong(class, &key, &pin))
}

fn audit(mut auditor: Auditor, entries: &[Vec<u8>]) -> Report {
    for entry in entries {
        auditor.push(entry);
    }
    auditor.finish()
}

/// What one of the two reports should not say, if anything.
fn wrong(class: Class, key: &Report, pin: &Report) -> Option<String> {
    let first = |report: &Report| report.findings.first().map(|it| (it.code.code(), it.index));
    let at = |report: &Report| first(report).map(|(_, index)| index);
    let fails = |trust: &str, report: &Report| {
        Some(format!("{trust}: {} {:?}", report.verdict.word(), first(report)))
    };
    match class {
        Class::Broken(place) => {
            let place = place.map(|at| u64::try_from(at).unwrap());
            let caught = |report: &Report| report.verdict != Verdict::Verified && at(report) == Some(place);
            match (caught(key), caught(pin)) {
                (true, true) => None,
                (false, _) => fails("key", key),
                _ => fails("pin", pin),
            }
        }
        Class::Another => {
            let contradicts = pin.findings.iter().any(|it| it.code.is_contradiction());
            match (key.verdict, pin.verdict) {
                (Verdict::Verified, Verdict::Contradiction) if contradicts => None,
                (Verdict::Verified, _) => fails("pin", pin),
                _ => fails("key", key),
            }
        }
        Class::Grown | Class::Same => match (key.verdict, pin.verdict) {
            (Verdict::Verified, Verdict::Verified) => None,
            (Verdict::Verified, _) => fails("pin", pin),
            _ => fails("key", key),
        },
    }
}
