use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use counterfoil_decide::policy::{Outline, compile};
use counterfoil_record::Amount;
use counterfoil_testkit::policy::{full, vary};

use super::{Ceiling, WarningCode, warnings};

fn found(source: &str) -> Vec<(WarningCode, String)> {
    let policy = compile(source).unwrap_or_else(|error| panic!("{error}"));
    warnings(&policy, &[]).into_iter().map(|it| (it.code, it.path)).collect()
}

/// The policy of the vectors, with what is odd about it taken away.
fn sound() -> String {
    let lifetime = "[[budgets]]\nid = \"principal-all\"\nper = [\"principal\"]\nlimit = \"40.00 usdc\"\n";
    vary(&full(), lifetime, "")
}

#[test]
fn a_sound_policy_has_no_warnings() {
    assert_eq!(found(&sound()), []);
    let odd = found(&full());
    assert_eq!(odd, [(WarningCode::BudgetNeverReached, "budgets.month".into())]);
}

const GATES: &str = "[[gates]]\nid = \"premium\"\n";
const BUDGETS: &str = "[[budgets]]\nid = \"run-total\"\n";

/// Each oddity: a passage, what it is replaced by, the one warning that comes of it.
const CASES: [(&str, &str, WarningCode, &str); 25] = {
    use WarningCode as W;
    [
        (
            "[[budgets]]\nid = \"yen-run\"\nper = [\"run\"]\nlimit = \"1000 yen\"\n",
            "",
            W::AssetWithoutBudget,
            "assets.yen",
        ),
        (
            "[\"10.00 usdc\", \"1000 yen\", \"5 gold\"]",
            "[\"10.00 usdc\", \"5 gold\"]",
            W::AssetWithoutMaximum,
            "assets.yen",
        ),
        (
            "[\"10.00 usdc\", \"1000 yen\", \"5 gold\"]",
            "[\"10.00 usdc\", \"0 yen\", \"5 gold\"]",
            W::AssetWithoutMaximum,
            "assets.yen",
        ),
        (
            "agents = [\"researcher\", \"scout\", \"signer\"]",
            "agents = [\"researcher\", \"scout\"]",
            W::AgentWithoutWallet,
            "agents.signer",
        ),
        ("agents = [\"scout\"]", "agents = []", W::WalletUnused, "wallets.cold"),
        (
            "[payees]\nallow = [",
            "[payees]\nallow = [\"eip155:1:0x0000000000000000000000000000000000000001\", ",
            W::PayeeUnused,
            "payees.allow",
        ),
        (
            "[roles.finance]",
            "[roles.audit]\nmembers = { zoe = [\"researcher+54d2039d+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\"] }\n[roles.finance]",
            W::RoleUnused,
            "roles.audit",
        ),
        (
            "need = { approvals = 2, from",
            "need = { approvals = 3, from",
            W::ApprovalsUnreachable,
            "gates.running-low.need",
        ),
        ("to = [\"deliver\", \"commit\"]", "to = [\"commit\"]", W::PhaseUnreachable, "phases.deliver"),
        (
            BUDGETS,
            "[[budgets]]\nid = \"loose\"\nper = [\"run\"]\nlimit = \"20.00 usdc\"\n[[budgets]]\nid = \"run-total\"\n",
            W::BudgetNeverReached,
            "budgets.run-total",
        ),
        (
            BUDGETS,
            "[[budgets]]\nid = \"loose\"\nper = [\"run\", \"payee\"]\nlimit = \"21.00 usdc\"\n[[budgets]]\nid = \"run-total\"\n",
            W::BudgetNeverReached,
            "budgets.loose",
        ),
        (
            BUDGETS,
            "[[budgets]]\nid = \"loose\"\nper = [\"agent\"]\nwindow = { rolling = \"23h\" }\nlimit = \"25.00 usdc\"\n[[budgets]]\nid = \"run-total\"\n",
            W::BudgetNeverReached,
            "budgets.loose",
        ),
        (
            BUDGETS,
            "[[budgets]]\nid = \"loose\"\nper = [\"agent\"]\nwindow = { every = \"day\", utc_offset = \"+00:00\" }\nlimit = \"26.00 usdc\"\n[[budgets]]\nid = \"run-total\"\n",
            W::BudgetNeverReached,
            "budgets.loose",
        ),
        (
            BUDGETS,
            "[[budgets]]\nid = \"loose\"\nper = [\"principal\"]\nwindow = { every = \"day\", utc_offset = \"+01:00\" }\nlimit = \"400.00 usdc\"\n[[budgets]]\nid = \"run-total\"\n",
            W::BudgetNeverReached,
            "budgets.loose",
        ),
        (
            BUDGETS,
            "[[budgets]]\nid = \"loose\"\nper = [\"agent\", \"payee\"]\nwindow = { rolling = \"30s\" }\ncount = 5\n[[budgets]]\nid = \"run-total\"\n",
            W::BudgetNeverReached,
            "budgets.loose",
        ),
        (
            "limit = \"20.00 usdc\"",
            "limit = \"9.99 usdc\"",
            W::MaximumAboveBudget,
            "obligations.max_exposure",
        ),
        (
            "exposure_at_least = \"2.00 usdc\"",
            "exposure_at_least = \"10.000001 usdc\"",
            W::GateNeverCloses,
            "gates.premium",
        ),
        (
            "when = { category = \"tip\" }",
            "when = { category = \"tips\" }",
            W::GateNeverCloses,
            "gates.no-tips",
        ),
        (
            "when = { budget = \"agent-day\", at_least_percent = 80 }",
            "when = { budget = \"agent-day\", at_least_percent = 80, exposure_at_least = \"1 yen\" }",
            W::GateNeverCloses,
            "gates.running-low",
        ),
        (
            GATES,
            "[[gates]]\nid = \"more\"\nwhen = { exposure_at_least = \"2.50 usdc\", category = \"data\" }\nneed = { approvals = 1, from = \"finance\", ttl = \"15m\" }\n[[gates]]\nid = \"premium\"\n",
            W::GateShadowed,
            "gates.more",
        ),
        (
            GATES,
            "[[gates]]\nid = \"same\"\nwhen = { exposure_at_least = \"2.00 usdc\" }\nneed = { approvals = 1, from = \"finance\", ttl = \"15m\" }\n[[gates]]\nid = \"premium\"\n",
            W::GateShadowed,
            "gates.premium",
        ),
        (
            GATES,
            "[[gates]]\nid = \"tip-ask\"\nwhen = { category = \"tip\" }\nneed = { approvals = 1, from = \"finance\", ttl = \"15m\" }\n[[gates]]\nid = \"premium\"\n",
            W::GateShadowed,
            "gates.tip-ask",
        ),
        ("schemes = [\"exact\", \"upto\"]", "schemes = []", W::NothingListed, "obligations.schemes"),
        (
            "allow = [\"https://data.example/v1/**\"]",
            "allow = [\"https://data.example/v1/**\", \"https://data.example/v1/*/x\"]",
            W::ResourceCovered,
            "resources.allow",
        ),
        (
            "repeatable = [\"https://data.example/v1/tick\"]",
            "repeatable = [\"https://data.example/v2/tick\"]",
            W::RepeatableNeverAllowed,
            "purchases.repeatable",
        ),
    ]
};

#[test]
fn each_oddity_gives_its_one_warning_with_a_place() {
    for (from, to, code, path) in CASES {
        let source = vary(&sound(), from, to);
        assert_eq!(found(&source), [(code, String::from(path))], "{to}");
        let outline = Outline::of(&source).unwrap();
        assert!(outline.place(&source, path).is_some(), "{path}");
    }
}

#[test]
fn what_takes_more_than_one_change_gives_its_warning() {
    let chain = sound().replace(
        "id = \"eip155:84532/erc20:0x00000000000000000000000000000000000000a1\"",
        "id = \"eip155:1/erc20:0x00000000000000000000000000000000000000a1\"",
    );
    assert!(
        found(&chain).contains(&(WarningCode::AssetWithoutAccounts, "assets.yen".into())),
        "{:?}",
        found(&chain)
    );
    let idle = vary(&sound(), "to = [\"execute\", \"explore\"]", "to = [\"explore\"]");
    assert!(found(&idle).contains(&(WarningCode::NoPhasePays, "phases".into())), "{:?}", found(&idle));
    assert!(found(&idle).contains(&(WarningCode::PhaseUnreachable, "phases.execute".into())));
}

#[test]
fn more_than_the_ceiling_in_a_day_is_a_warning_and_no_more_is_none() {
    let policy = compile(&sound()).unwrap();
    let above = |asset: &str, most: u128| {
        let ceiling = Ceiling { asset: asset.parse().unwrap(), most: Amount::new(most) };
        let found = warnings(&policy, &[ceiling]);
        found.into_iter().map(|it| (it.code, it.path)).collect::<Vec<_>>()
    };
    let warned = [(WarningCode::AboveCeiling, String::from("budgets"))];
    // Three agents at 25 usdc a day, on both sides of a permit's ten minutes.
    assert_eq!(above("usdc", 150_000_000), []);
    assert_eq!(above("usdc", 149_999_999), warned);
    // A yen budget for each run bounds nothing, but the count of payments does: 3 agents, 2 payees, 1450 minutes, 5.
    assert_eq!(above("yen", 3 * 2 * 1450 * 5 * 1000), []);
    assert_eq!(above("yen", 3 * 2 * 1450 * 5 * 1000 - 1), warned);
}

#[test]
fn the_codes_are_told_apart_and_each_is_shown_by_a_test() {
    let codes: BTreeSet<&str> = WarningCode::ALL.iter().map(|code| code.code()).collect();
    assert_eq!(codes.len(), WarningCode::ALL.len());
    let shown = CASES.map(|(_, _, code, _)| code);
    let elsewhere = [WarningCode::AssetWithoutAccounts, WarningCode::NoPhasePays, WarningCode::AboveCeiling];
    let page = include_str!("../../../../docs/policy.md");
    for code in WarningCode::ALL {
        assert!(page.contains(&alloc::format!("`{code}`")), "docs/policy.md does not explain {code}");
        assert!(shown.contains(&code) || elsewhere.contains(&code), "{code}");
        assert_eq!(serde_json::to_value(code).unwrap(), code.code());
    }
}
