//! Keys that everybody knows. They sign nothing that anybody should believe.

use counterfoil_enforce::command::Governance;
use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_rails::eip3009::WalletKey;
use counterfoil_record::key::NamedKey;

/// The origin of every log in tests.
pub const ORIGIN: &str = "log.test.example/agents";

/// `label`, repeated.
pub fn seed(label: &str) -> [u8; 32] {
    let mut seed = [0; 32];
    for (to, from) in seed.iter_mut().zip(label.bytes().cycle()) {
        *to = from;
    }
    seed
}

/// The Ed25519 key whose seed is `label`, repeated.
pub fn ed25519(label: &str) -> FileKey {
    FileKey::from_seed(&seed(label)).unwrap()
}

/// The log's key.
pub fn log() -> FileKey {
    ed25519("log")
}

/// The log's key as auditors pin it.
pub fn log_named() -> NamedKey {
    NamedKey::new(ORIGIN.parse().unwrap(), *log().public_key()).unwrap()
}

/// A person's verifier key, named after them.
pub fn person(name: &str) -> NamedKey {
    named(name, name)
}

/// The verifier key named `name` whose seed is `label`, repeated.
pub fn named(name: &str, label: &str) -> NamedKey {
    NamedKey::new(name.parse().unwrap(), *ed25519(label).public_key()).unwrap()
}

/// A governance of `quorum` of these people, each with the keys of these labels, named after them.
pub fn governance(quorum: u64, people: &[(&str, &[&str])]) -> Governance {
    let keys = |name: &str, labels: &[&str]| labels.iter().map(|label| named(name, label)).collect();
    let members = people.iter().map(|(name, labels)| (name.parse().unwrap(), keys(name, labels)));
    Governance { members: members.collect(), quorum }
}

/// Two of gina, hugo and ines, none of whom the policy of the vectors names.
pub fn three_governors() -> Governance {
    governance(2, &[("gina", &["gina"]), ("hugo", &["hugo"]), ("ines", &["ines"])])
}

/// The first development key that `anvil` publishes; its account is
/// `0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266`.
pub fn wallet() -> WalletKey {
    let key = hex::decode("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80").unwrap();
    WalletKey::from_bytes(&key.try_into().unwrap()).unwrap()
}
