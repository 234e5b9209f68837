//! Policies with limits that are soon reached.

use counterfoil_testkit::policy;

/// How many there are.
pub(crate) const HOW_MANY: usize = 8;

fn with(policy: String, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(policy, |policy, (from, to)| policy::vary(&policy, from, to))
}

/// One of the policies, under a version.
pub(crate) fn tight(which: usize, version: u64) -> String {
    let low = [
        ("limit = \"20.00 usdc\"", "limit = \"0.90 usdc\""),
        ("limit = \"25.00 usdc\"", "limit = \"1.20 usdc\""),
        ("limit = \"40.00 usdc\"", "limit = \"1.60 usdc\"\nrestore_refunds = true"),
        ("limit = \"400.00 usdc\"", "limit = \"2.50 usdc\"\nrestore_refunds = true"),
        ("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"0.40 usdc\""),
        ("match_horizon = \"90d\"", "match_horizon = \"3d\""),
        ("[limits]\n", "erase = { approvals = 2, from = \"finance\" }\n[limits]\n"),
    ];
    let plain = || with(policy::plain(), &low);
    let source = match which % HOW_MANY {
        0 => plain(),
        1 => with(policy::full(), &low),
        2 => with(
            plain(),
            &[
                ("refusals_per_minute = 60", "refusals_per_minute = 3"),
                ("every = \"month\"", "every = \"month\""),
            ],
        ),
        3 => with(
            plain(),
            &[
                ("irreversible = \"last\"", "irreversible = \"allow\""),
                ("slot = \"required\"", "slot = \"preferred\""),
                ("releases = \"chain\"", "releases = \"payee\""),
            ],
        ),
        // A budget goes, a limit rises, a gate denies more.
        4 => with(
            plain(),
            &[
                (
                    "[[budgets]]\nid = \"burst\"\nper = [\"agent\", \"payee\"]\nwindow = { rolling = \"60s\" }\ncount = 5\n",
                    "",
                ),
                ("limit = \"5 gold\"", "limit = \"340282366920938463463.374607431768211455 gold\""),
                (
                    "\"5 gold\"]\nmax_lifetime",
                    "\"340282366920938463463.374607431768211455 gold\"]\nmax_lifetime",
                ),
                (
                    "\"5 gold\"]\nmax_deadline",
                    "\"340282366920938463463.374607431768211455 gold\"]\nmax_deadline",
                ),
            ],
        ),
        5 => with(
            plain(),
            &[
                ("required_above = [\"0.50 usdc\"", "required_above = [\"0.05 usdc\""),
                ("compensation = \"declare\"", "compensation = \"optional\""),
            ],
        ),
        6 => with(
            with(policy::full(), &low),
            &[
                ("plan_bound = true\n", ""),
                (
                    "approvals = 1, from = \"finance\", ttl = \"1h\" }\n[phases",
                    "approvals = 1, from = \"finance\", ttl = \"1h\" }\n[phases",
                ),
            ],
        ),
        _ => with(
            plain(),
            &[
                ("max_step = \"72h\"\n", ""),
                ("erase = { approvals = 2, from = \"finance\" }\n", ""),
                ("match_horizon = \"3d\"\n", ""),
                ("[powers]\nresume = { approvals = 2, from = \"finance\" }\n", "[powers]\n"),
                ("max_lifetime = \"10m\"", "max_lifetime = \"1h\""),
            ],
        ),
    };
    policy::version(&source, version)
}
