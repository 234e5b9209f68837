//! Test keys in the place of those of people, agents and wallets.
//!
//! Each is derived from what it replaces, so that two that were different still are, and everybody knows it. A person
//! or agent keeps the name in the key. Only the policy's text is changed, and of it only the values that say these keys
//! and accounts: a payee with the address of a wallet stays that payee.

use alloc::collections::BTreeMap;
use core::ops::Range;

use counterfoil_decide::policy::compile;
use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_rails::caip::Account;
use counterfoil_rails::eip3009::WalletKey;
use counterfoil_record::key::NamedKey;
use counterfoil_record::{Hash32, Id, Text};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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

/// A passage of a policy's text, and what comes in its place.
type Passage = (Range<usize>, String);

impl Keys {
    /// The text of a policy that compiles, with test keys and accounts, which can sign from now on.
    pub(super) fn replace(&mut self, source: &str) -> Result<String, Failure> {
        let policy = DeTable::parse(source).map_err(Failure::new)?;
        let mut passages = Vec::new();
        for (role, rule) in tables(policy.get_ref(), "roles") {
            let members = rule.get("members").and_then(|members| members.get_ref().as_table());
            for (person, keys) in members.into_iter().flatten() {
                self.replace_keys(role, person.get_ref(), keys, &mut passages)?;
            }
        }
        for (agent, rule) in tables(policy.get_ref(), "agents") {
            if let Some(keys) = rule.get("keys") {
                self.replace_keys(AGENT, agent, keys, &mut passages)?;
            }
        }
        for (_, rule) in tables(policy.get_ref(), "wallets") {
            if let Some(account) = rule.get("account") {
                passages.extend(self.replace_account(account)?);
            }
        }
        let text = replaced(source, passages);
        compile(&text).map_err(|error| Failure::at("the policy with test keys", error))?;
        Ok(text)
    }

    fn replace_keys(
        &mut self,
        role: &str,
        name: &str,
        keys: &Spanned<DeValue<'_>>,
        passages: &mut Vec<Passage>,
    ) -> Result<(), Failure> {
        let signer: (Id, Id) = (role.parse().map_err(Failure::new)?, name.parse().map_err(Failure::new)?);
        for key in keys.get_ref().as_array().into_iter().flat_map(|keys| keys.iter()) {
            let Some(text) = key.get_ref().as_str() else { continue };
            let original: NamedKey = text.parse().map_err(Failure::new)?;
            let seed = seed("key", &original.to_string());
            let test = FileKey::from_seed(&seed).map_err(Failure::new)?;
            let named = NamedKey::new(original.name().clone(), *test.public_key()).map_err(Failure::new)?;
            passages.push((key.span(), named.to_string()));
            // Whoever has several keys signs with the first.
            self.signers.entry(signer.clone()).or_insert((named, test));
        }
        Ok(())
    }

    /// The test key follows from the address, which is one on every chain.
    fn replace_account(&mut self, account: &Spanned<DeValue<'_>>) -> Result<Option<Passage>, Failure> {
        let Some(text) = account.get_ref().as_str() else { return Ok(None) };
        let original: Account = text.parse().map_err(Failure::new)?;
        let seed = seed("wallet", &original.address.to_string());
        let test = WalletKey::from_bytes(&seed).map_err(Failure::new)?;
        let address = test.address().ok_or_else(|| Failure::new("the test wallet has no address"))?;
        let account_of_test = Text::shown(Account { address, ..original });
        let passage = (account.span(), account_of_test.as_str().to_owned());
        self.wallets.insert(account_of_test, test);
        Ok(Some(passage))
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

/// The tables in the table `name`.
fn tables<'t, 'i>(policy: &'t DeTable<'i>, name: &str) -> impl Iterator<Item = (&'t str, &'t DeTable<'i>)> {
    let table = policy.get(name).and_then(|table| table.get_ref().as_table());
    let entries = table.into_iter().flatten();
    entries.filter_map(|(name, rule)| Some((name.get_ref().as_ref(), rule.get_ref().as_table()?)))
}

/// `source` with another string in the place of each of these values, however those are written.
fn replaced(source: &str, mut passages: Vec<Passage>) -> String {
    passages.sort_by_key(|(at, _)| at.start);
    let mut out = String::with_capacity(source.len());
    let mut from_here = 0;
    for (at, value) in passages {
        out.push_str(source.get(from_here..at.start).unwrap_or_default());
        out.push('"');
        out.push_str(&value);
        out.push('"');
        from_here = at.end;
    }
    out.push_str(source.get(from_here..).unwrap_or_default());
    out
}
