//! Who asks, and under what: policy, suspension, run, agent, wallet, mandate.

use alloc::vec::Vec;

use counterfoil_rails::caip::Account;
use counterfoil_record::Index;
use counterfoil_record::input::Scope;
use counterfoil_record::verdict::{Check, CheckName, OperandName};

use super::Asked;
use crate::draft::Row;
use crate::policy::AGENT;
use crate::signed::{Group, request_saying};

impl Asked<'_> {
    pub(super) fn check_standing(&self, trace: &mut Vec<Check>) {
        trace.push(match self.policy {
            Some(in_force) => Row::new(CheckName::PolicyInForce)
                .with(OperandName::Name, &in_force.policy.name)
                .with(OperandName::Version, in_force.policy.version)
                .with(OperandName::Digest, in_force.digest)
                .with(OperandName::Index, in_force.index)
                .pass_if(true),
            None => Row::new(CheckName::PolicyInForce).pass_if(false),
        });
        let suspensions = self.suspensions();
        trace.push(if suspensions.is_empty() {
            Row::new(CheckName::NotSuspended).pass_if(true)
        } else {
            Row::new(CheckName::NotSuspended).with(OperandName::Suspensions, suspensions).pass_if(false)
        });
        // Without a policy no run was ever opened: then that is what is missing, and nothing else.
        trace.push(match self.run {
            None if self.policy.is_none() => Row::new(CheckName::RunOpen).not_applicable(),
            Some(run) => Row::new(CheckName::RunOpen)
                .with(OperandName::Name, &run.id)
                .with(OperandName::Index, self.pay.run)
                .with(OperandName::Principal, &run.principal)
                .pass_if(true),
            None => Row::new(CheckName::RunOpen).with(OperandName::Index, self.pay.run).pass_if(false),
        });
        trace.push(self.agent());
        trace.push(self.wallet_row());
        self.check_mandates(trace);
    }

    /// The records, rising, that suspended this payment.
    pub(crate) fn suspensions(&self) -> Vec<Index> {
        let (payee, asset) = (self.payee(), self.asset_name());
        let covers = |scope: &Scope| {
            scope.agent.as_ref().is_none_or(|agent| self.chain().any(|(_, run)| run.agent == *agent))
                && scope.run.is_none_or(|run| self.chain().any(|(index, _)| index == run))
                && (scope.payee.is_none() || scope.payee.as_ref() == payee)
                && (scope.asset.is_none() || scope.asset.as_ref() == asset)
        };
        let covering = self.state.suspended.iter().filter(|(scope, _)| covers(scope));
        let mut indices: Vec<Index> = covering.map(|(_, index)| *index).collect();
        indices.sort_unstable();
        indices
    }

    /// An agent without keys is asserted by the operator; the audit says so. One with keys signs each request.
    fn agent(&self) -> Check {
        let row = Row::new(CheckName::Agent);
        let (Some(rules), Some(run)) = (self.rules(), self.run) else { return row.not_applicable() };
        let row = row.with(OperandName::Name, &run.agent);
        let Some(rule) = rules.agents.get(&run.agent) else {
            return row.with(OperandName::Signed, false).pass_if(false);
        };
        if rule.keys.is_empty() {
            let row = row.with(OperandName::Signed, false);
            return row.unless(self.pay.request.as_ref().map(|_| "agent-has-no-keys"));
        }
        let saying = request_saying(&self.request, &self.pay.key, self.pay.run);
        let signed = self.pay.request.is_some();
        let row = row.with(OperandName::Signed, signed).with(OperandName::Digest, saying.digest);
        let Some(request) = &self.pay.request else { return row.fail("not-signed") };
        // The agent asked once; what people take their time for does not make it ask again.
        let asked = self.hold.map_or(self.time, |hold| hold.since);
        let group = Group::one(AGENT, &run.agent, &rule.keys);
        match self.witness(asked).check(request, &saying, &group) {
            Ok(_) => row.pass_if(true),
            Err(code) => row.fail(code.code()),
        }
    }

    /// Which agents the wallet serves says nothing about one that the policy does not name.
    fn wallet_row(&self) -> Check {
        let Some(rules) = self.rules() else { return Row::new(CheckName::Wallet).not_applicable() };
        let row = Row::new(CheckName::Wallet).with(OperandName::Name, &self.pay.wallet);
        let Some(wallet) = self.wallet() else { return row.fail("unknown-wallet") };
        let row = row.with(OperandName::Account, &wallet.account);
        let agent = self.run.map(|run| &run.agent).filter(|agent| rules.agents.contains_key(*agent));
        let serves = agent.is_none_or(|agent| wallet.agents.contains(agent));
        let chain = wallet.account.as_str().parse::<Account>().ok().map(|account| account.chain);
        let asset_chain = self.asset().and_then(|_| self.terms()).map(|terms| terms.asset.chain);
        row.unless(if !serves {
            Some("does-not-serve-agent")
        } else if asset_chain.is_some_and(|asset| chain != Some(asset)) {
            Some("another-chain")
        } else {
            None
        })
    }
}
