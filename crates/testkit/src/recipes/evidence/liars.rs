//! What an honest core refuses, recorded by an operator as if it had not: the logs are those of decision vectors, with the
//! answer at one record turned to what the operator wants, and everything signed again.

use std::sync::OnceLock;

use counterfoil_record::Verdict;
use counterfoil_record::verdict::{CheckResult, Code, Outcome};

use super::Case;
use crate::recipes::decision;
use crate::vectors::{Decision, Evidence};
use crate::{forge, keys};

/// What the operator wants the record to say.
enum Want {
    /// The request is allowed, and every check passed.
    Allowed,
    /// It was accepted, and every check passed.
    Accepted,
    /// The same without this code.
    Without(Code),
}

use Want::{Accepted, Allowed, Without};

impl Want {
    fn of(word: &str) -> Self {
        match word {
            "allowed" => Allowed,
            "accepted" => Accepted,
            _ => {
                let code = word.strip_prefix("without ").unwrap();
                Without(*Code::ALL.iter().find(|it| it.code() == code).expect("a code"))
            }
        }
    }
}

/// The decision vector | the record | what it is made to say | the evidence vector | what that shows.
const LIES: &str = "\
policy-version-not-rising | 4 | accepted | lie-policy-downgraded | An older policy is put in force again.
policy-asset-identity-changed | 3 | accepted | lie-decimals-of-an-asset-changed | Every limit in an asset is moved by powers of ten, and reads as before.
governance-one-too-few | 2 | accepted | lie-policy-without-its-quorum | A policy is adopted with a signature too few.
governance-one-person-twice | 2 | accepted | lie-policy-by-one-person-twice | One person makes a quorum of two.
governance-statement-replayed | 6 | accepted | lie-policy-statement-replayed | What people signed once puts a policy in force twice.
governance-budget-raised | 5 | accepted | lie-budget-raised-by-its-spender | Whoever spends raises the budget without the governance.
approval-by-the-principal | 5 | accepted | lie-approval-by-the-principal | Who asked also approves.
approval-twice-by-one-person | 6 | accepted | lie-approval-twice-by-one-person | One person approves twice.
approval-twice-by-one-person | 7 | allowed | lie-quorum-of-one | One approval opens a gate of two.
approval-for-another-payment | 10 | accepted | lie-approval-for-another-payment | An approval for one payment serves another.
approval-used-once | 7 | accepted | lie-approval-replayed | An approval that was used up is taken again.
approval-expired | 6 | accepted | lie-approval-expired | An approval is taken after its end.
approval-expired-at-the-claim | 6 | allowed | lie-claim-with-an-expired-approval | A claim is allowed with an approval that has ended.
approval-voided-by-a-new-policy | 7 | accepted | lie-approval-under-an-older-policy | An approval under another policy is taken.
approval-for-another-log | 5 | accepted | lie-approval-for-another-log | What was signed for another log is taken.
resumed-by-one-too-few | 4 | accepted | lie-resumed-without-its-quorum | Payments go on with a signature too few.
resumed-by-one-too-few | 7 | allowed | lie-paid-while-suspended | A payment is allowed while payments are stopped.
key-rotated-without-quorum | 3 | accepted | lie-rotation-unsigned | The log's key is rotated without the governance.
request-by-a-revoked-key | 5 | allowed | lie-request-by-a-revoked-key | A request counts that a revoked key signed.
mandate-expired | 5 | allowed | lie-mandate-kept-alive | A payment is allowed that a mandate covers no more.
key-revoked-since | 10 | allowed | lie-answer-of-a-compromised-key | A claim is allowed with the answer of a key that was compromised before it.
clock-step-too-far | 3 | allowed | lie-clock-jump | A payment is allowed after a step of the clock that nobody signed for.
bind-another-payee | 4 | accepted | lie-bind-another-payee | What the wallet signed for somebody else is said to fit.
bind-larger-amount | 4 | accepted | lie-bind-larger-amount | What the wallet signed for more is said to fit.
bind-one-payload-to-two-payments | 6 | accepted | lie-one-payload-for-two-payments | One signature of the wallet stands for two payments.
asset-domain-differs | 3 | allowed | lie-token-named-by-the-seller | A payment is allowed under the seller's name of the token.
asset-not-declared | 3 | allowed | lie-asset-not-declared | A token is paid whose decimals the policy does not give.
obligation-over-maximum | 3 | allowed | lie-exposure-over-the-maximum | More is signed away than the policy lets a payment be.
fact-settled-after-expiry | 7 | without late | lie-late-settlement-in-time | A late settlement is recorded as one in time.
purchase-after-a-lost-answer | 7 | allowed | lie-purchase-paid-again | The same is bought again while the first payment can still settle.
fact-settled-twice | 6 | without contradicts | lie-settled-twice | A second settlement of one payment is recorded as in order.
budget-per-run | 5 | allowed | lie-budget-overspent | A payment is allowed that a budget has no room for.
money-largest-amount | 4 | allowed | lie-budget-overflow | A sum that no budget can hold is said to fit.
money-zero-decimals | 4 | allowed | lie-budget-without-decimals | A budget in an asset without decimals is passed by its smallest unit.
money-eighteen-decimals | 4 | allowed | lie-budget-of-eighteen-decimals | A budget in an asset with 18 decimals is passed by its smallest unit.
budget-window-boundary | 5 | allowed | lie-window-closed-early | A rolling window forgets a payment a moment too soon.
sub-run-spends-its-parents-budget | 5 | allowed | lie-budget-split-over-sub-runs | A sub-run spends what the run above it has no more.
saga-commits | 8 | accepted | lie-committed-with-a-step-open | A transaction is committed before its steps are complete.
saga-excess-compensation | 9 | without excess | lie-compensated-beyond-what-settled | More comes back than was paid, and counts.
refund-and-compensation-together | 8 | without excess | lie-refunded-twice | The same money comes back twice.
write-off-signed-once | 11 | accepted | lie-written-off-twice | One signature writes an obligation off twice.
phase-skipped | 5 | accepted | lie-phase-skipped | A run enters a phase that no edge leads to.";

/// The log of a decision vector.
fn log_of(name: &str) -> Vec<Vec<u8>> {
    static VECTORS: OnceLock<Vec<Decision>> = OnceLock::new();
    let vectors = VECTORS.get_or_init(decision::all);
    vectors.iter().find(|vector| vector.name == name).unwrap_or_else(|| panic!("no vector {name}")).run()
}

pub(super) fn all() -> Vec<Evidence> {
    LIES.lines().map(told).collect()
}

fn told(line: &'static str) -> Evidence {
    let words: Vec<&'static str> = line.split(" | ").collect();
    let [vector, at, want, name, shows] = words[..] else { panic!("{line}") };
    let at: u64 = at.parse().unwrap();
    let mut records = forge::records(&log_of(vector));
    say(&mut records[usize::try_from(at).unwrap()].verdict, &Want::of(want), name);
    let entries = forge::resign(&records);
    let own = forge::checkpoint(&entries, &keys::log());
    Case::new(name, shows, entries).checkpoint(own).fails("decision-does-not-follow", at)
}

/// Turns the verdict to what is wanted; it must have been another.
fn say(verdict: &mut Verdict, want: &Want, name: &str) {
    let honest = verdict.clone();
    match want {
        Allowed | Accepted => {
            let wanted = if matches!(want, Allowed) { Outcome::Allow } else { Outcome::Accepted };
            assert_ne!(verdict.outcome, wanted, "{name}");
            verdict.outcome = wanted;
            verdict.codes.clear();
            for row in verdict.trace.iter_mut().filter(|row| row.result != CheckResult::NotApplicable) {
                row.result = CheckResult::Pass;
            }
        }
        Without(code) => verdict.codes.retain(|it| it != code),
    }
    assert_ne!(*verdict, honest, "{name}");
}
