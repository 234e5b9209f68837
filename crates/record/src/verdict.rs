//! What was decided, and on what: outcome, codes, and the trace of checks with their operands.

mod codes;
mod operand;
mod permit;

pub use codes::{CheckName, CheckResult, Code, Grade, OperandName, Outcome};
pub use operand::Operand;
pub use permit::Permit;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::codec::{Error, Reader, Wire, Writer};
use crate::text::{Id, Text};
use crate::{Amount, Hash32, Index, wire_map};

/// One check: which, how it came out, under which rule of the policy, on which operands.
/// On the wire an array `[check, result, rule / null, operands]`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Which check.
    pub check: CheckName,
    /// How it came out.
    pub result: CheckResult,
    /// The policy rule's id, where there can be several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Id>,
    /// What it was decided on.
    pub operands: BTreeMap<OperandName, Operand>,
}

impl Check {
    /// An operand that is a text.
    pub fn text(&self, name: OperandName) -> Option<&Text> {
        match self.operands.get(&name)? {
            Operand::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An operand that is a number: money in the smallest unit, a count, an index, a time.
    pub fn number(&self, name: OperandName) -> Option<Amount> {
        match self.operands.get(&name)? {
            Operand::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// An operand that is a number below 2^64.
    pub fn count(&self, name: OperandName) -> Option<u64> {
        u64::try_from(self.number(name)?.units()).ok()
    }

    /// An operand that is the index of a record.
    pub fn index(&self, name: OperandName) -> Option<Index> {
        self.count(name).map(Index::new)
    }

    /// An operand that is a digest.
    pub fn hash(&self, name: OperandName) -> Option<Hash32> {
        match self.operands.get(&name)? {
            Operand::Hash(hash) => Some(*hash),
            _ => None,
        }
    }

    /// An operand that is a list of records; empty where there is none.
    pub fn indices(&self, name: OperandName) -> &[Index] {
        match self.operands.get(&name) {
            Some(Operand::Indices(indices)) => indices,
            _ => &[],
        }
    }
}

impl Wire for Check {
    fn encode(&self, w: &mut Writer) {
        w.array(4);
        self.check.encode(w);
        self.result.encode(w);
        self.rule.encode(w);
        w.map(self.operands.len());
        for (name, value) in &self.operands {
            name.encode(w);
            value.encode(w);
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_of(4)?;
        let check = Wire::decode(r)?;
        let result = Wire::decode(r)?;
        let rule = if r.null() { None } else { Some(Id::decode(r)?) };
        let mut fields = r.map()?;
        let mut operands = BTreeMap::new();
        for name in OperandName::ALL {
            if let Some(value) = fields.field::<Option<Operand>>(name.number())? {
                operands.insert(*name, value);
            }
        }
        fields.finish()?;
        Ok(Self { check, result, rule, operands })
    }
}

wire_map! {
    /// What was decided.
    pub struct Verdict {
        /// The answer.
        1 => outcome: Outcome,
        /// Reasons and discrepancies, in the order of their finding.
        2 => codes: Vec<Code>,
        /// The checks, where the input has some.
        3 => trace: Vec<Check>,
        /// The previous record of the same run, transaction or payment.
        4 => previous: Option<Index>,
        /// What the evidence of a fact is worth.
        5 => grade: Option<Grade>,
    }
}

impl Verdict {
    /// An outcome without codes or trace.
    pub const fn plain(outcome: Outcome) -> Self {
        Self { outcome, codes: Vec::new(), trace: Vec::new(), previous: None, grade: None }
    }

    /// The row of that check; of several the first.
    pub fn row(&self, check: CheckName) -> Option<&Check> {
        self.trace.iter().find(|row| row.check == check)
    }

    /// The checks that came out as `result`.
    pub fn checks(&self, result: CheckResult) -> impl Iterator<Item = &Check> {
        self.trace.iter().filter(move |check| check.result == result)
    }
}
