//! The policy of the test vectors, and how to vary one thing in it.
//!
//! [`full`] has everything that a policy can say. [`plain`] is the same policy for runs that open in the
//! phase that pays, without a plan, so that a vector about money is not about phases.

use crate::{keys, rail};

/// An asset without decimals.
pub const YEN: &str = "0x00000000000000000000000000000000000000a1";
/// An asset with 18 decimals.
pub const GOLD: &str = "0x00000000000000000000000000000000000000a2";
/// A second seller's account.
pub const OTHER_SELLER: &str = "0x90f79bf6eb2c4f870365e785982e1f101e93b906";
/// An account that the policy does not name.
pub const STRANGER: &str = "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65";
/// The largest amount of all, 2^128-1, in units of gold.
pub const GOLD_MOST: &str = "340282366920938463463.374607431768211455";

/// The whole policy.
pub fn full() -> String {
    let chain = rail::CHAIN;
    let (usdc, payer, seller) = (rail::TOKEN, rail::PAYER, rail::SELLER);
    let [alice, bob, erin, signer] =
        ["alice", "bob", "erin", "signer"].map(|name| keys::person(name).to_string());
    format!(
        r#"name = "test"
version = 1
initial_phase = "explore"

[assets.usdc]
id = "{chain}/erc20:{usdc}"
decimals = 6
domain = {{ name = "USDC", version = "2" }}
[assets.yen]
id = "{chain}/erc20:{YEN}"
decimals = 0
domain = {{ name = "Yen", version = "1" }}
[assets.gold]
id = "{chain}/erc20:{GOLD}"
decimals = 18
domain = {{ name = "Gold", version = "1" }}

[agents.researcher]
owner = "erin"
[agents.scout]
[agents.signer]
keys = ["{signer}"]

[wallets.hot]
account = "{chain}:{payer}"
agents = ["researcher", "scout", "signer"]
[wallets.cold]
account = "{chain}:{payer}"
agents = ["scout"]

[roles.finance]
members = {{ alice = ["{alice}"], bob = ["{bob}"], erin = ["{erin}"] }}

[phases.explore]
to = ["commit"]
pay = false
[phases.commit]
to = ["execute", "explore"]
pay = false
[phases.execute]
to = ["deliver", "commit"]
pay = true
categories = ["data", "compute", "tip"]
enter = {{ artefacts = ["plan"], approvals = 1, from = "finance", ttl = "1h" }}
plan_bound = true
[phases.deliver]
to = []
pay = false

[transactions]
required_above = ["0.50 usdc", "1000 yen", "5 gold"]
max_deadline = "30m"
irreversible = "last"
compensation = "declare"

[[budgets]]
id = "run-total"
per = ["run"]
limit = "20.00 usdc"
[[budgets]]
id = "agent-day"
per = ["agent"]
window = {{ rolling = "24h" }}
limit = "25.00 usdc"
[[budgets]]
id = "principal-all"
per = ["principal"]
limit = "40.00 usdc"
[[budgets]]
id = "month"
per = ["principal"]
window = {{ every = "month", utc_offset = "+01:00" }}
limit = "400.00 usdc"
[[budgets]]
id = "burst"
per = ["agent", "payee"]
window = {{ rolling = "60s" }}
count = 5
[[budgets]]
id = "yen-run"
per = ["run"]
limit = "1000 yen"
[[budgets]]
id = "gold-run"
per = ["run"]
limit = "5 gold"

[[gates]]
id = "premium"
when = {{ exposure_at_least = "2.00 usdc" }}
need = {{ approvals = 1, from = "finance", ttl = "15m" }}
[[gates]]
id = "new-payee"
when = {{ first_payment_to_payee = true, exposure_at_least = "0.25 usdc" }}
need = {{ approvals = 1, from = "finance", ttl = "1h" }}
[[gates]]
id = "running-low"
when = {{ budget = "agent-day", at_least_percent = 80 }}
need = {{ approvals = 2, from = "finance", ttl = "1h" }}
[[gates]]
id = "no-tips"
when = {{ category = "tip" }}
deny = true

[payees]
allow = ["{chain}:{seller}", "{chain}:{OTHER_SELLER}"]
[resources]
allow = ["https://data.example/v1/**"]
[obligations]
schemes = ["exact", "upto"]
max_exposure = ["10.00 usdc", "1000 yen", "5 gold"]
max_lifetime = "10m"
finality = "2m"
slot = "required"
[purchases]
repeatable = ["https://data.example/v1/tick"]
[evidence]
releases = "chain"
[powers]
resume = {{ approvals = 2, from = "finance" }}
override = {{ approvals = 2, from = "finance" }}
write_off = {{ approvals = 1, from = "finance" }}
clock = {{ approvals = 1, from = "finance" }}
[limits]
max_step = "72h"
refusals_per_minute = 60
match_horizon = "90d"
"#
    )
}

/// The same for runs that open in `execute` and need no plan there.
pub fn plain() -> String {
    let open = vary(&full(), "initial_phase = \"explore\"", "initial_phase = \"execute\"");
    let free = "enter = { artefacts = [\"plan\"], approvals = 1, from = \"finance\", ttl = \"1h\" }\nplan_bound = true\n";
    vary(&open, free, "")
}

/// `policy` with one passage replaced, which must stand in it exactly once.
pub fn vary(policy: &str, from: &str, to: &str) -> String {
    assert_eq!(policy.matches(from).count(), 1, "{from}");
    policy.replace(from, to)
}

/// [`plain`] with passages replaced, each of which must stand in it exactly once.
pub fn plain_with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(plain(), |policy, (from, to)| vary(&policy, from, to))
}

/// `policy` under another version number.
pub fn version(policy: &str, version: u64) -> String {
    vary(policy, "version = 1\n", &format!("version = {version}\n"))
}
