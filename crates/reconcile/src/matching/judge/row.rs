//! Rows, and what they say in words.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use counterfoil_rails::caip::Account;
use counterfoil_rails::obligation::ObligationKey;
use counterfoil_record::{Amount, Index, Text, Time};

use super::{Judge, Known, account};
use crate::book::{Fact, FactKind};
use crate::codes::{Class, Worth};
use crate::evidence::Said;
use crate::matching::exchanges::{Answer, Refusal};
use crate::matching::ledger::{Joined, Move};
use crate::report::{Row, Subject};

impl Known<'_> {
    /// The row of the request. `first` is the payment that paid for the same purchase before.
    pub(super) fn row(&self, class: Class, first: Option<Index>) -> Row {
        let request = self.request;
        let transfer = self.moves.first().map(|it| it.transfer);
        let claimed = self.claim.filter(|_| self.moves.is_empty());
        let sum = |sum: Amount, it: &&Move| sum.checked_add(it.transfer.amount).unwrap_or(Amount::MAX);
        let moved = (!self.moves.is_empty()).then(|| self.moves.iter().fold(Amount::ZERO, sum));
        let stands = claimed.filter(|claim| !claim.contradicted);
        let moved = moved.or_else(|| stands.and_then(|claim| claim.amount.or(request.exposure)));
        let mut transactions: Vec<_> = self.moves.iter().map(|it| it.transfer.transaction).collect();
        transactions.extend(claimed.and_then(|claim| claim.transaction));
        let chain = transfer.map(|it| it.asset.chain);
        let (worth, evidence) = self.evidence(class);
        Row {
            class,
            subject: Subject::Payment { index: request.index },
            run: Some(request.run),
            agent: request.agent.clone(),
            resource: Some(request.resource.clone()),
            decided: Some(request.decided),
            outcome: Some(request.outcome),
            wallet: request.wallet,
            payee: transfer.zip(chain).map(|(it, chain)| account(chain, it.to)).or(request.payee),
            asset: transfer.map(|it| it.asset).or(request.asset),
            allowed: request.exposure.filter(|_| request.is_allowed()),
            moved,
            transactions,
            spendable_until: self.spendable_until(),
            detail: shown(&self.detail(class, first)),
            worth,
            evidence: shown(&evidence),
        }
    }

    fn detail(&self, class: Class, first: Option<Index>) -> Vec<String> {
        let request = self.request;
        let mut detail = Vec::new();
        match (class, first) {
            (Class::PaidTwice, Some(first)) => {
                detail.push(format!("payment {first} settled for the same purchase"));
            }
            (Class::PaidTwice, None) => {
                detail.push(format!("{} transfers for one decision", self.moves.len()));
            }
            (Class::OtherAmount | Class::OtherPayee | Class::OtherAsset, _) => {
                let asked = |value: Option<String>| value.unwrap_or_default();
                let (amount, payee) = (request.exposure, request.payee);
                detail.push(format!(
                    "allowed: {} of {} to {}",
                    asked(amount.map(|it| it.to_string())),
                    asked(request.asset.map(|it| it.to_string())),
                    asked(payee.map(|it| it.to_string()))
                ));
            }
            (Class::DeniedButMoved | Class::DeniedNothingMoved, _) => {
                detail.push(format!("the decision is {}", request.outcome));
            }
            (Class::StillSpendable | Class::NeverSettled, _) if request.shown.is_empty() => {
                detail.push("no signature was shown".into());
            }
            _ => {}
        }
        let nonce = self.moves.first().and_then(|it| it.transfer.nonce);
        if let (Some(nonce), Some(permitted)) = (nonce, &request.permitted) {
            detail.push(if nonce == permitted.slot {
                format!("its nonce names record {}", request.decided)
            } else {
                "its nonce is the wallet's own, and names no record".into()
            });
        }
        let taken_back = request.shown.len().saturating_sub(self.valid.len());
        if taken_back > 0 {
            detail.push(format!("signatures that the wallet took back on chain: {taken_back}"));
        }
        let stray = request.shown.iter().filter(|shown| !shown.bound).count();
        if stray > 0 && request.is_allowed() {
            detail.push(format!("signatures that are not what was allowed: {stray}"));
        }
        detail
    }

    /// What the class rests on, and all that was used.
    fn evidence(&self, class: Class) -> (Worth, Vec<String>) {
        let mut used = Vec::new();
        let mut best = Worth::Operator;
        for it in &self.moves {
            best = best.max(it.worth);
            used.push(told(it));
        }
        for answer in self.answers {
            used.push(said(answer));
        }
        for fact in &self.request.facts {
            let amount = fact.amount.map(|amount| format!(" {amount}")).unwrap_or_default();
            used.push(format!("{}: {}{amount} (record {})", fact.worth, fact.kind.word(), fact.record));
        }
        let absent = self.moves.is_empty().then_some(self.whole).flatten();
        if let Some(head) = absent {
            used.push(format!("{}: nothing until Unix second {}", Worth::Chain, head.seconds()));
        }
        if used.is_empty() {
            used.push(format!("{}: the log alone", Worth::Operator));
        }
        let rests_on = match (class, self.claim) {
            (Class::RefusedByRail, _) => self.refused_by().unwrap_or(best),
            (Class::ClaimedWithoutArtefact, _) => Worth::Chain,
            (_, Some(claim)) if self.moves.is_empty() => claim.worth,
            (Class::SettledAsAllowed, None) if self.moves.is_empty() => {
                self.request.last(FactKind::Settled).map_or(Worth::Facilitator, |fact| fact.worth)
            }
            _ if absent.is_some() => Worth::Chain,
            _ => best,
        };
        (rests_on, used)
    }
}

impl Judge<'_> {
    /// The row of a transfer that no request explains.
    pub(super) fn unexplained(&self, it: &Move) -> Row {
        let transfer = &it.transfer;
        let (asset, from, chain) = (transfer.asset, transfer.from, transfer.asset.chain);
        let key = transfer.nonce.map(|nonce| ObligationKey::Eip3009 { asset, from, nonce });
        let answers = key.and_then(|key| self.answers.strays.get(&key)).into_iter().flatten();
        let used: Vec<String> = [told(it)].into_iter().chain(answers.map(said)).collect();
        let contradicted = self.is_contradicted(it);
        Row {
            class: if contradicted { Class::ClaimedWithoutArtefact } else { Class::MovedWithoutDecision },
            subject: Subject::Transfer { transaction: transfer.transaction, log_index: transfer.log_index },
            payee: Some(account(chain, transfer.to)),
            asset: Some(asset),
            moved: (!contradicted).then_some(transfer.amount),
            transactions: vec![transfer.transaction],
            worth: if contradicted { Worth::Chain } else { it.worth },
            evidence: shown(&used),
            ..Row::about(Some(account(chain, from)))
        }
    }

    /// The row of a signature of a wallet that a facilitator saw and no request explains, unless its transfer has one.
    pub(super) fn stray(&self, key: &ObligationKey, answers: &[Answer]) -> Option<Row> {
        let first = &answers.first()?.exchange;
        let (chain, signed) = (key.chain(), &first.signed);
        let settled = answers.iter().rev().find_map(|answer| match answer.said {
            Said::Settled { transaction, amount } => Some((transaction, amount.unwrap_or(signed.value()))),
            _ => None,
        });
        let named = settled.and_then(|(transaction, _)| transaction);
        if self.ledger.has(chain, key.from(), key.nonce(), named) {
            return None;
        }
        let end = self.ends(Time::from_seconds(signed.valid_until()));
        let dead = self.ledger.whole_until(chain).is_some_and(|head| head > end);
        let class = match settled {
            Some(_) if dead => Class::ClaimedWithoutArtefact,
            Some(_) => Class::MovedWithoutDecision,
            None => Class::OutcomeUnknown,
        };
        let head = self.ledger.head(chain);
        let used: Vec<String> = answers.iter().map(said).collect();
        Some(Row {
            class,
            payee: Some(account(chain, signed.to())),
            asset: Some(first.asset),
            moved: settled.filter(|_| !dead).map(|(_, amount)| amount),
            transactions: settled.and_then(|(transaction, _)| transaction).into_iter().collect(),
            spendable_until: Some(end)
                .filter(|end| settled.is_none() && head.is_none_or(|head| head <= *end)),
            detail: "no decision of the log is about this signature".into(),
            worth: if class == Class::ClaimedWithoutArtefact { Worth::Chain } else { Worth::Facilitator },
            evidence: shown(&used),
            subject: subject(answers.first()?),
            ..Row::about(Some(account(chain, key.from())))
        })
    }

    /// The row of a settlement of what nobody asked for, unless the transfer that it names has one.
    pub(super) fn unasked(&self, payment: Index, fact: &Fact) -> Option<Row> {
        if fact.transaction.is_some_and(|transaction| self.ledger.moved_in(transaction)) {
            return None;
        }
        let chains = self.book.population.chains();
        let reached = |chain| self.ledger.whole_until(chain).is_some_and(|head| head >= self.ends(fact.time));
        let contradicted = !chains.is_empty() && chains.into_iter().all(reached);
        let used = format!("{}: settled (record {})", fact.worth, fact.record);
        Some(Row {
            class: if contradicted { Class::ClaimedWithoutArtefact } else { Class::MovedWithoutDecision },
            subject: Subject::Payment { index: payment },
            moved: fact.amount.filter(|_| !contradicted),
            transactions: fact.transaction.into_iter().collect(),
            detail: "no payment request of the log has this index".into(),
            worth: if contradicted { Worth::Chain } else { fact.worth },
            evidence: used,
            ..Row::about(None)
        })
    }

    /// When something of that time can no longer turn out to have settled.
    fn ends(&self, time: Time) -> Time {
        time.plus(self.book.finality())
    }

    /// The row of a refusal of what is no signature for a request, or no longer.
    pub(super) fn refusal(refusal: &Refusal) -> Row {
        let exchange = &refusal.answer.exchange;
        let chain = exchange.asset.chain;
        let detail = match refusal.again {
            _ if refusal.altered => "the signature is not by the account that it names".into(),
            Some(payment) => format!("the signature for payment {payment}, presented again"),
            None => "no decision of the log is about this signature".into(),
        };
        Row {
            class: Class::ReplayRefused,
            subject: subject(&refusal.answer),
            payee: Some(account(chain, exchange.signed.to())),
            asset: Some(exchange.asset),
            detail,
            worth: Worth::Facilitator,
            evidence: shown(&[said(&refusal.answer)]),
            ..Row::about(Some(account(chain, exchange.key.from())))
        }
    }
}

impl Row {
    /// A row about money of `wallet` that says nothing else yet.
    fn about(wallet: Option<Account>) -> Self {
        Self {
            class: Class::OutcomeUnknown,
            subject: Subject::Exchange { file: 0, place: String::new() },
            run: None,
            agent: None,
            resource: None,
            decided: None,
            outcome: None,
            wallet,
            payee: None,
            asset: None,
            allowed: None,
            moved: None,
            transactions: Vec::new(),
            spendable_until: None,
            detail: String::new(),
            worth: Worth::Operator,
            evidence: String::new(),
        }
    }
}

fn subject(answer: &Answer) -> Subject {
    Subject::Exchange { file: answer.file, place: answer.exchange.place.clone() }
}

/// A transfer, and how it was joined.
fn told(it: &Move) -> String {
    let transaction = it.transfer.transaction;
    let source = if it.worth == Worth::Chain {
        let block = it.transfer.block.map(|block| format!("block {block}, ")).unwrap_or_default();
        let table = if it.tabled { ", also in a table" } else { "" };
        format!("{}: {block}transaction 0x{transaction}{table}", Worth::Chain)
    } else {
        format!("{}: a table, transaction 0x{transaction}", Worth::Operator)
    };
    let joined = match (it.owner, it.joined) {
        (None, _) => "",
        (Some(_), Joined::Nonce) => ", by its nonce",
        (Some(_), Joined::Transaction) => ", by the transaction that an answer names",
        (Some(_), Joined::Terms) => ", by its terms",
    };
    format!("{source}{joined}")
}

fn said(answer: &Answer) -> String {
    let what = match &answer.said {
        Said::Valid => "would settle".into(),
        Said::Refused(reason) => format!("refused ({})", reason.as_str()),
        Said::Settled { transaction: Some(transaction), .. } => {
            format!("settled, transaction 0x{transaction}")
        }
        Said::Settled { transaction: None, .. } => "settled".into(),
        Said::Nothing => "none that can be read".into(),
    };
    format!("{}: {what} (file {}, {})", Worth::Facilitator, answer.file, answer.exchange.place)
}

fn shown(parts: &[String]) -> String {
    Text::shown(parts.join("; ")).as_str().into()
}
