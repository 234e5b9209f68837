//! The checks of a payment. Each is evaluated, whatever the others say, in one fixed order; a check whose
//! subject an earlier one found missing is not applicable, so that each can be the only one to fail.

mod budgets;
mod obligation;
mod repeats;
mod standing;
mod workflow;

use alloc::vec::Vec;

use counterfoil_rails::url::ResourceUrl;
use counterfoil_rails::x402::{self, PaymentRequirements};
use counterfoil_record::codec::Wire as _;
use counterfoil_record::input::{Compensation, Part, Pay};
use counterfoil_record::verdict::{Check, CheckResult, Outcome};
use counterfoil_record::{Amount, Hash32, Id, Index, Text, Time, wire_map};

use crate::policy::{AssetPin, Policy, WalletRule};
use crate::state::{GroupKey, Hold, InForce, ItemOf, Run, State, Terms};

/// A payment that is asked for, with everything that the checks look it up in.
pub(crate) struct Asked<'a> {
    pub(crate) state: &'a State,
    pub(crate) time: Time,
    pub(crate) pay: &'a Pay,
    /// What waits, where this decides a held payment again.
    pub(crate) hold: Option<&'a Hold>,
    policy: Option<&'a InForce>,
    run: Option<&'a Run>,
    terms: Result<x402::Terms, Unread>,
    resource: Option<ResourceUrl>,
    /// The digest of the request, as an idempotency key names it again.
    pub(crate) request: Hash32,
}

/// Why terms could not be derived.
#[derive(Clone, Copy)]
enum Unread {
    /// The rail's bytes do not parse.
    Malformed,
    /// They ask for something that is not supported.
    Unsupported(&'static str),
}

/// What was found, and what would be permitted.
pub(crate) struct Found {
    pub(crate) trace: Vec<Check>,
    pub(crate) outcome: Outcome,
    pub(crate) terms: Option<Terms>,
}

wire_map! {
    /// What a request is, whatever bytes it came in. The idempotency key and private text are left out.
    pub struct Request {
        /// The run.
        1 => run: Index,
        /// Its place in a transaction.
        2 => part: Option<Part>,
        /// The plan item.
        3 => item: Option<Id>,
        /// The terms, or the digest of bytes that give none.
        4 => terms: Hash32,
        /// What was asked for.
        5 => resource: Text,
        /// Who would pay.
        6 => wallet: Id,
        /// What kind of spending it is.
        7 => category: Option<Id>,
        /// How it would be undone.
        8 => compensation: Option<Compensation>,
    }
}

impl<'a> Asked<'a> {
    pub(crate) fn new(state: &'a State, pay: &'a Pay, hold: Option<&'a Hold>, time: Time) -> Self {
        let terms = read_terms(pay.requirements.as_slice());
        let request = request_digest(pay, &terms);
        Self {
            state,
            time,
            pay,
            hold,
            policy: state.policy.as_ref(),
            run: state.runs.get(&pay.run),
            terms,
            resource: pay.resource.as_str().parse().ok(),
            request,
        }
    }

    /// Evaluates every check.
    pub(crate) fn check(&self) -> Found {
        let groups = self.groups();
        let mut trace = Vec::with_capacity(24);
        self.check_standing(&mut trace);
        self.check_workflow(&mut trace);
        self.check_obligation(&mut trace);
        self.check_budgets(&groups, &mut trace);
        self.check_repeats(&mut trace);
        let outcome = match outcome(&trace) {
            Outcome::Allow => match self.permitted(&groups) {
                Some(terms) => return Found { trace, outcome: Outcome::Allow, terms: Some(terms) },
                None => Outcome::CannotDecide,
            },
            outcome => outcome,
        };
        Found { trace, outcome, terms: None }
    }

    fn rules(&self) -> Option<&'a Policy> {
        self.policy.map(|in_force| &in_force.policy)
    }

    fn terms(&self) -> Option<&x402::Terms> {
        self.terms.as_ref().ok()
    }

    fn wallet(&self) -> Option<&'a WalletRule> {
        self.rules()?.wallets.get(&self.pay.wallet)
    }

    fn payee(&self) -> Option<Text> {
        self.terms().map(|terms| Text::shown(terms.payee))
    }

    /// The policy's name for the asset, and what it pins.
    fn asset(&self) -> Option<(&'a Id, &'a AssetPin)> {
        let name = Text::shown(self.terms()?.asset);
        self.rules()?.asset(name.as_str())
    }

    /// The exposure, where the policy knows its asset.
    fn exposure(&self) -> Option<(&'a Id, Amount)> {
        Some((self.asset()?.0, self.terms()?.exposure))
    }

    /// The purchase key: principal, payee, asset, origin and path, plan item. The query is left out on
    /// purpose: that is the safe side.
    fn purchase(&self) -> Option<Hash32> {
        let terms = self.terms()?;
        // An item means something only where a plan lists it: elsewhere any word would make a new purchase.
        let item = self.bound_plan().and(self.pay.item.as_ref()).map_or("", Id::as_str);
        let fields = [
            self.run?.principal.as_str(),
            self.payee()?.as_str(),
            Text::shown(terms.asset).as_str(),
            self.pay.resource.as_str(),
            item,
        ]
        .map(|field| Hash32::of(&[field.as_bytes()]));
        let [principal, payee, asset, resource, item] = &fields;
        let tag = b"counterfoil/purchase/1\0";
        Some(Hash32::of(&[
            tag,
            principal.bytes(),
            payee.bytes(),
            asset.bytes(),
            resource.bytes(),
            item.bytes(),
        ]))
    }

    /// Unix seconds until which a permit given now holds.
    fn permit_until(&self) -> Option<u64> {
        self.time.seconds().checked_add(self.rules()?.obligations.max_lifetime.seconds())
    }

    /// What is permitted if every check passes; `None` where something that it needs is missing.
    fn permitted(&self, groups: &[Option<GroupKey>]) -> Option<Terms> {
        let terms = self.terms()?;
        let (_, pin) = self.asset()?;
        let rules = self.rules()?;
        let until = self.permit_until()?;
        let plan = self.bound_plan();
        Some(Terms {
            permit: self.state.size,
            leaf: None,
            at: self.time,
            wallet: self.wallet()?.account.clone(),
            payee: self.payee()?,
            asset: pin.id.clone(),
            domain_name: pin.domain_name.clone(),
            domain_version: pin.domain_version.clone(),
            exposure: terms.exposure,
            until,
            claimable_until: until,
            finality: rules.obligations.finality,
            slot_required: rules.obligations.slot_required,
            releases: rules.releases,
            part: self.pay.part.clone(),
            item: plan
                .zip(self.pay.item.as_ref())
                .map(|(plan, item)| ItemOf { plan: plan.index, item: item.clone() }),
            purchase: self.purchase()?,
            groups: groups.iter().flatten().cloned().collect(),
        })
    }
}

/// Any `fail` denies; else any `cannot` leaves it undecided; else any `needs` holds; else it is allowed.
fn outcome(trace: &[Check]) -> Outcome {
    let any = |result| trace.iter().any(|check| check.result == result);
    if any(CheckResult::Fail) {
        Outcome::Deny
    } else if any(CheckResult::Cannot) {
        Outcome::CannotDecide
    } else if any(CheckResult::Needs) {
        Outcome::Hold
    } else {
        Outcome::Allow
    }
}

/// The terms are derived from the rail's own bytes; a caller never supplies them.
fn read_terms(requirements: &[u8]) -> Result<x402::Terms, Unread> {
    let parsed = PaymentRequirements::parse(requirements).map_err(|error| match error {
        x402::ParseError::Unsupported(feature) => Unread::Unsupported(feature.code()),
        _ => Unread::Malformed,
    })?;
    parsed.terms().map_err(|error| match error {
        x402::TermsError::Unsupported(feature) => Unread::Unsupported(feature.code()),
        x402::TermsError::UnknownScheme => Unread::Unsupported("unknown-scheme"),
        x402::TermsError::UnknownTransferMethod => Unread::Unsupported("unknown-transfer-method"),
        x402::TermsError::ZeroAmount => Unread::Unsupported("zero-amount"),
        _ => Unread::Malformed,
    })
}

/// Normalised terms have one digest whatever the order and case of the bytes that they came in.
fn terms_digest(pay: &Pay, terms: &Result<x402::Terms, Unread>) -> Hash32 {
    let Ok(terms) = terms else { return Hash32::of(&[b"unread\0", pay.requirements.as_slice()]) };
    let fields = [
        Text::shown(terms.scheme.code()),
        Text::shown(terms.asset),
        Text::shown(terms.payee),
        Text::shown(&terms.domain_name),
        Text::shown(&terms.domain_version),
    ];
    let mut bytes = fields.iter().map(counterfoil_record::codec::Wire::to_bytes).collect::<Vec<_>>().concat();
    bytes.extend(terms.exposure.to_bytes());
    bytes.extend(terms.lifetime_seconds.to_bytes());
    Hash32::of(&[b"terms\0", &bytes])
}

fn request_digest(pay: &Pay, terms: &Result<x402::Terms, Unread>) -> Hash32 {
    let request = Request {
        run: pay.run,
        part: pay.part.clone(),
        item: pay.item.clone(),
        terms: terms_digest(pay, terms),
        resource: pay.resource.clone(),
        wallet: pay.wallet.clone(),
        category: pay.category.clone(),
        compensation: pay.compensation.clone(),
    };
    Hash32::of(&[b"counterfoil/request/1\0", &request.to_bytes()])
}
