//! Powers, limits, the roles of statements, and the keys of agents.

use super::*;
use crate::policy::Powers;

const RESEARCHER: &str = "researcher+54d2039d+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
const SECOND: &str = "researcher+593ff25d+AT1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM";
const ALICE: &str = "alice+82e4fd33+AdZw9y79lHW2InX653PrX16x/qTyoIgObSGYMnO/laCv";

const POWERS: &str = "[powers]
resume = { approvals = 2, from = \"finance\" }
override = { approvals = 1, from = \"finance\" }
write_off = { approvals = 1, from = \"finance\" }
clock = { approvals = 1, from = \"finance\" }
erase = { approvals = 1, from = \"finance\" }
";
const LIMITS: &str = "[limits]
max_step = \"24h\"
refusals_per_minute = 60
match_horizon = \"90d\"
";

fn each(powers: &Powers) -> [&Option<Power>; 5] {
    let Powers { resume, override_purchase, write_off, clock, erase } = powers;
    [resume, override_purchase, write_off, clock, erase]
}

#[test]
fn powers_and_limits_may_be_left_out() {
    let none = vary(POWERS, "").replace(LIMITS, "");
    for source in [none.clone(), format!("{none}[powers]\n[limits]\n")] {
        let policy = compile(&source).unwrap();
        assert_eq!(each(&policy.powers), [&None; 5]);
        assert_eq!(policy.limits, Limits { max_step: None, refusals_per_minute: None, match_horizon: None });
    }
    // Each power is its own.
    for (at, name) in ["resume", "override", "write_off", "clock", "erase"].into_iter().enumerate() {
        let one = format!("{none}[powers]\n{name} = {{ approvals = 2, from = \"finance\" }}\n");
        let powers = compile(&one).unwrap().powers;
        let there: Vec<usize> = (0..5).filter(|at| each(&powers)[*at].is_some()).collect();
        assert_eq!(there, [at]);
    }
}

#[test]
fn a_power_is_of_people_that_there_are() {
    for name in ["resume", "override", "write_off", "clock", "erase"] {
        let line = POWERS.lines().find(|line| line.starts_with(name)).unwrap();
        let to = format!("{name} = {{ approvals = 1, from = \"board\" }}");
        let kind = problem_at(line, &to, "\"board\"");
        assert_eq!(
            kind,
            Kind::NotDeclared { what: "role", name: "board".into(), declared: ["finance".into()].into() }
        );
        // The role has two people.
        for found in [0, 3] {
            let to = format!("{name} = {{ approvals = {found}, from = \"finance\" }}");
            let kind = problem_at(line, &to, &format!("{found}, from = \"finance\" }}"));
            assert_eq!(kind, Kind::OutOfRange { what: "approvals", least: 1, most: 2, found });
        }
        for (lacking, there) in [("from", "{ approvals = 1 }"), ("approvals", "{ from = \"finance\" }")] {
            let found = problems(&vary(line, &format!("{name} = {there}")));
            assert!(matches!(found[..], [Problem { kind: Kind::MissingKey { .. }, .. }]), "{found:?}");
            assert_eq!(found[0].key, Some(format!("powers.{name}.{lacking}")));
        }
        for wrong in ["1", "true"] {
            let found = problems(&vary(line, &format!("{name} = {wrong}")));
            assert!(matches!(found[..], [Problem { kind: Kind::Type { .. }, .. }]), "{wrong}: {found:?}");
        }
    }
    let unknown = problem_at("write_off = {", "delegate = {", "delegate");
    assert!(matches!(&unknown, Kind::UnknownKey { name, .. } if name == "delegate"), "{unknown}");
}

#[test]
fn every_problem_with_powers_and_limits_is_reported() {
    let source = SAMPLE.replace("from = \"finance\" }\n", "from = \"board\" }\n");
    let source = source.replace("\"24h\"\nrefusals_per_minute = 60", "\"1\"\nrefusals_per_minute = 0");
    let found = problems(&source);
    assert_eq!(found.len(), 7, "{found:?}");
    assert!(found.windows(2).all(|two| two[0].place.line < two[1].place.line), "{found:?}");
}

#[test]
fn limits_are_times_and_a_count_of_at_least_one() {
    for (from, to, at) in [
        ("max_step = \"24h\"", "max_step = \"0s\"", "\"0s\""),
        ("max_step = \"24h\"", "max_step = \"a day\"", "\"a day\""),
        ("match_horizon = \"90d\"", "match_horizon = \"90\"", "\"90\""),
        ("match_horizon = \"90d\"", "match_horizon = \"3651d\"", "\"3651d\""),
    ] {
        let kind = problem_at(from, to, at);
        assert!(matches!(kind, Kind::Expected { .. }), "{to}: {kind}");
    }
    let most = u64::from(u32::MAX);
    for found in [0, most + 1] {
        let kind = problem_at(
            "refusals_per_minute = 60",
            &format!("refusals_per_minute = {found}"),
            &format!("{found}\nmatch_horizon"),
        );
        assert_eq!(kind, Kind::OutOfRange { what: "refusals_per_minute", least: 1, most, found });
    }
    for count in [1, most] {
        let policy = compile(&vary("refusals_per_minute = 60", &format!("refusals_per_minute = {count}")));
        assert_eq!(policy.unwrap().limits.refusals_per_minute, Some(count));
    }
    let unknown = problem_at("max_step = \"24h\"", "max_runs = 4", "max_runs");
    assert!(matches!(&unknown, Kind::UnknownKey { name, .. } if name == "max_runs"), "{unknown}");
}

#[test]
fn the_roles_that_statements_name_for_others_are_no_roles_of_a_policy() {
    for name in ["governance", "agent"] {
        let role = format!("[roles.{name}]\nmembers = {{ carol = [\"{SECOND}\"] }}\n[phases.explore]");
        let kind = problem_at("[phases.explore]", &role, &format!("{name}]\nmembers"));
        assert_eq!(kind, Kind::Reserved { name: name.into() });
        assert_eq!(kind.to_string(), format!("no role of a policy may be called `{name}`"));
    }
    for name in ["governance2", "Governance", "agents"] {
        let role = format!("[roles.{name}]\nmembers = {{ carol = [\"{SECOND}\"] }}\n[phases.explore]");
        assert!(compile(&vary("[phases.explore]", &role)).is_ok(), "{name}");
    }
}

#[test]
fn an_agent_may_have_no_keys_and_several() {
    let line = format!("keys = [\"{RESEARCHER}\"]\n");
    for (to, keys) in [("", 0), ("keys = []\n", 0)] {
        let policy = compile(&vary(&line, to)).unwrap();
        assert_eq!(policy.agents[&"researcher".parse().unwrap()].keys.len(), keys);
    }
    let two = vary(&line, &format!("keys = [\"{RESEARCHER}\", \"{SECOND}\"]\n"));
    let keys = &compile(&two).unwrap().agents[&"researcher".parse().unwrap()].keys;
    let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
    assert_eq!(texts, [RESEARCHER, SECOND]);
    let found = problems(&vary(&line, "keys = [\"researcher\"]\n"));
    let expected = "a verifier key: name+hash+base64";
    assert_eq!(found[0].kind, Kind::Expected { expected, found: "researcher".into() });
    assert_eq!(found[0].place, Place { line: 12, column: 9 });
    let many = format!("keys = [{}]\n", format!("\"{RESEARCHER}\",").repeat(33));
    let found = problems(&vary(&line, &many));
    let too_many = Kind::TooMany { what: "agents.*.keys", most: 32 };
    assert!(found.iter().any(|problem| problem.kind == too_many), "{found:?}");
}

#[test]
fn a_public_key_stands_in_a_policy_once_whoever_has_it() {
    let twice = |key: &str| Kind::Twice { what: "public key", name: key.into() };
    let of_two = format!("keys = [\"{RESEARCHER}\", \"{RESEARCHER}\"]");
    let again = format!("\"{RESEARCHER}\"]\n[wallets");
    assert_eq!(problem_at(&format!("keys = [\"{RESEARCHER}\"]"), &of_two, &again), twice(RESEARCHER));
    // A person's key, and another agent's.
    let of_alice = format!("keys = [\"{ALICE}\"]");
    let found =
        problem_at(&format!("keys = [\"{RESEARCHER}\"]"), &of_alice, &format!("\"{ALICE}\"]\n[wallets"));
    assert_eq!(found, twice(ALICE));
    let scout = format!("[agents.scout]\nkeys = [\"{RESEARCHER}\"]\n[wallets.hot]");
    let found = problem_at("[wallets.hot]", &scout, &format!("\"{RESEARCHER}\"]\n[wallets.hot]"));
    assert_eq!(found, twice(RESEARCHER));
}
