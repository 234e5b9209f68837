//! Who asks, and under what: policy, suspension, run, agent, wallet, mandate.

use alloc::vec::Vec;

use counterfoil_rails::caip::Account;
use counterfoil_record::verdict::{Check, CheckName, OperandName};

use super::Asked;
use crate::draft::Row;

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
        // Nothing can be suspended in this version: `suspend` is no input of it.
        trace.push(Row::new(CheckName::NotSuspended).not_applicable());
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
        // No input of this version attaches a mandate.
        trace.push(Row::new(CheckName::Mandate).not_applicable());
    }

    /// The operator asserts the agent; the audit says so.
    fn agent(&self) -> Check {
        let row = Row::new(CheckName::Agent);
        let (Some(rules), Some(run)) = (self.rules(), self.run) else { return row.not_applicable() };
        row.with(OperandName::Name, &run.agent)
            .with(OperandName::Signed, false)
            .pass_if(rules.agents.contains_key(&run.agent))
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
