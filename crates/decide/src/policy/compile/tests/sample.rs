//! A policy with everything that this version supports.

pub(in crate::policy) const SAMPLE: &str = r#"name = "research-agents"
version = 7
initial_phase = "explore"

[assets.usdc]
id = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e"
decimals = 6
domain = { name = "USDC", version = "2" }

[agents.researcher]
owner = "carol"
keys = ["researcher+54d2039d+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"]
[wallets.hot]
account = "eip155:84532:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
agents = ["researcher"]
[roles.finance]
members = { alice = ["alice+82e4fd33+AdZw9y79lHW2InX653PrX16x/qTyoIgObSGYMnO/laCv"], bob = ["bob+3c95ee94+AZ9VGZv2MWCDFcYaBpLBZ36oyUGubEU5RJV3xidwAFP5"] }

[phases.explore]
to = ["commit"]
pay = false
[phases.commit]
to = ["execute", "explore"]
pay = false
[phases.execute]
to = ["deliver"]
pay = true
categories = ["data", "compute"]
enter = { artefacts = ["plan"], approvals = 1, from = "finance", ttl = "1h" }
plan_bound = true                  # only what the attached plan lists
[phases.deliver]
to = []
pay = false

[transactions]
required_above = "0.50 usdc"
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
window = { rolling = "24h" }
limit = "25.00 usdc"

[[budgets]]
id = "burst"
per = ["agent", "payee"]
window = { rolling = "60s" }
count = 30

[[budgets]]
id = "principal-month"
per = ["principal"]
window = { every = "month", utc_offset = "+05:45" }
limit = "400.00 usdc"
restore_refunds = true

[[gates]]
id = "premium"
when = { exposure_at_least = "2.00 usdc" }
need = { approvals = 1, from = "finance", ttl = "15m" }
[[gates]]
id = "new-payee"
when = { first_payment_to_payee = true, exposure_at_least = "0.25 usdc" }
need = { approvals = 1, from = "finance", ttl = "1h" }
[[gates]]
id = "running-low"
when = { budget = "agent-day", at_least_percent = 80 }
need = { approvals = 2, from = "finance", ttl = "1h" }
[[gates]]
id = "no-tips"
when = { category = "tip" }
deny = true

[payees]
allow = ["eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc"]
[resources]
allow = ["https://data.example/v1/**"]
[obligations]
schemes = ["exact", "upto"]
max_exposure = "10.00 usdc"
max_lifetime = "10m"
finality = "2m"
slot = "required"
[purchases]
repeatable = ["https://data.example/v1/tick"]
[evidence]
releases = "chain"
[powers]
resume = { approvals = 2, from = "finance" }
override = { approvals = 1, from = "finance" }
write_off = { approvals = 1, from = "finance" }
clock = { approvals = 1, from = "finance" }
erase = { approvals = 1, from = "finance" }
[limits]
max_step = "24h"
refusals_per_minute = 60
match_horizon = "90d"
"#;
