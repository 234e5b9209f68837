use alloc::vec::Vec;

use counterfoil_decide::policy::compile;
use counterfoil_record::Id;
use counterfoil_testkit::policy::{full, vary};

use super::{Diff, Effect, Obstacle};

fn diff(from: &str, to: &str) -> Diff {
    Diff::new(&compile(&full()).unwrap(), &compile(&vary(&full(), from, to)).unwrap())
}

/// The effect and the path of each difference but the version.
fn found(diff: &Diff) -> Vec<(Effect, &str)> {
    diff.differences.iter().map(|it| (it.effect, it.path.as_str())).collect()
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    let policy = compile(&full()).unwrap();
    let same = Diff::new(&policy, &policy);
    assert!(same.is_same() && same.differences.is_empty());
}

#[test]
fn each_change_has_its_effect() {
    use Effect::{Allows, Changes, Denies};
    let need = "need = { approvals = 1, from = \"finance\", ttl = \"15m\" }";
    let cases = [
        ("limit = \"20.00 usdc\"", "limit = \"20.01 usdc\"", Allows, "budgets.run-total.limit"),
        ("limit = \"20.00 usdc\"", "limit = \"19.99 usdc\"", Denies, "budgets.run-total.limit"),
        ("count = 5", "count = 4", Denies, "budgets.burst.count"),
        (
            need,
            "need = { approvals = 1, from = \"finance\", ttl = \"16m\" }",
            Allows,
            "gates.premium.need.ttl",
        ),
        (
            need,
            "need = { approvals = 2, from = \"finance\", ttl = \"15m\" }",
            Denies,
            "gates.premium.need.approvals",
        ),
        (
            "pay = true\ncategories = [\"data\", ",
            "pay = true\ncategories = [",
            Denies,
            "phases.execute.categories.data",
        ),
        ("plan_bound = true", "plan_bound = false", Allows, "phases.execute.plan_bound"),
        ("slot = \"required\"", "slot = \"preferred\"", Allows, "obligations.slot"),
        ("irreversible = \"last\"", "irreversible = \"deny\"", Denies, "transactions.irreversible"),
        ("compensation = \"declare\"", "compensation = \"optional\"", Allows, "transactions.compensation"),
        (
            "exposure_at_least = \"2.00 usdc\"",
            "exposure_at_least = \"1 yen\"",
            Changes,
            "gates.premium.when.exposure_at_least",
        ),
        ("limit = \"5 gold\"", "limit = \"9 usdc\"", Changes, "budgets.gold-run.limit"),
        ("limit = \"5 gold\"", "limit = \"9 usdc\"", Denies, "assets.gold.counted"),
        ("releases = \"chain\"", "releases = \"payee\"", Allows, "evidence.releases"),
        ("refusals_per_minute = 60", "refusals_per_minute = 61", Changes, "limits.refusals_per_minute"),
        ("max_step = \"72h\"", "max_step = \"71h\"", Denies, "limits.max_step"),
        ("owner = \"erin\"", "owner = \"bob\"", Changes, "agents.researcher.owner"),
        ("owner = \"erin\"", "", Allows, "agents.researcher.owner"),
        ("finality = \"2m\"", "finality = \"3m\"", Denies, "obligations.finality"),
        ("max_lifetime = \"10m\"", "max_lifetime = \"9m\"", Denies, "obligations.max_lifetime"),
        ("initial_phase = \"explore\"", "initial_phase = \"commit\"", Changes, "initial_phase"),
        ("at_least_percent = 80", "at_least_percent = 90", Allows, "gates.running-low.when.at_least_percent"),
        ("resume = { approvals = 2, from = \"finance\" }\n", "", Denies, "powers.resume.approvals"),
    ];
    for (from, to, effect, path) in cases {
        let diff = diff(from, to);
        let found = found(&diff);
        assert!(found.contains(&(effect, path)), "{to}: {found:?}");
        assert!(diff.text().contains(path), "{}", diff.text());
    }
}

#[test]
fn a_rule_that_only_one_has_is_one_difference() {
    let tips = "[[gates]]\nid = \"no-tips\"\nwhen = { category = \"tip\" }\ndeny = true\n";
    let gone = diff(tips, "");
    assert_eq!(found(&gone), [(Effect::Allows, "gates.no-tips")]);
    let budget = "[[budgets]]\nid = \"anew\"\nper = [\"run\"]\nlimit = \"1 usdc\"\n";
    let more = diff(tips, &alloc::format!("{tips}{budget}"));
    assert_eq!(found(&more), [(Effect::Denies, "budgets.anew")]);
    assert_eq!(more.budgets_anew.iter().map(Id::as_str).collect::<Vec<_>>(), ["anew"]);
    assert!(more.text().contains("the budget anew starts anew"), "{}", more.text());
}

#[test]
fn what_the_log_would_refuse_is_said() {
    let version = Obstacle::PolicyVersionNotRising { before: 1, after: 1 };
    assert_eq!(
        diff("limit = \"20.00 usdc\"", "limit = \"21.00 usdc\"").obstacles,
        core::slice::from_ref(&version)
    );
    let identity = diff("window = { rolling = \"60s\" }", "window = { rolling = \"61s\" }").obstacles;
    assert_eq!(
        identity,
        [version.clone(), Obstacle::BudgetIdentityChanged { budget: "burst".parse().unwrap() }]
    );
    let asset =
        diff("0x00000000000000000000000000000000000000a1", "0x00000000000000000000000000000000000000a3");
    let yen = Obstacle::AssetIdentityChanged { asset: "yen".parse().unwrap() };
    assert_eq!(asset.obstacles, [version.clone(), yen.clone()]);
    assert_eq!(diff("decimals = 0", "decimals = 2").obstacles, [version, yen]);
    let risen = diff("version = 1\n", "version = 2\n");
    assert!(risen.obstacles.is_empty(), "{:?}", risen.obstacles);
    assert_eq!(found(&risen), [(Effect::Changes, "version")]);
}

#[test]
fn an_agent_that_must_sign_from_now_on_is_kept_back() {
    let signer = full();
    let line = signer.lines().find(|line| line.starts_with("keys = [\"signer+")).unwrap();
    let gone = diff(line, "");
    let keys = (Effect::Allows, "agents.signer.keys");
    assert!(found(&gone).contains(&keys), "{:?}", found(&gone));
    assert!(!found(&gone).iter().any(|(effect, _)| *effect == Effect::Denies));
}

#[test]
fn runs_in_a_phase_whose_rule_changes_are_named() {
    let more = diff(
        "categories = [\"data\", \"compute\", \"tip\"]",
        "categories = [\"data\", \"compute\", \"tip\", \"x\"]",
    );
    assert_eq!(more.phases_changed.iter().map(Id::as_str).collect::<Vec<_>>(), ["execute"]);
    assert!(more.text().contains("a run that is in the phase execute pays nothing until"), "{}", more.text());
    assert!(diff("limit = \"5 gold\"", "limit = \"6 gold\"").phases_changed.is_empty());
}

#[test]
fn another_order_is_said_to_be_one() {
    let two = "allow = [\"https://data.example/v1/**\", \"https://data.example/v2/**\"]";
    let turned = "allow = [\"https://data.example/v2/**\", \"https://data.example/v1/**\"]";
    let with =
        |list: &str| compile(&vary(&full(), "allow = [\"https://data.example/v1/**\"]", list)).unwrap();
    let diff = Diff::new(&with(two), &with(turned));
    assert!(!diff.is_same() && diff.differences.is_empty());
    assert!(diff.text().contains("some stand in another order"), "{}", diff.text());
}
