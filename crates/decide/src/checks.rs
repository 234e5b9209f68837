//! The checks of a payment. Each is evaluated, whatever the others say, in one fixed order; a check whose
//! subject an earlier one found missing is not applicable, so that each can be the only one to fail.

mod budgets;
mod gates;
mod mandate;
mod obligation;
mod repeats;
mod request;
mod standing;
mod workflow;

use alloc::vec::Vec;

use counterfoil_rails::url::ResourceUrl;
use counterfoil_rails::x402;
use counterfoil_record::input::{Genesis, Pay};
use counterfoil_record::verdict::{Check, CheckResult, Outcome};
use counterfoil_record::{Amount, Hash32, Id, Index, Text, Time};

use crate::draft::Draft;
use crate::policy::{AssetPin, Policy, WalletRule};
use crate::signed::Witness;
use crate::state::{GroupKey, Hold, InForce, ItemOf, Run, State, Terms};

use budgets::GroupOf;
use request::Unread;

/// A payment that is asked for, with everything that the checks look it up in.
pub(crate) struct Asked<'a> {
    pub(crate) state: &'a State,
    pub(crate) time: Time,
    pub(crate) pay: &'a Pay,
    /// What waits, where this decides a held payment again.
    pub(crate) hold: Option<&'a Hold>,
    genesis: &'a Genesis,
    policy: Option<&'a InForce>,
    run: Option<&'a Run>,
    terms: Result<x402::Terms, Unread>,
    /// The account to be paid and the asset, by their CAIP names.
    names: Option<(Text, Text)>,
    /// The policy's name for the asset, and what it pins.
    pinned: Option<(&'a Id, &'a AssetPin)>,
    resource: Option<ResourceUrl>,
    /// The digest of the request, as an idempotency key names it again.
    pub(crate) request: Hash32,
}

/// What was found, and what would be permitted.
pub(crate) struct Found {
    pub(crate) trace: Vec<Check>,
    pub(crate) outcome: Outcome,
    pub(crate) terms: Option<Terms>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(draft: &Draft<'a>, genesis: &'a Genesis, pay: &'a Pay, hold: Option<&'a Hold>) -> Self {
        let state = draft.state;
        let terms = request::read_terms(&pay.requirements);
        let request = request::digest(pay, &terms);
        let named = |terms: &x402::Terms| (Text::shown(terms.payee), Text::shown(terms.asset));
        let names = terms.as_ref().ok().map(named);
        let policy = state.policy.as_ref();
        let pinned = policy.and_then(|it| it.policy.asset(names.as_ref()?.1.as_str()));
        Self {
            state,
            time: draft.time,
            pay,
            hold,
            genesis,
            policy,
            run: state.runs.get(&pay.run),
            terms,
            names,
            pinned,
            resource: pay.resource.as_str().parse().ok(),
            request,
        }
    }

    /// Evaluates every check.
    pub(crate) fn check(&self) -> Found {
        let groups = self.groups();
        let mut trace = Vec::with_capacity(32);
        self.check_standing(&mut trace);
        self.check_workflow(&mut trace);
        self.check_obligation(&mut trace);
        self.check_budgets(&groups, &mut trace);
        self.check_gates(&groups, &mut trace);
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

    /// What would be found if the checks came out as `outcome`; `None` where what it takes to allow it is missing.
    pub(crate) fn supposed(&self, outcome: Outcome) -> Option<Found> {
        let terms = match outcome {
            Outcome::Allow => Some(self.permitted(&self.groups())?),
            _ => None,
        };
        Some(Found { trace: Vec::new(), outcome, terms })
    }

    /// What checks the statements that the request carries.
    const fn witness(&self, time: Time) -> Witness<'a> {
        Witness { genesis: self.genesis, revoked: &self.state.revoked, time }
    }

    /// The run and those that it is a part of, from the run upward.
    fn chain(&self) -> impl Iterator<Item = (Index, &'a Run)> {
        self.state.chain(self.pay.run)
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

    fn payee(&self) -> Option<&Text> {
        self.names.as_ref().map(|(payee, _)| payee)
    }

    fn asset_name(&self) -> Option<&Text> {
        self.names.as_ref().map(|(_, asset)| asset)
    }

    /// The policy's name for the asset, and what it pins.
    const fn asset(&self) -> Option<(&'a Id, &'a AssetPin)> {
        self.pinned
    }

    /// The exposure, where the policy knows its asset.
    fn exposure(&self) -> Option<(&'a Id, Amount)> {
        Some((self.asset()?.0, self.terms()?.exposure))
    }

    /// The purchase key: principal, payee, asset, origin and path, plan item. The query is left out on
    /// purpose: that is the safe side.
    fn purchase(&self) -> Option<Hash32> {
        // An item means something only where a plan lists it: elsewhere any word would make a new purchase.
        let item = self.pay.item.as_ref().filter(|_| self.is_plan_bound()).map_or("", Id::as_str);
        let fields = [
            self.run?.principal.as_str(),
            self.payee()?.as_str(),
            self.asset_name()?.as_str(),
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
    fn permitted(&self, groups: &[Vec<GroupOf<'_>>]) -> Option<Terms> {
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
            payee: self.payee()?.clone(),
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
            groups: groups.iter().flatten().map(|of| of.key.clone()).collect(),
            mandates: self.mandates().map(|(run, _)| run).collect(),
            scheme: Text::shown(terms.scheme.code()),
            method: Text::shown(terms.method.code()),
            spender: terms.spender().map(Text::shown),
            facilitator: terms.facilitator.map(Text::shown),
        })
    }
}

impl State {
    /// The budget groups that count `pay` at `time`, in the policy's order. None where the asset is not known.
    pub fn counted_in(&self, pay: &Pay, time: Time) -> Vec<GroupKey> {
        let Some(genesis) = &self.genesis else { return Vec::new() };
        let groups = Asked::new(&Draft::new(self, time), genesis, pay, None).groups();
        groups.into_iter().flatten().map(|of| of.key).collect()
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
