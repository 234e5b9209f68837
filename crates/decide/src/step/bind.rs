//! Binding: what the wallet signed must be what was allowed.
//!
//! The signature is recovered here, over a digest that is computed here with the token domain that the
//! policy pinned. A payload that differs is refused and recorded; if the wallet did sign it, it can be
//! claimed until its own end, and the reservation holds until then.

use alloc::boxed::Box;

use counterfoil_rails::Address;
use counterfoil_rails::caip::{Account, Asset};
use counterfoil_rails::eip3009::{self, Domain, ObligationKey, Signature, recover, slot};
use counterfoil_record::input::Bind;
use counterfoil_record::verdict::{CheckName, CheckResult, Code, OperandName};
use counterfoil_record::{Hash32, Text};

use crate::draft::{Decision, Draft, Row};
use crate::state::{Bound, Change, Payment, Terms};

pub(super) fn bind(mut draft: Draft<'_>, bind: &Bind) -> Decision {
    let found = draft.state.payments.get(&bind.payment);
    let Some((payment, terms)) = found.and_then(|payment| Some((payment, payment.terms.as_ref()?))) else {
        return draft.refuse(Code::UnknownPayment);
    };
    draft.previous(payment.last);
    let signed = Signed::read(bind, terms);
    if let Some(bound) = &payment.bound {
        let stray = signed.is_some_and(|signed| signed.by_wallet && signed.digest != bound.digest);
        return if payment.status.is_open() && stray {
            hold_longer(draft, bind, payment.clone(), Code::AlreadyBound)
        } else {
            draft.refuse(Code::AlreadyBound)
        };
    }
    if !payment.status.is_open() {
        return draft.refuse(Code::OutOfOrder);
    }
    let Some(signed) = signed else { return draft.refuse(Code::BindMismatch) };
    let slot = signed.check(&mut draft, terms);
    let elsewhere = draft.state.obligations.get(&signed.key_digest());
    let row = Row::new(CheckName::Obligation)
        .with(OperandName::Obligation, Text::shown(signed.key))
        .with(OperandName::Digest, signed.key_digest())
        .with_some(OperandName::Index, elsewhere.copied());
    draft.verdict.trace.push(row.pass_if(elsewhere.is_none()));

    let fails = |check: &counterfoil_record::verdict::Check| check.result == CheckResult::Fail;
    let mismatch = draft.verdict.trace.iter().any(fails);
    let mut payment = payment.clone();
    if mismatch {
        return if signed.by_wallet {
            hold_longer(draft, bind, payment, Code::BindMismatch)
        } else {
            draft.refuse(Code::BindMismatch)
        };
    }
    if !slot {
        draft.code(Code::SlotNotUsed);
    }
    payment.bound = Some(Bound { index: draft.index, digest: signed.digest, slot });
    payment.last = draft.index;
    draft.change(Change::Obligation(signed.key_digest(), bind.payment));
    draft.change(Change::Payment(bind.payment, Box::new(payment)));
    draft.accept()
}

/// Refused, but the payload is out: the reservation cannot end before it does.
fn hold_longer(mut draft: Draft<'_>, bind: &Bind, mut payment: Payment, code: Code) -> Decision {
    if let Some(terms) = payment.terms.as_mut() {
        terms.claimable_until = terms.claimable_until.max(bind.authorization.valid_before);
    }
    payment.last = draft.index;
    draft.code(code);
    draft.change(Change::Payment(bind.payment, Box::new(payment)));
    draft.decide(counterfoil_record::verdict::Outcome::Refused)
}

/// What was signed, read with the pinned domain.
struct Signed<'b> {
    bind: &'b Bind,
    asset: Asset,
    digest: Hash32,
    recovered: Option<Address>,
    by_wallet: bool,
    key: ObligationKey,
}

impl<'b> Signed<'b> {
    fn read(bind: &'b Bind, terms: &Terms) -> Option<Self> {
        let asset: Asset = terms.asset.as_str().parse().ok()?;
        let wallet: Account = terms.wallet.as_str().parse().ok()?;
        let domain = Domain {
            name: terms.domain_name.as_str().into(),
            version: terms.domain_version.as_str().into(),
            chain: asset.chain,
            contract: asset.contract,
        };
        let stated = &bind.authorization;
        let authorization = eip3009::Authorization {
            from: Address::new(stated.from.0),
            to: Address::new(stated.to.0),
            value: stated.value,
            valid_after: stated.valid_after,
            valid_before: stated.valid_before,
            nonce: stated.nonce,
        };
        let digest = eip3009::digest(&domain, &authorization);
        let recovered = recover(&digest, &Signature::new(bind.signature.0)).ok();
        let key = ObligationKey { asset, from: authorization.from, nonce: authorization.nonce };
        let signer = Some(wallet.address).filter(|_| wallet.chain == asset.chain);
        let by_wallet = recovered.is_some() && recovered == signer && authorization.from == wallet.address;
        Some(Self { bind, asset, digest, recovered, by_wallet, key })
    }

    /// The digest that names the obligation, whoever was allowed to make it.
    fn key_digest(&self) -> Hash32 {
        Hash32::of(&[b"counterfoil/obligation-key/1\0", Text::shown(self.key).as_str().as_bytes()])
    }

    /// Pushes a row for each thing that must agree; true if the nonce is the slot.
    fn check(&self, draft: &mut Draft<'_>, terms: &Terms) -> bool {
        let authorization = &self.bind.authorization;
        let recovered =
            self.recovered.map(|address| Text::shown(Account { chain: self.asset.chain, address }));
        let payee =
            Text::shown(Account { chain: self.asset.chain, address: Address::new(authorization.to.0) });
        let trace = &mut draft.verdict.trace;
        trace.push(
            Row::new(CheckName::Signature)
                .with(OperandName::Eip712, self.digest)
                .with_some(OperandName::Value, recovered)
                .with(OperandName::Against, &terms.wallet)
                .pass_if(self.by_wallet),
        );
        trace.push(Row::new(CheckName::Payee).with(OperandName::Value, &payee).pass_if(payee == terms.payee));
        trace.push(
            Row::new(CheckName::SignedAmount)
                .with(OperandName::Value, authorization.value)
                .with(OperandName::Against, terms.exposure)
                .pass_if(authorization.value == terms.exposure),
        );
        trace.push(
            Row::new(CheckName::Lifetime)
                .with(OperandName::Value, authorization.valid_before)
                .with(OperandName::Against, terms.until)
                .pass_if(authorization.valid_before <= terms.until),
        );
        let expected = terms.leaf.as_ref().map(slot);
        let used = expected == Some(authorization.nonce);
        trace.push(
            Row::new(CheckName::Slot)
                .with(OperandName::Value, authorization.nonce)
                .with_some(OperandName::Against, expected)
                .result(match (used, terms.slot_required) {
                    (true, _) => CheckResult::Pass,
                    (false, true) => CheckResult::Fail,
                    (false, false) => CheckResult::NotApplicable,
                }),
        );
        used
    }
}
