//! Binding: what the wallet signed must be what was allowed.
//!
//! The signature is recovered here, over a digest that is computed here with the token domain that the
//! policy pinned. A payload that differs is refused and recorded; if the wallet did sign it, it can be
//! claimed until its own end, and the reservation holds until then.

use alloc::boxed::Box;

use counterfoil_rails::Address;
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::eip3009::{Domain, ObligationKey, Signature, recover, slot};
use counterfoil_rails::x402::Signed;
use counterfoil_record::input::Bind;
use counterfoil_record::verdict::{Check, CheckName, CheckResult, Code, OperandName};
use counterfoil_record::{Hash32, Text};

use crate::draft::{Decision, Draft, Row};
use crate::state::{Bound, Change, Payment, Terms};

pub(super) fn bind(mut draft: Draft<'_>, bind: &Bind) -> Decision {
    let found = draft.state.payments.get(&bind.payment);
    let Some((payment, terms)) = found.and_then(|payment| Some((payment, payment.terms.as_ref()?))) else {
        return draft.refuse(Code::UnknownPayment);
    };
    draft.previous(payment.last);
    let seen = Seen::read(bind, terms);
    if let Some(bound) = &payment.bound {
        let stray = seen.filter(|seen| seen.by_wallet && seen.digest != bound.digest);
        return match stray.filter(|_| payment.status.is_open()) {
            Some(stray) => hold_longer(draft, bind, &stray, payment.clone(), Code::AlreadyBound),
            None => draft.refuse(Code::AlreadyBound),
        };
    }
    if !payment.status.is_open() {
        return draft.refuse(Code::OutOfOrder);
    }
    let Some(seen) = seen else { return draft.refuse(Code::BindMismatch) };
    let slot = seen.check(&mut draft, terms);
    let elsewhere = draft.state.obligations.get(&seen.key_digest());
    let row = Row::new(CheckName::Obligation)
        .with(OperandName::Obligation, Text::shown(seen.key))
        .with(OperandName::Digest, seen.key_digest())
        .with_some(OperandName::Index, elsewhere.copied());
    draft.verdict.trace.push(row.pass_if(elsewhere.is_none()));

    let fails = |check: &Check| check.result == CheckResult::Fail;
    let mismatch = draft.verdict.trace.iter().any(fails);
    let mut payment = payment.clone();
    if mismatch {
        return if seen.by_wallet {
            hold_longer(draft, bind, &seen, payment, Code::BindMismatch)
        } else {
            draft.refuse(Code::BindMismatch)
        };
    }
    if !slot {
        draft.code(Code::SlotNotUsed);
    }
    payment.bound =
        Some(Bound { index: draft.index, digest: seen.digest, slot, obligation: seen.key_digest() });
    payment.last = draft.index;
    draft.change(Change::Obligation(seen.key_digest(), bind.payment));
    draft.change(Change::Payment(bind.payment, Box::new(payment)));
    draft.accept()
}

/// Refused, but the payload is out: the reservation cannot end before it does.
fn hold_longer(mut draft: Draft<'_>, bind: &Bind, seen: &Seen, mut payment: Payment, code: Code) -> Decision {
    if let Some(terms) = payment.terms.as_mut() {
        terms.claimable_until = terms.claimable_until.max(seen.signed.valid_until());
    }
    payment.last = draft.index;
    draft.code(code);
    draft.change(Change::Payment(bind.payment, Box::new(payment)));
    draft.decide(counterfoil_record::verdict::Outcome::Refused)
}

/// What was signed, read with the pinned domain.
struct Seen {
    signed: Signed,
    asset: Asset,
    digest: Hash32,
    recovered: Option<Address>,
    by_wallet: bool,
    key: ObligationKey,
}

impl Seen {
    fn read(bind: &Bind, terms: &Terms) -> Option<Self> {
        let asset: Asset = terms.asset.as_str().parse().ok()?;
        let wallet: Account = terms.wallet.as_str().parse().ok()?;
        let domain = Domain {
            name: terms.domain_name.as_str().into(),
            version: terms.domain_version.as_str().into(),
            chain: asset.chain,
            contract: asset.contract,
        };
        let signed = Signed::stated(&bind.signed);
        let digest = signed.digest(&domain);
        let recovered = recover(&digest, &Signature::new(bind.signature.0)).ok();
        let signer = Some(wallet.address).filter(|_| wallet.chain == asset.chain);
        let by_wallet = recovered.is_some() && recovered == signer && signed.from() == wallet.address;
        Some(Self { signed, asset, digest, recovered, by_wallet, key: signed.key(&asset) })
    }

    /// The digest that names the obligation, whoever was allowed to make it.
    fn key_digest(&self) -> Hash32 {
        Hash32::of(&[b"counterfoil/obligation-key/1\0", Text::shown(self.key).as_str().as_bytes()])
    }

    fn account(&self, address: Address) -> Text {
        Text::shown(Account { chain: self.asset.chain, address })
    }

    /// Pushes a row for each thing that must agree; true if the nonce is the slot.
    fn check(&self, draft: &mut Draft<'_>, terms: &Terms) -> bool {
        let trace = &mut draft.verdict.trace;
        trace.push(
            Row::new(CheckName::Signature)
                .with(OperandName::Eip712, self.digest)
                .with_some(OperandName::Value, self.recovered.map(|address| self.account(address)))
                .with(OperandName::Against, &terms.wallet)
                .pass_if(self.by_wallet),
        );
        let payee = self.account(self.signed.to());
        trace.push(Row::new(CheckName::Payee).with(OperandName::Value, &payee).pass_if(payee == terms.payee));
        let value = self.signed.value();
        let token = self.signed.token().is_none_or(|token| token == self.asset.contract);
        trace.push(
            Row::new(CheckName::SignedAmount)
                .with(OperandName::Value, value)
                .with(OperandName::Against, terms.exposure)
                .pass_if(token && value == terms.exposure),
        );
        trace.push(self.spender(terms));
        let end = self.signed.valid_until();
        trace.push(
            Row::new(CheckName::Lifetime)
                .with(OperandName::Value, end)
                .with(OperandName::Against, terms.until)
                .pass_if(end <= terms.until),
        );
        let expected = terms.leaf.as_ref().map(slot);
        let used = expected == Some(self.signed.nonce());
        trace.push(
            Row::new(CheckName::Slot)
                .with(OperandName::Value, self.signed.nonce())
                .with_some(OperandName::Against, expected)
                .result(match (used, terms.slot_required) {
                    (true, _) => CheckResult::Pass,
                    (false, true) => CheckResult::Fail,
                    (false, false) => CheckResult::NotApplicable,
                }),
        );
        used
    }

    /// Under Permit2 it is the spender that keeps to the payee who was signed for, so only the scheme's own will do.
    fn spender(&self, terms: &Terms) -> Check {
        let row = Row::new(CheckName::Spender);
        let method = Text::shown(self.signed.method().code());
        if method != terms.method {
            return row.with(OperandName::Value, method).pass_if(false);
        }
        let Some(spender) = self.signed.spender() else { return row.not_applicable() };
        let (spender, facilitator) = (Text::shown(spender), self.signed.facilitator().map(Text::shown));
        let agree = terms.spender.as_ref() == Some(&spender) && terms.facilitator == facilitator;
        row.with(OperandName::Value, method)
            .with(OperandName::Spender, spender)
            .with_some(OperandName::Against, facilitator)
            .pass_if(agree)
    }
}
