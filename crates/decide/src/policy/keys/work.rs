//! How a run goes: phases and transactions.

use super::Presence::{Depends, Optional, Required};
use super::{Key, key};

pub(super) const KEYS: &[Key] = &[
    key("phases", Required, "tables by name, at most 256", "the stages of a run", "[phases.execute]"),
    key("phases.NAME", Required, "a table", "a phase", "[phases.execute]"),
    key("phases.NAME.to", Required, "declared phases", "where a run may go next", "to = [\"deliver\"]"),
    key("phases.NAME.pay", Required, "true or false", "whether a run in it may pay", "pay = true"),
    key(
        "phases.NAME.categories",
        Depends("with `pay = true`"),
        "names, at most 256",
        "what may be paid in it",
        "categories = [\"data\", \"compute\"]",
    ),
    key(
        "phases.NAME.enter",
        Optional,
        "a table; not in the initial phase",
        "what it takes to enter",
        "enter = { artefacts = [\"plan\"], approvals = 1, from = \"finance\", ttl = \"1h\" }",
    ),
    key(
        "phases.NAME.enter.artefacts",
        Optional,
        "names, at most 32",
        "what must be attached to the run by then",
        "artefacts = [\"plan\"]",
    ),
    key(
        "phases.NAME.enter.approvals",
        Depends("with `from` and `ttl`"),
        "1 to the number of people in the role",
        "how many different people must approve this entry",
        "approvals = 1",
    ),
    key(
        "phases.NAME.enter.from",
        Depends("with `approvals` and `ttl`"),
        "a declared role",
        "who they are",
        "from = \"finance\"",
    ),
    key(
        "phases.NAME.enter.ttl",
        Depends("with `approvals` and `from`"),
        "a time",
        "how long an approval counts after the last attachment",
        "ttl = \"1h\"",
    ),
    key(
        "phases.NAME.plan_bound",
        Optional,
        "true or false; needs `pay = true` and the artefact `plan`",
        "only items of the attachment `plan` may be paid, each up to its ceiling",
        "plan_bound = true",
    ),
    key("transactions", Required, "a table", "workflows that succeed or fail as a whole", "[transactions]"),
    key(
        "transactions.required_above",
        Required,
        "an amount, or a list with one for each asset",
        "above this exposure a payment must be part of a transaction; an asset that is not listed: always",
        "required_above = \"0.50 usdc\"",
    ),
    key(
        "transactions.max_deadline",
        Required,
        "a time",
        "the longest time to a transaction's deadline",
        "max_deadline = \"30m\"",
    ),
    key(
        "transactions.irreversible",
        Required,
        "`allow`, `last` or `deny`",
        "steps that cannot be undone: as any other; after every reversible step, in order; or never",
        "irreversible = \"last\"",
    ),
    key(
        "transactions.compensation",
        Required,
        "`declare` or `optional`",
        "whether each payment in a transaction must say how it is undone, or that it cannot be",
        "compensation = \"declare\"",
    ),
];
