//! What should come of a step, in few words.

use counterfoil_record::Index;

use crate::vectors::Expected;

/// What should come of a step.
#[derive(Clone, Debug)]
pub struct Expect {
    /// As the vector has it.
    pub expected: Expected,
    /// How the first failing check should say that it fails; held against the answer, not in the vector.
    pub because: Option<&'static str>,
}

fn outcome(word: &str) -> Expect {
    Expect { expected: Expected { outcome: Some(word.into()), ..Expected::default() }, because: None }
}

fn list(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).into()).collect()
}

/// Allowed.
pub fn allow() -> Expect {
    outcome("allow")
}

/// Held, for want of these.
pub fn hold(needs: &[&str]) -> Expect {
    outcome("hold").needing(needs)
}

/// Denied by these.
pub fn deny(fail: &[&str]) -> Expect {
    outcome("deny").failing(fail)
}

/// Not decided, because of these.
pub fn cannot(checks: &[&str]) -> Expect {
    let mut expect = outcome("cannot-decide");
    expect.expected.cannot = list(checks);
    expect
}

/// Accepted.
pub fn accepted() -> Expect {
    outcome("accepted")
}

/// Accepted, with discrepancies.
pub fn accepted_with(codes: &[&str]) -> Expect {
    outcome("accepted").codes(codes)
}

/// Refused, for these reasons.
pub fn refused(codes: &[&str]) -> Expect {
    outcome("refused").codes(codes)
}

/// The first answer again.
pub fn repeat(of: Index, status: &str) -> Expect {
    let expected = Expected { repeat_of: Some(of), status: Some(status.into()), ..Expected::default() };
    Expect { expected, because: None }
}

impl Expect {
    /// With codes.
    pub fn codes(mut self, codes: &[&str]) -> Self {
        self.expected.codes = list(codes);
        self
    }

    /// Only counted, as the so-manieth since the last record.
    pub const fn counted(mut self, count: u64) -> Self {
        self.expected.counted = Some(count);
        self
    }

    /// With checks that fail.
    pub fn failing(mut self, checks: &[&str]) -> Self {
        self.expected.fail = list(checks);
        self
    }

    /// With checks that need approvals.
    pub fn needing(mut self, checks: &[&str]) -> Self {
        self.expected.needs = list(checks);
        self
    }

    /// With the way in which the first of them fails.
    pub fn because(mut self, because: &'static str) -> Self {
        self.because = Some(because);
        self
    }
}
