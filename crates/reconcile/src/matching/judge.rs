//! One class for each request, transfer and exchange.

mod row;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use counterfoil_rails::caip::{Account, ChainId};
use counterfoil_rails::obligation::ObligationKey;
use counterfoil_record::{Amount, Hash32, Index, Time};

use super::exchanges::{Answer, Answers};
use super::ledger::{Ledger, Move};
use crate::book::{Book, FactKind, Permitted, Request, Shown};
use crate::codes::{Class, Worth};
use crate::evidence::Said;
use crate::report::Row;

/// Everything that there is to judge by.
pub(super) struct Judge<'a> {
    pub(super) book: &'a Book,
    pub(super) ledger: &'a Ledger,
    pub(super) answers: &'a Answers,
}

/// The same, by request.
struct Sorted<'a> {
    judge: &'a Judge<'a>,
    moves: BTreeMap<Index, Vec<&'a Move>>,
    /// For each payment that paid for a purchase again the one that had paid for it before.
    again: BTreeMap<Index, Index>,
}

/// What is known of one request.
struct Known<'a> {
    request: &'a Request,
    /// Its transfers that nothing contradicts.
    moves: Vec<&'a Move>,
    answers: &'a [Answer],
    /// Who says that it settled, where no transfer is known.
    claim: Option<Claim>,
    /// The signatures that were shown for it and not taken back.
    valid: Vec<&'a Shown>,
    /// Those of them that no transfer has used.
    open: Vec<&'a Shown>,
    /// The head of its chain, where everything from the beginning to there is known.
    whole: Option<Time>,
    /// The head of its chain, however much is known.
    head: Option<Time>,
}

/// Somebody says that a payment settled.
#[derive(Clone, Copy, Debug)]
struct Claim {
    worth: Worth,
    amount: Option<Amount>,
    transaction: Option<Hash32>,
    /// Whether an extract that reaches far enough has no such transfer.
    contradicted: bool,
}

impl Judge<'_> {
    /// A row for each request, and for each transfer and exchange that none explains.
    pub(super) fn rows(&self) -> Vec<Row> {
        let mut moves: BTreeMap<Index, Vec<&Move>> = BTreeMap::new();
        for it in &self.ledger.moves {
            if let Some(owner) = it.owner {
                moves.entry(owner).or_default().push(it);
            }
        }
        let mut sorted = Sorted { judge: self, moves, again: BTreeMap::new() };
        sorted.again = sorted.paid_again();
        let mut rows: Vec<Row> = self.book.requests.values().map(|it| sorted.request(it)).collect();
        // A row of a table that an extract contradicts stands for itself where a payment has a transfer without it.
        let alone = |it: &&Move| match it.owner {
            None => true,
            Some(owner) => {
                let all = sorted.moves.get(&owner).map(Vec::as_slice).unwrap_or_default();
                self.is_contradicted(it) && all.iter().any(|other| !self.is_contradicted(other))
            }
        };
        rows.extend(self.ledger.moves.iter().filter(alone).map(|it| self.unexplained(it)));
        rows.extend(self.answers.strays.iter().filter_map(|(key, answers)| self.stray(key, answers)));
        rows.extend(self.book.unasked.iter().filter_map(|(payment, fact)| self.unasked(*payment, fact)));
        rows.extend(self.answers.refusals.iter().map(Self::refusal));
        rows
    }

    /// True for a row of a table about a time that an extract without gaps reaches: the extract would have it.
    fn is_contradicted(&self, it: &Move) -> bool {
        let chain = it.transfer.asset.chain;
        let Some(head) = self.ledger.whole_until(chain) else { return false };
        let in_blocks = it.transfer.block.is_some_and(|block| self.ledger.last_block(chain) >= Some(block));
        let in_time = it.transfer.time.is_some_and(|time| Time::from_seconds(time) <= head);
        it.worth == Worth::Operator && (in_blocks || in_time)
    }
}

impl<'a> Sorted<'a> {
    fn known(&self, request: &'a Request) -> Known<'a> {
        let judge = self.judge;
        let all = self.moves.get(&request.index).map(Vec::as_slice).unwrap_or_default();
        let (told, moves): (Vec<&Move>, Vec<&Move>) =
            all.iter().copied().partition(|it| judge.is_contradicted(it));
        let answers = judge.answers.of_request(request.index);
        let chain = request.asset.map(|asset| asset.chain);
        // What ends before the request was made says nothing about it.
        let whole = chain.and_then(|chain| judge.ledger.whole_until(chain));
        let whole = whole.filter(|head| head.seconds() >= request.at.seconds());
        let head = chain.and_then(|chain| judge.ledger.head(chain));
        let claim = claim(request, &told, answers, whole);
        let valid = request.shown.iter().filter(|shown| !judge.ledger.is_cancelled(&shown.key));
        let valid: Vec<&Shown> = valid.collect();
        // Permit2 shows no nonce: with a transfer of its own its signature counts as used.
        let nameless = moves.iter().any(|it| it.transfer.nonce.is_none());
        let used = |key: &ObligationKey| judge.ledger.has(key.chain(), key.from(), key.nonce(), None);
        let open = valid.iter().copied().filter(|shown| !nameless && !used(&shown.key)).collect();
        Known { request, moves, answers, claim, valid, open, whole, head }
    }

    fn request(&self, request: &'a Request) -> Row {
        let known = self.known(request);
        let class = self.class(&known);
        known.row(class, self.first_of(&known))
    }

    fn class(&self, known: &Known<'_>) -> Class {
        let allowed = known.request.is_allowed();
        match (known.moves.as_slice(), known.claim) {
            ([], None) if !allowed => Class::DeniedNothingMoved,
            ([], None) => known.unsettled(),
            ([], Some(claim)) if claim.contradicted => Class::ClaimedWithoutArtefact,
            (_, _) if !allowed => Class::DeniedButMoved,
            ([], Some(claim)) => {
                let other = claim.amount.and_then(|amount| known.other_amount(amount));
                other.unwrap_or_else(|| self.settled(known))
            }
            ([only], _) => known.differs(only).unwrap_or_else(|| self.settled(known)),
            (_, _) => Class::PaidTwice,
        }
    }

    /// What settled as allowed.
    fn settled(&self, known: &Known<'_>) -> Class {
        if self.first_of(known).is_some() {
            Class::PaidTwice
        } else if known.is_late() {
            Class::SettledLate
        } else {
            Class::SettledAsAllowed
        }
    }

    /// The payment that settled for the same purchase before, and was not known to have when this one was allowed.
    fn first_of(&self, known: &Known<'_>) -> Option<Index> {
        self.again.get(&known.request.index).copied()
    }

    /// Goes through the payments of each purchase in the order of their decisions.
    fn paid_again(&self) -> BTreeMap<Index, Index> {
        let mut purchases: BTreeMap<Hash32, Vec<&Request>> = BTreeMap::new();
        for request in self.judge.book.requests.values() {
            let purchase = request.permitted.as_ref().and_then(|it| it.purchase);
            if let Some(purchase) = purchase.filter(|_| self.known(request).is_settled()) {
                purchases.entry(purchase).or_default().push(request);
            }
        }
        let mut again = BTreeMap::new();
        for requests in purchases.values_mut() {
            requests.sort_by_key(|request| request.decided);
            // Those that settled and were not known to; and whether one that paid again has been found.
            let mut unknown: Vec<(&Request, bool)> = Vec::new();
            for request in requests.iter().copied() {
                let before = |by: Option<Index>| by.is_some_and(|by| by < request.decided);
                // One that the log gave up was tried again once; what comes after that is another purchase.
                let over = |it: &Request, found| before(it.settled_by) || (found && before(it.ended_by));
                unknown.retain(|(it, found)| !over(it, *found));
                if let Some((first, _)) = unknown.first() {
                    again.insert(request.index, first.index);
                }
                for (_, found) in &mut unknown {
                    *found = true;
                }
                unknown.push((request, false));
            }
        }
        again
    }
}

/// The best claim that it settled.
fn claim(request: &Request, told: &[&Move], answers: &[Answer], whole: Option<Time>) -> Option<Claim> {
    let finality = request.permitted.as_ref().map(|it| it.finality).unwrap_or_default();
    let dead = whole.is_some_and(|head| request.needed_until().is_some_and(|end| head > end));
    let answered = answers.iter().rev().find_map(|answer| match answer.said {
        Said::Settled { amount: Some(Amount::ZERO), .. } if request.is_upto() => None,
        Said::Settled { transaction, amount } => {
            Some(Claim { worth: Worth::Facilitator, amount, transaction, contradicted: dead })
        }
        _ => None,
    });
    let recorded = request.settlement().map(|fact| Claim {
        worth: fact.worth,
        // `exact` settles for its exposure at the least, whatever is stated.
        amount: fact.amount.filter(|amount| request.is_upto() || Some(*amount) > request.exposure),
        transaction: fact.transaction,
        contradicted: dead || whole.is_some_and(|head| head >= fact.time.plus(finality)),
    });
    let tabled = told.first().map(|it| Claim {
        worth: Worth::Operator,
        amount: Some(it.transfer.amount),
        transaction: Some(it.transfer.transaction),
        contradicted: true,
    });
    answered.or(recorded).or(tabled)
}

impl Known<'_> {
    fn is_settled(&self) -> bool {
        !self.moves.is_empty() || self.claim.is_some_and(|claim| !claim.contradicted)
    }

    /// What was allowed and has not settled.
    fn unsettled(&self) -> Class {
        let request = self.request;
        // With a settlement that moves anything there would be a claim.
        let answered = self.answers.iter().any(|answer| matches!(answer.said, Said::Settled { .. }));
        if answered || request.last(FactKind::Settled).is_some() {
            Class::SettledAsAllowed
        } else if self.refused_by().is_some() {
            Class::RefusedByRail
        } else {
            match self.whole {
                None => Class::OutcomeUnknown,
                Some(head) if self.dead_from().is_none_or(|dead| head > dead) => Class::NeverSettled,
                Some(_) => Class::StillSpendable,
            }
        }
    }

    /// Who says that the rail refused it, if nobody said otherwise after that.
    fn refused_by(&self) -> Option<Worth> {
        let answered = self.answers.iter().rev().find(|answer| answer.said != Said::Nothing);
        if let Some(answer) = answered {
            return matches!(answer.said, Said::Refused(_)).then_some(Worth::Facilitator);
        }
        self.request.last(FactKind::Failed).filter(|fact| fact.worth >= Worth::Payee).map(|fact| fact.worth)
    }

    /// How a transfer is not what was allowed.
    fn differs(&self, it: &Move) -> Option<Class> {
        let (transfer, request) = (&it.transfer, self.request);
        let payee = Account { chain: transfer.asset.chain, address: transfer.to };
        if request.asset != Some(transfer.asset) {
            Some(Class::OtherAsset)
        } else if request.payee != Some(payee) {
            Some(Class::OtherPayee)
        } else {
            self.other_amount(transfer.amount)
        }
    }

    /// Whether an amount is not what was allowed.
    fn other_amount(&self, moved: Amount) -> Option<Class> {
        let exposure = self.request.exposure.unwrap_or_default();
        let fits = moved == exposure || (self.request.is_upto() && moved < exposure);
        (!fits).then_some(Class::OtherAmount)
    }

    /// True if it was taken to have failed before it settled.
    fn is_late(&self) -> bool {
        let request = self.request;
        let said = |kind| request.last(kind).is_some();
        let refused = self.answers.iter().position(|answer| matches!(answer.said, Said::Refused(_)));
        let settled = self.answers.iter().position(|answer| matches!(answer.said, Said::Settled { .. }));
        let refused_first = match (refused, settled) {
            (Some(refused), Some(settled)) => refused < settled,
            (Some(_), None) => !said(FactKind::Settled),
            (None, _) => false,
        };
        let unknown = said(FactKind::Unknown) && !said(FactKind::Settled);
        said(FactKind::Failed) || said(FactKind::Expired) || unknown || refused_first
    }

    /// The moment after which what was signed for it, or could have been where nothing was shown, cannot have settled; `None`
    /// where all of it was taken back.
    fn dead_from(&self) -> Option<Time> {
        if self.request.shown.is_empty() {
            self.request.dead_from()
        } else {
            self.valid.iter().map(|shown| shown.dead_from()).max()
        }
    }

    /// Until when something that was signed for it, or may be, can settle after the head.
    fn spendable_until(&self) -> Option<Time> {
        let request = self.request;
        let shown = self.open.iter().map(|shown| shown.dead_from());
        let silent = request.shown.is_empty() && self.moves.is_empty();
        let permit = request.permitted.as_ref().filter(|_| silent).map(Permitted::dead_from);
        shown.chain(permit).max().filter(|end| self.head.is_none_or(|head| head <= *end))
    }
}

/// The account on the chain.
const fn account(chain: ChainId, address: counterfoil_rails::Address) -> Account {
    Account { chain, address }
}
