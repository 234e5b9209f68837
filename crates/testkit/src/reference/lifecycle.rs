//! What records do to payments, from the `pay` that opens one to the day that it is forgotten.

use counterfoil_decide::policy::Releases;
use counterfoil_record::input::{Bind, Pay};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Hash32, Id, Index, Input, Time};

use super::facts::Facts;
use super::rail::Reading;
use super::world::{Allowed, Payment, Status, World};
use super::{Entry, digests, settlement, signing};

impl<'a> World<'a> {
    /// What is accepted about a payment. A fact about one that is not known changes nothing.
    pub(super) fn settle(&mut self, entry: &'a Entry, own: Index) {
        let Some(index) = entry.input.payment() else { return };
        if self.allowed(index).is_none() {
            return;
        }
        let mut payment = self.payments[&index].clone();
        let before = payment.adds();
        match &entry.input {
            Input::Bind(bind) => payment.bound = Some(signing::bound(&payment, bind)),
            Input::Settle(it) => settlement::settled(&mut payment, it),
            Input::Fail(it) => settlement::failed(&mut payment, it),
            Input::Unknown(_) if payment.status.reserves() => payment.status = Status::Unknown,
            Input::Expire(_) => payment.status = Status::Expired,
            Input::Refund(it) => payment.refunded += it.amount.units().min(payment.owed()),
            Input::Compensate(it) => payment.compensated += it.amount.units().min(payment.owed()),
            Input::WriteOff(it) => payment.written_off += it.amount.units(),
            _ => {}
        }
        if payment.adds() != before {
            payment.moved = own;
        }
        (payment.last, payment.kept_from) = (own, entry.time);
        self.payments.insert(index, payment);
    }

    /// A `bind` that was refused and shows that the wallet signed something that can be claimed later.
    pub(super) fn extend(&mut self, bind: &Bind, entry: &Entry, own: Index) {
        let Some(end) = signing::extended(self, bind, &entry.verdict) else { return };
        let payment = self.payments.get_mut(&bind.payment).unwrap();
        let allowed = payment.allowed.as_mut().unwrap();
        allowed.claimable_until = allowed.claimable_until.max(end);
        (payment.last, payment.kept_from) = (own, entry.time);
    }

    pub(super) fn void(&mut self, time: Time, which: impl Fn(&Payment<'_>) -> bool) {
        for payment in self.payments.values_mut() {
            if payment.status == Status::Held && which(payment) {
                (payment.status, payment.kept_from) = (Status::Void, time);
            }
        }
    }

    pub(super) fn pay(&mut self, pay: &'a Pay, entry: &'a Entry, own: Index) {
        let reading = entry.reading.as_ref().unwrap();
        let request = digests::request(pay, reading);
        let status = match entry.verdict.outcome {
            Outcome::Allow => Some(Status::Open),
            Outcome::Hold => Some(Status::Held),
            _ => None,
        };
        if let Some(status) = status {
            let allowed = (status == Status::Open)
                .then(|| self.what_is_allowed(pay, reading, entry.time, own, entry.leaf));
            let payment = Payment {
                index: own,
                pay,
                asked: entry.time,
                request,
                status,
                answers: Vec::new(),
                allowed,
                bound: None,
                settled: 0,
                compensated: 0,
                refunded: 0,
                written_off: 0,
                last: own,
                kept_from: entry.time,
                forgotten: false,
                moved: own,
            };
            self.payments.insert(own, payment);
            self.use_key(pay.run, &pay.key, request, own);
            if status == Status::Open {
                self.join(pay, own);
            }
        }
        if let Some(run) = self.runs.get_mut(&pay.run).filter(|run| run.is_open) {
            run.last = own;
        }
    }

    fn use_key(&mut self, run: Index, key: &Id, request: Hash32, own: Index) {
        self.runs.get_mut(&run).unwrap().keys.insert(key.clone(), (request, own));
    }

    /// An allow is about the transaction that it is part of, too.
    fn join(&mut self, pay: &Pay, own: Index) {
        if let Some(part) = &pay.part {
            self.transactions.get_mut(&part.transaction).unwrap().last = own;
        }
    }

    pub(super) fn claim(&mut self, index: Index, outcome: Outcome, entry: &'a Entry, own: Index) {
        let pay = self.payments[&index].pay;
        let reading = Reading::of(&pay.requirements);
        let allowed = (outcome == Outcome::Allow)
            .then(|| self.what_is_allowed(pay, &reading, entry.time, own, entry.leaf));
        let payment = self.payments.get_mut(&index).unwrap();
        (payment.last, payment.kept_from) = (own, entry.time);
        match outcome {
            Outcome::Allow => {
                (payment.status, payment.allowed, payment.moved) = (Status::Open, allowed, own);
                self.join(pay, own);
            }
            Outcome::Deny => payment.status = Status::Denied,
            _ => {}
        }
        if let Some(run) = self.runs.get_mut(&pay.run).filter(|run| run.is_open) {
            run.last = own;
        }
    }

    /// What an `allow` at `time` fixes. It was allowed, so that nothing that it takes is missing.
    fn what_is_allowed(
        &self,
        pay: &Pay,
        reading: &Reading,
        time: Time,
        index: Index,
        leaf: Hash32,
    ) -> Allowed {
        let facts = Facts::new(self, pay, reading.clone(), time, time, &[]);
        let (offer, policy) = (facts.offer().unwrap(), facts.policy().unwrap());
        let (_, pin) = facts.asset.unwrap();
        Allowed {
            index,
            leaf,
            time,
            wallet: policy.wallets[&pay.wallet].account.as_str().parse().unwrap(),
            payee: offer.payee,
            asset: offer.asset,
            domain_name: pin.domain_name.as_str().into(),
            domain_version: pin.domain_version.as_str().into(),
            scheme: offer.scheme,
            method: offer.method,
            spender: offer.spender,
            facilitator: offer.facilitator,
            exposure: offer.exposure,
            until: facts.permit_until().unwrap(),
            claimable_until: facts.permit_until().unwrap(),
            finality: policy.obligations.finality,
            slot_required: policy.obligations.slot_required,
            payee_releases: policy.releases == Releases::Payee,
            plan: facts.is_plan_bound().then(|| {
                let plan = facts.run().unwrap().plan.as_ref().unwrap();
                (plan.index, pay.item.clone().unwrap())
            }),
            purchase: facts.purchase().unwrap(),
        }
    }

    /// Up to sixteen payments that came to their end and are past the horizon are looked at.
    pub(super) fn forget(&mut self) {
        let Some(horizon) = self.policy().and_then(|policy| policy.limits.match_horizon) else { return };
        let now = self.time;
        // Not before what was signed cannot settle any more.
        let kept_from = |payment: &Payment<'_>| {
            let dead =
                payment.allowed.as_ref().map(|it| Time::from_seconds(it.claimable_until).plus(it.finality));
            payment.kept_from.max(dead.unwrap_or(payment.kept_from))
        };
        let is_due = |payment: &Payment<'_>| {
            let end = u128::from(kept_from(payment).millis()) + u128::from(horizon.millis());
            payment.status.is_final() && !payment.forgotten && end < u128::from(now.millis())
        };
        let mut due: Vec<(Time, Index)> =
            self.payments.values().filter(|it| is_due(it)).map(|it| (kept_from(it), it.index)).collect();
        due.sort();
        for (_, index) in due.into_iter().take(16) {
            let payment = &self.payments[&index];
            let part = payment.pay.part.as_ref().filter(|_| payment.allowed.is_some());
            let uncommitted = part.is_some_and(|part| !self.transactions[&part.transaction].committed);
            let still_owed = payment.owed() > 0;
            let payment = self.payments.get_mut(&index).unwrap();
            if uncommitted && still_owed {
                payment.kept_from = now;
            } else {
                payment.forgotten = true;
            }
        }
    }
}
