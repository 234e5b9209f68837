use counterfoil_decide::policy::compile;
use counterfoil_record::Amount;
use counterfoil_testkit::policy::{full, vary};

use super::{Daily, daily};

fn usdc(source: &str) -> Daily {
    daily(&compile(source).unwrap()).into_iter().find(|daily| daily.asset.as_str() == "usdc").unwrap()
}

/// The bound in cents, with the budget `agent-day` replaced by `rule`, of which there are three agents and two payees.
fn bound(rule: &str) -> Option<u128> {
    let agent_day =
        "id = \"agent-day\"\nper = [\"agent\"]\nwindow = { rolling = \"24h\" }\nlimit = \"25.00 usdc\"\n";
    let source = full().replace("count = 5\n", "count = 1000000\n");
    let source = vary(&source, agent_day, &alloc::format!("id = \"agent-day\"\n{rule}\n"));
    let most = usdc(&source).most?;
    Some(most.units() / 10_000)
}

#[test]
fn a_bound_is_limit_times_groups_times_windows() {
    // A permit holds for ten minutes: what leaves in a day was allowed within 24 hours and 10 minutes.
    let cases = [
        ("per = [\"agent\"]\nwindow = { rolling = \"24h\" }\nlimit = \"25.00 usdc\"", 2 * 7_500),
        ("per = [\"payee\"]\nwindow = { rolling = \"24h\" }\nlimit = \"25.00 usdc\"", 2 * 5_000),
        ("per = [\"agent\", \"payee\"]\nwindow = { rolling = \"24h\" }\nlimit = \"25.00 usdc\"", 2 * 15_000),
        ("per = [\"agent\"]\nwindow = { rolling = \"7h\" }\nlimit = \"1.00 usdc\"", 4 * 300),
        ("per = [\"agent\"]\nwindow = { rolling = \"7d\" }\nlimit = \"1.00 usdc\"", 300),
        (
            "per = [\"agent\"]\nwindow = { every = \"hour\", utc_offset = \"+00:00\" }\nlimit = \"1.00 usdc\"",
            26 * 300,
        ),
        (
            "per = [\"agent\"]\nwindow = { every = \"day\", utc_offset = \"+00:00\" }\nlimit = \"1.00 usdc\"",
            3 * 300,
        ),
        (
            "per = [\"agent\"]\nwindow = { every = \"month\", utc_offset = \"+00:00\" }\nlimit = \"1.00 usdc\"",
            2 * 300,
        ),
        ("per = [\"agent\"]\nlimit = \"1.00 usdc\"", 300),
    ];
    for (rule, cents) in cases {
        assert_eq!(bound(rule), Some(cents), "{rule}");
    }
    // The budget of counts: three agents, two payees, 1450 minutes, a million payments of 10 usdc.
    let counted = Some(3 * 2 * 1450 * 1_000_000 * 1_000);
    assert_eq!(bound("per = [\"run\"]\nlimit = \"1.00 usdc\""), counted);
    // What comes back leaves again.
    assert_eq!(bound("per = [\"agent\"]\nlimit = \"1.00 usdc\"\nrestore_refunds = true"), counted);
}

#[test]
fn a_payee_that_is_believed_is_named() {
    let word = "if no payee says";
    assert!(!usdc(&full()).words.contains(word));
    let believed = vary(&full(), "releases = \"chain\"", "releases = \"payee\"");
    assert!(usdc(&believed).words.contains(word), "{}", usdc(&believed).words);
}

#[test]
fn what_is_kept_for_each_run_or_principal_bounds_nothing() {
    let source = full()
        .replace("per = [\"agent\"]", "per = [\"run\", \"agent\"]")
        .replace("[\"agent\", \"payee\"]", "[\"run\"]");
    let daily = usdc(&source);
    assert_eq!((daily.most, daily.budget), (None, None), "{}", daily.words);
}

#[test]
fn nothing_is_the_bound_where_nothing_may_be_paid() {
    let source = vary(&full(), "max_exposure = [\"10.00 usdc\", ", "max_exposure = [");
    assert_eq!(usdc(&source).most, Some(Amount::ZERO));
}
