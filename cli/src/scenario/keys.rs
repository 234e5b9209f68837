//! Test keys in the place of those of people, agents and wallets.
//!
//! Each is derived from what it replaces, so that two that were different still are, and everybody knows it. A person
//! or agent keeps the name in the key. Only the policy's text is changed, and only these passages of it.

use alloc::collections::BTreeMap;

use counterfoil_decide::policy::{Policy, compile};
use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_rails::caip::Account;
use counterfoil_rails::eip3009::WalletKey;
use counterfoil_record::key::NamedKey;
use counterfoil_record::{Hash32, Id, Text};

use crate::exit::Failure;

/// The role that agents sign their requests in.
pub(super) const AGENT: &str = "agent";

/// Who can sign in a scenario.
#[derive(Default)]
pub(super) struct Keys {
    /// By role and name.
    signers: BTreeMap<(Id, Id), (NamedKey, FileKey)>,
    /// By account, CAIP-10.
    wallets: BTreeMap<Text, WalletKey>,
}

fn seed(what: &str, of: &str) -> [u8; 32] {
    *Hash32::of(&[b"counterfoil scenario ", what.as_bytes(), b": ", of.as_bytes()]).bytes()
}

/// The key that signs a scenario's log.
pub(super) fn log() -> Result<FileKey, Failure> {
    FileKey::from_seed(&seed("log", "")).map_err(Failure::new)
}

impl Keys {
    /// The text of `policy` with test keys and accounts, which can sign from now on.
    pub(super) fn replace(&mut self, source: &str, policy: &Policy) -> Result<String, Failure> {
        let mut text = source.to_owned();
        for (role, members) in &policy.roles {
            for (person, keys) in &members.members {
                for key in keys {
                    text = self.replace_key(&text, role, person, key)?;
                }
            }
        }
        let role: Id = AGENT.parse().map_err(Failure::new)?;
        for (agent, rule) in &policy.agents {
            for key in &rule.keys {
                text = self.replace_key(&text, &role, agent, key)?;
            }
        }
        for wallet in policy.wallets.values() {
            text = self.replace_account(&text, &wallet.account)?;
        }
        compile(&text).map_err(|error| Failure::at("the policy with test keys", error))?;
        Ok(text)
    }

    fn replace_key(&mut self, text: &str, role: &Id, name: &Id, key: &NamedKey) -> Result<String, Failure> {
        let original = key.to_string();
        let test = FileKey::from_seed(&seed("key", &original)).map_err(Failure::new)?;
        let named = NamedKey::new(key.name().clone(), *test.public_key()).map_err(Failure::new)?;
        let text = text.replace(&original, &named.to_string());
        // Whoever has several keys signs with the first.
        self.signers.entry((role.clone(), name.clone())).or_insert((named, test));
        Ok(text)
    }

    /// Accounts are written in any case, so that the 40 digits are looked for in any.
    fn replace_account(&mut self, text: &str, account: &Text) -> Result<String, Failure> {
        let original: Account = account.as_str().parse().map_err(Failure::new)?;
        let test = WalletKey::from_bytes(&seed("wallet", account.as_str())).map_err(Failure::new)?;
        let address = test.address().ok_or_else(|| Failure::new("the test wallet has no address"))?;
        let replaced = replace_any_case(text, &original.address.to_string(), &address.to_string());
        self.wallets.insert(Text::shown(Account { address, ..original }), test);
        Ok(replaced)
    }

    /// The key of somebody, and their role, which is needed only where they have several.
    pub(super) fn signer(
        &self,
        name: &str,
        role: Option<&str>,
    ) -> Result<(&Id, &NamedKey, &FileKey), Failure> {
        let of = |(at, it): &(Id, Id)| {
            it.as_str() == name && role.map_or(at.as_str() != AGENT, |role| at.as_str() == role)
        };
        let mut found = self.signers.iter().filter(|(signer, _)| of(signer));
        match (found.next(), found.next()) {
            (Some(((role, _), (named, key))), None) => Ok((role, named, key)),
            (None, _) => Err(Failure::new(format_args!("the policy has no key of `{name}` for this"))),
            (Some(_), Some(_)) => {
                Err(Failure::new(format_args!("`{name}` has several roles: say which, with `role`")))
            }
        }
    }

    /// The key of a wallet's account.
    pub(super) fn wallet(&self, account: &Text) -> Result<&WalletKey, Failure> {
        self.wallets.get(account).ok_or_else(|| Failure::at(account, "is no wallet of the policy"))
    }
}

/// `text` with `from`, of ASCII in whatever case, replaced by `to`.
fn replace_any_case(text: &str, from: &str, to: &str) -> String {
    // Both have the same length in either case, so that places in the one are places in the other.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut from_here = 0;
    for (at, _) in lower.match_indices(&from.to_ascii_lowercase()) {
        out.push_str(text.get(from_here..at).unwrap_or_default());
        out.push_str(to);
        from_here = at.saturating_add(from.len());
    }
    out.push_str(text.get(from_here..).unwrap_or_default());
    out
}
