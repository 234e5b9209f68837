//! What one request to pay is about: its run, terms, asset and keys, each of which can be missing.

use counterfoil_decide::policy::{AssetPin, PhaseRule, Policy};
use counterfoil_rails::url::{Pattern, ResourceUrl};
use counterfoil_record::input::Pay;
use counterfoil_record::{Hash32, Id, Text, Time};

use super::digests;
use super::rail::{Offer, Reading};
use super::world::{Answered, InForce, Run, World};

/// A request at one moment. `asked` is the time of the `pay`, which is before `now` for a claim, and
/// `answers` are those to its hold.
pub(super) struct Facts<'w, 'a> {
    pub world: &'w World<'a>,
    pub pay: &'w Pay,
    pub reading: Reading,
    pub now: Time,
    pub asked: Time,
    pub answers: &'w [Answered],
    pub in_force: Option<&'w InForce<'a>>,
    /// The open run, its parent, and so on; empty if the run is not open.
    pub chain: Vec<&'w Run<'a>>,
    /// The policy's name for the asset of the terms.
    pub asset: Option<(&'w Id, &'w AssetPin)>,
    /// That of the terms, missing where the asset is.
    pub exposure: Option<u128>,
    pub url: Option<ResourceUrl>,
    pub request: Hash32,
}

impl<'w, 'a> Facts<'w, 'a> {
    pub(super) fn new(
        world: &'w World<'a>,
        pay: &'w Pay,
        reading: Reading,
        now: Time,
        asked: Time,
        answers: &'w [Answered],
    ) -> Self {
        let in_force = world.in_force.as_ref();
        let chain = world.open_run(pay.run).map(|run| world.chain(run.index)).unwrap_or_default();
        let offered = reading.offer().map(|offer| offer.asset.to_string());
        let asset = in_force.and_then(|in_force| {
            in_force.policy.assets.iter().find(|(_, pin)| Some(pin.id.as_str()) == offered.as_deref())
        });
        let exposure = reading.offer().filter(|_| asset.is_some()).map(|offer| offer.exposure);
        let request = digests::request(pay, &reading);
        let url = pay.resource.as_str().parse().ok();
        Self { world, pay, reading, now, asked, answers, in_force, chain, asset, exposure, url, request }
    }

    pub(super) fn policy(&self) -> Option<&'a Policy> {
        self.in_force.map(|in_force| in_force.policy)
    }

    pub(super) fn run(&self) -> Option<&'w Run<'a>> {
        self.chain.first().copied()
    }

    pub(super) fn offer(&self) -> Option<&Offer> {
        self.reading.offer()
    }

    pub(super) fn payee(&self) -> Option<String> {
        self.offer().map(|offer| offer.payee.to_string())
    }

    /// The rule of the run's phase, as the policy has it now.
    pub(super) fn phase(&self) -> Option<&'a PhaseRule> {
        self.policy()?.phases.get(&self.run()?.phase)
    }

    pub(super) fn is_plan_bound(&self) -> bool {
        self.phase().is_some_and(|rule| rule.plan_bound)
    }

    /// Whole seconds of the time and of `max_lifetime`; `None` without a policy and above 2^64-1.
    pub(super) fn permit_until(&self) -> Option<u64> {
        let lifetime = self.policy()?.obligations.max_lifetime.millis() / 1000;
        (self.now.millis() / 1000).checked_add(lifetime)
    }

    /// The purchase key's digest, missing without run, terms or URL.
    pub(super) fn purchase(&self) -> Option<Hash32> {
        let (run, offer) = (self.run()?, self.offer()?);
        let url = self.url.as_ref()?.to_string();
        let item = self.pay.item.as_ref().filter(|_| self.is_plan_bound());
        let item = item.map_or("", Id::as_str);
        let (payee, asset) = (offer.payee.to_string(), offer.asset.to_string());
        Some(digests::purchase(&run.opened.principal, &payee, &asset, &url, item))
    }

    /// The first of the patterns that matches the URL.
    pub(super) fn matching<'p>(&self, patterns: &'p [Text]) -> Option<&'p Text> {
        let url = self.url.as_ref()?;
        patterns.iter().find(|text| text.as_str().parse::<Pattern>().is_ok_and(|it| it.matches(url)))
    }
}
