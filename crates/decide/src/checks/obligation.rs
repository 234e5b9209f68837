//! What the payment would oblige to, as the rail's own bytes say: payee, resource, asset, obligation.

use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_rails::url::{Pattern, ResourceUrl};
use counterfoil_record::Text;
use counterfoil_record::verdict::{Check, CheckName, OperandName};

use super::{Asked, Unread};
use crate::draft::Row;

/// The first of the patterns that fits.
pub(super) fn matched<'p>(patterns: &'p [Text], url: &ResourceUrl) -> Option<&'p Text> {
    let fits = |pattern: &&Text| pattern.as_str().parse::<Pattern>().is_ok_and(|it| it.matches(url));
    patterns.iter().find(fits)
}

impl Asked<'_> {
    pub(super) fn check_obligation(&self, trace: &mut Vec<Check>) {
        trace.push(self.payee_row());
        trace.push(self.resource_row());
        trace.push(self.asset_row());
        trace.push(self.obligation());
    }

    fn payee_row(&self) -> Check {
        let row = Row::new(CheckName::Payee);
        let (Some(rules), Some(payee)) = (self.rules(), self.payee()) else { return row.not_applicable() };
        let allowed = rules.payees.contains(payee);
        row.with(OperandName::Value, payee).pass_if(allowed)
    }

    /// The seller must have answered for the very URL that was asked.
    fn resource_row(&self) -> Check {
        let row = Row::new(CheckName::Resource).with(OperandName::Value, &self.pay.resource);
        let Some(rules) = self.rules() else { return Row::new(CheckName::Resource).not_applicable() };
        let Some(url) = &self.resource else { return row.cannot("not-a-url") };
        if let Some(offered) = self.pay.offered.as_ref().filter(|offered| **offered != self.pay.resource) {
            return row.with(OperandName::Against, offered).fail("seller-names-another");
        }
        match matched(&rules.resources, url) {
            Some(pattern) => row.with(OperandName::Against, pattern).pass_if(true),
            None => row.fail("not-allowed"),
        }
    }

    fn asset_row(&self) -> Check {
        let row = Row::new(CheckName::Asset);
        let (Some(_), Some(terms), Some(name)) = (self.policy, self.terms(), self.asset_name()) else {
            return row.not_applicable();
        };
        let row = row.with(OperandName::Value, name);
        let Some((name, pin)) = self.asset() else { return row.fail("not-declared") };
        let row = row.with(OperandName::Name, name);
        // A signature for Permit2 is not over the token's domain; what the seller says of it must be true all the same.
        let is =
            |stated: &Option<String>, pinned: &Text| stated.as_ref().is_none_or(|it| it == pinned.as_str());
        let same = is(&terms.domain_name, &pin.domain_name) && is(&terms.domain_version, &pin.domain_version);
        row.unless((!same).then_some("domain-differs"))
    }

    fn obligation(&self) -> Check {
        let row = Row::new(CheckName::Obligation);
        let Some(rules) = self.rules().map(|rules| &rules.obligations) else { return row.not_applicable() };
        let terms = match &self.terms {
            Ok(terms) => terms,
            Err(Unread::TooLarge(oversized)) => {
                let row = row.with(OperandName::Length, oversized.length);
                return row.with(OperandName::Digest, oversized.digest).cannot("too-large");
            }
            Err(Unread::Malformed) => return row.cannot("unreadable"),
            Err(Unread::Unsupported(feature, exposure)) => {
                return row.with_some(OperandName::Exposure, *exposure).fail(feature);
            }
        };
        let row = row
            .with(OperandName::Name, Text::shown(terms.scheme.code()))
            .with(OperandName::Method, Text::shown(terms.method.code()))
            .with_some(OperandName::Spender, terms.spender().map(Text::shown))
            .with_some(OperandName::Facilitator, terms.facilitator.map(Text::shown))
            .with(OperandName::Exposure, terms.exposure)
            .with(OperandName::Lifetime, terms.lifetime_seconds);
        let Some(until) = self.permit_until() else { return row.cannot("overflow") };
        let row = row.with(OperandName::PermitUntil, until);
        // An asset that the policy does not declare fails the check before this one.
        let Some((asset, _)) = self.asset() else { return row.not_applicable() };
        let Some(most) = rules.max_exposure.get(asset) else { return row.fail("no-maximum-for-asset") };
        let scheme_known = rules.schemes.iter().any(|scheme| scheme.as_str() == terms.scheme.code());
        row.with(OperandName::Maximum, *most).unless(if !scheme_known {
            Some("scheme-not-allowed")
        } else if terms.exposure > *most {
            Some("over-maximum")
        } else if terms.lifetime_seconds > rules.max_lifetime.seconds() {
            Some("lives-too-long")
        } else {
            None
        })
    }
}
