#![allow(clippy::arithmetic_side_effects, reason = "a panic is a failed test")]

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use counterfoil_record::codec::Wire as _;
use counterfoil_record::{Amount, Id, Span};

use super::{Kind, MEMBERS_MOST, Place, Problem, SOURCE_MOST, compile};
use crate::policy::{
    Calendar, Dimension, Irreversible, Limits, Period, Policy, Power, Releases, Rolling, Window,
};

mod governed;
pub(in crate::policy) mod sample;
mod share;
mod windows;

use sample::SAMPLE;

/// The sample with one passage replaced, which must stand in it exactly once.
fn vary(from: &str, to: &str) -> String {
    assert_eq!(SAMPLE.matches(from).count(), 1, "{from}");
    SAMPLE.replace(from, to)
}

fn problems(source: &str) -> Vec<Problem> {
    compile(source).expect_err("a problem").problems
}

/// The one problem of the sample with `from` replaced by `to`. It stands where `at` does in the result.
fn problem_at(from: &str, to: &str, at: &str) -> Kind {
    let source = vary(from, to);
    let problems = problems(&source);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let offset = source.find(at).expect("the passage stands there");
    let before = &source[..offset];
    let line = before.matches('\n').count() + 1;
    let column = offset - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
    assert_eq!(problems[0].place, Place { line, column }, "{}", problems[0]);
    problems[0].kind.clone()
}

#[test]
fn refuses_two_names_for_one_asset_and_conditions_on_the_first_phase() {
    let twice = SAMPLE.replace(
        "[agents.",
        "[assets.again]\nid = \"eip155:84532/erc20:0x036CBD53842C5426634E7929541EC2318F3DCF7E\"\ndecimals = 6\n\
         domain = { name = \"USDC\", version = \"2\" }\n[agents.",
    );
    let problems = compile(&twice).unwrap_err().problems;
    assert!(
        problems.iter().any(|problem| matches!(problem.kind, Kind::Twice { what: "asset", .. })),
        "{problems:?}"
    );
    let conditioned = SAMPLE.replace("initial_phase = \"explore\"", "initial_phase = \"execute\"");
    let problems = compile(&conditioned).unwrap_err().problems;
    assert!(problems.iter().any(|problem| matches!(problem.kind, Kind::Together(_))), "{problems:?}");
}

#[test]
fn the_sample_compiles_to_what_it_says() {
    let policy = compile(SAMPLE).unwrap();
    assert_eq!(
        (policy.name.as_str(), policy.version, policy.initial_phase.as_str()),
        ("research-agents", 7, "explore")
    );
    let execute = &policy.phases[&"execute".parse().unwrap()];
    assert!(execute.pay && execute.plan_bound);
    assert_eq!(
        execute.approvals.as_ref().map(|need| (need.approvals, need.ttl)),
        Some((1, Span::from_millis(3_600_000)))
    );
    let usdc = "usdc".parse().unwrap();
    assert_eq!(policy.transactions.required_above[&usdc], Amount::new(500_000));
    assert_eq!(policy.transactions.irreversible, Irreversible::Last);
    assert!(policy.transactions.declare_compensation);
    let ids: Vec<_> = policy.budgets.iter().map(|budget| budget.id.as_str()).collect();
    assert_eq!(ids, ["run-total", "agent-day", "burst", "principal-month"]);
    assert_eq!(policy.budgets[0].limit.as_ref().map(|limit| limit.amount), Some(Amount::new(20_000_000)));
    let day = Rolling { span: Span::from_millis(86_400_000) };
    assert_eq!(policy.budgets[1].window, Some(Window::Rolling(day)));
    assert_eq!(policy.budgets[2].count, Some(30));
    assert_eq!(policy.budgets[2].per, [Dimension::Agent, Dimension::Payee].into());
    let month = Calendar { every: Period::Month, behind: false, minutes: 345 };
    assert_eq!(policy.budgets[3].window, Some(Window::Calendar(month)));
    let restoring: Vec<_> = policy.budgets.iter().map(|budget| budget.restore_refunds).collect();
    assert_eq!(restoring, [false, false, false, true]);
    let gates: Vec<_> = policy.gates.iter().map(|gate| gate.id.as_str()).collect();
    assert_eq!(gates, ["premium", "new-payee", "running-low", "no-tips"]);
    assert!(policy.gates[3].need.is_none());
    let schemes: Vec<_> = policy.obligations.schemes.iter().map(Id::as_str).collect();
    assert_eq!(schemes, ["exact", "upto"]);
    assert_eq!(policy.obligations.max_exposure[&usdc], Amount::new(10_000_000));
    assert_eq!(policy.obligations.max_lifetime, Span::from_millis(600_000));
    assert!(policy.obligations.slot_required);
    assert_eq!(policy.releases, Releases::Chain);
    let power = |approvals| Some(Power { approvals, role: "finance".parse().unwrap() });
    let powers = &policy.powers;
    assert_eq!((&powers.resume, &powers.override_purchase), (&power(2), &power(1)));
    assert_eq!((&powers.write_off, &powers.clock, &powers.erase), (&power(1), &power(1), &power(1)));
    let limits = Limits {
        max_step: Some(Span::from_millis(86_400_000)),
        refusals_per_minute: Some(60),
        match_horizon: Some(Span::from_millis(90 * 86_400_000)),
    };
    assert_eq!(policy.limits, limits);
    let keys: Vec<_> = policy.keys().map(|key| key.name().as_str()).collect();
    assert_eq!(keys, ["alice", "bob", "researcher"]);
}

#[test]
fn a_policy_comes_back_from_its_encoding() {
    let policy = compile(SAMPLE).unwrap();
    assert_eq!(Policy::from_bytes(&policy.to_bytes()), Ok(policy.clone()));
    assert_eq!(compile(&vary("version = 7", "version = 7 # the same")).unwrap().digest(), policy.digest());
    assert_ne!(compile(&vary("version = 7", "version = 8")).unwrap().digest(), policy.digest());
}

#[test]
fn schemes_that_are_known_and_not_supported_are_refused_by_name() {
    for scheme in ["batch-settlement", "auth-capture"] {
        let to = format!("schemes = [\"exact\", \"{scheme}\"]");
        let kind = problem_at("schemes = [\"exact\", \"upto\"]", &to, &format!("\"{scheme}\""));
        assert_eq!(kind, Kind::NotSupported { what: "a scheme other than exact and upto" });
    }
    for one in ["exact", "upto"] {
        let policy = compile(&vary("[\"exact\", \"upto\"]", &format!("[\"{one}\"]"))).unwrap();
        assert_eq!(policy.obligations.schemes, [one.parse().unwrap()].into());
    }
}

#[test]
fn sections_that_a_policy_does_not_have_are_not_known() {
    for section in ["governance", "mandates", "suspensions"] {
        let found = problems(&format!("{SAMPLE}[{section}]\n"));
        assert!(
            matches!(&found[..], [Problem { kind: Kind::UnknownKey { name, known }, .. }]
                if name == section && known.contains(&"payees")),
            "{found:?}"
        );
        assert_eq!(found[0].key.as_deref(), Some(section));
        assert_eq!(found[0].place, Place { line: SAMPLE.lines().count() + 1, column: 2 });
    }
}

#[test]
fn what_is_not_known_is_refused_where_it_stands() {
    let kind = problem_at("finality = \"2m\"", "finality = \"2m\"\nleniency = 3", "leniency");
    assert!(matches!(&kind, Kind::UnknownKey { name, .. } if name == "leniency"), "{kind}");
    let kind = problem_at("decimals = 6", "decimals = -6", "-6");
    assert!(matches!(kind, Kind::Type { takes: "0 to 38", .. }), "{kind}");
    let kind = problem_at("pay = true", "pay = \"yes\"", "\"yes\"");
    assert!(matches!(kind, Kind::Type { takes: "true or false", .. }), "{kind}");
    let kind = problem_at("required_above = \"0.50 usdc\"", "required_above = 3", "3\nmax_deadline");
    assert!(matches!(&kind, Kind::Type { message, .. } if message == "expected a text or a list of texts"));
    assert!(matches!(problems("name = ")[0].kind, Kind::Toml(_)));
}

#[test]
fn every_key_that_is_unknown_or_missing_is_reported() {
    let keys = |source: &str| -> Vec<_> {
        let of = |problem: Problem| match problem.kind {
            Kind::MissingKey { .. } => ("missing", problem.key.unwrap(), problem.place.line),
            Kind::UnknownKey { .. } => ("unknown", problem.key.unwrap(), problem.place.line),
            other => panic!("{other}"),
        };
        problems(source).into_iter().map(of).collect()
    };
    let nothing = keys("");
    let needed = [
        "name",
        "version",
        "initial_phase",
        "assets",
        "agents",
        "wallets",
        "phases",
        "transactions",
        "payees",
        "resources",
        "obligations",
    ];
    assert_eq!(nothing, needed.map(|key| ("missing", key.into(), 1)));
    let source = SAMPLE
        .replace("decimals = 6\n", "decimal = 6\n")
        .replace("id = \"burst\"\nper", "id = \"burst\"\nPer")
        .replace("window = { rolling = \"60s\" }", "window = { roling = \"60s\" }");
    let line = |passage: &str| source[..source.find(passage).unwrap()].matches('\n').count() + 1;
    let mut expected = [
        ("missing", "assets.usdc.decimals", line("[assets.usdc]")),
        ("unknown", "assets.usdc.decimal", line("decimal = 6")),
        ("missing", "budgets.burst.per", line("id = \"burst\"") - 1),
        ("unknown", "budgets.burst.Per", line("Per = ")),
        ("unknown", "budgets.burst.window.roling", line("roling")),
    ];
    expected.sort_by_key(|(_, _, line)| *line);
    let found = keys(&source);
    let found: Vec<_> = found.iter().map(|(what, key, line)| (*what, key.as_str(), *line)).collect();
    assert_eq!(found, expected);
}

#[test]
fn sections_that_a_policy_needs_are_required() {
    let sections = ["[payees]\n", "[resources]\n", "[obligations]\n", "[transactions]\n"];
    for section in sections {
        let at = SAMPLE.find(section).unwrap();
        let end = SAMPLE[at + 1..].find("\n[").map_or(SAMPLE.len(), |end| at + 1 + end + 1);
        let source = format!("{}{}", &SAMPLE[..at], &SAMPLE[end..]);
        let key = section.trim_matches(['[', ']', '\n']);
        let found = problems(&source);
        assert!(matches!(found[..], [Problem { kind: Kind::MissingKey { .. }, .. }]), "{found:?}");
        assert_eq!(found[0].key.as_deref(), Some(key));
    }
}

#[test]
fn names_that_are_not_declared_are_shown() {
    let undeclared = |what, name: &str, declared: &[&str]| Kind::NotDeclared {
        what,
        name: name.into(),
        declared: declared.iter().map(ToString::to_string).collect(),
    };
    let phases = ["commit", "deliver", "execute", "explore"];
    assert_eq!(
        problem_at("limit = \"20.00 usdc\"", "limit = \"20.00 usd\"", "\"20.00 usd\""),
        undeclared("asset", "usd", &["usdc"])
    );
    assert_eq!(
        problem_at("to = [\"deliver\"]", "to = [\"delivery\"]", "\"delivery\""),
        undeclared("phase", "delivery", &phases)
    );
    let initial = problem_at("initial_phase = \"explore\"", "initial_phase = \"begin\"", "\"begin\"");
    assert_eq!(initial, undeclared("phase", "begin", &phases));
    let wallet = problem_at("agents = [\"researcher\"]", "agents = [\"stranger\"]", "\"stranger\"");
    assert_eq!(wallet, undeclared("agent", "stranger", &["researcher"]));
    let role =
        problem_at("from = \"finance\", ttl = \"15m\"", "from = \"board\", ttl = \"15m\"", "\"board\"");
    assert_eq!(role, undeclared("role", "board", &["finance"]));
    let budget = problem_at("budget = \"agent-day\"", "budget = \"agent-week\"", "\"agent-week\"");
    assert_eq!(
        budget,
        undeclared("budget", "agent-week", &["agent-day", "burst", "principal-month", "run-total"])
    );
}

#[test]
fn texts_of_the_wrong_form_are_shown() {
    let forms = [
        ("name = \"research-agents\"", "name = \"research agents\"", "\"research agents\""),
        (
            "account = \"eip155:84532:0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"",
            "account = \"0xf39f\"",
            "\"0xf39f\"",
        ),
        ("max_lifetime = \"10m\"", "max_lifetime = \"10 minutes\"", "\"10 minutes\""),
        ("max_lifetime = \"10m\"", "max_lifetime = \"0m\"", "\"0m\""),
        ("max_lifetime = \"10m\"", "max_lifetime = \"3651d\"", "\"3651d\""),
        ("limit = \"20.00 usdc\"", "limit = \"20.00\"", "\"20.00\""),
        ("limit = \"20.00 usdc\"", "limit = \"+20 usdc\"", "\"+20 usdc\""),
        ("limit = \"20.00 usdc\"", "limit = \"20. usdc\"", "\"20. usdc\""),
        ("limit = \"20.00 usdc\"", "limit = \"020 usdc\"", "\"020 usdc\""),
        ("limit = \"20.00 usdc\"", "limit = \"2e1 usdc\"", "\"2e1 usdc\""),
        ("\"https://data.example/v1/**\"", "\"data.example/v1\"", "\"data.example/v1\""),
        ("name = \"USDC\"", "name = \"US\\u00a0DC\"", "\"US\\u00a0DC\""),
    ];
    for (from, to, at) in forms {
        let kind = problem_at(from, to, at);
        assert!(matches!(kind, Kind::Expected { .. }), "{to}: {kind}");
    }
}

#[test]
fn words_that_are_no_choice_are_shown_with_the_choices() {
    let kind = problem_at("slot = \"required\"", "slot = \"optional\"", "\"optional\"");
    assert_eq!(
        kind,
        Kind::NotAChoice { choices: ["required", "preferred"].into(), found: "optional".into() }
    );
    let kind = problem_at("per = [\"run\"]", "per = [\"week\"]", "\"week\"");
    assert_eq!(
        kind,
        Kind::NotAChoice { choices: ["run", "agent", "payee", "principal"].into(), found: "week".into() }
    );
    for (from, to) in [
        ("irreversible = \"last\"", "irreversible = \"first\""),
        ("compensation = \"declare\"", "compensation = \"maybe\""),
        ("releases = \"chain\"", "releases = \"hope\""),
        ("schemes = [\"exact\", \"upto\"]", "schemes = [\"barter\"]"),
    ] {
        let problems = problems(&vary(from, to));
        assert!(
            matches!(problems[..], [Problem { kind: Kind::NotAChoice { .. }, .. }]),
            "{to}: {problems:?}"
        );
    }
}

#[test]
fn what_stands_twice_is_shown_at_its_second_place() {
    let twice = |what, name: &str| Kind::Twice { what, name: name.into() };
    let source = vary("id = \"agent-day\"", "id = \"run-total\"");
    let source = source.replace("budget = \"agent-day\"", "budget = \"run-total\"");
    let found = problems(&source);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].kind, twice("budget", "run-total"));
    let lines: Vec<_> = source.lines().collect();
    assert_eq!(lines[found[0].place.line - 1], "id = \"run-total\"");
    assert_eq!(
        problem_at("id = \"new-payee\"", "id = \"premium\"", "\"premium\"\nwhen = { first"),
        twice("gate", "premium")
    );
    let above = problem_at(
        "required_above = \"0.50 usdc\"",
        "required_above = [\"0.50 usdc\", \"1 usdc\"]",
        "[\"0.50 usdc\", ",
    );
    assert_eq!(above, twice("asset", "usdc"));
    let alice = "alice+82e4fd33+AdZw9y79lHW2InX653PrX16x/qTyoIgObSGYMnO/laCv";
    let found = problems(&vary(
        "bob = [\"bob+3c95ee94+AZ9VGZv2MWCDFcYaBpLBZ36oyUGubEU5RJV3xidwAFP5\"]",
        &format!("bob = [\"{alice}\"]"),
    ));
    assert!(
        matches!(&found[..], [Problem { kind: Kind::Twice { what: "public key", .. }, .. }]),
        "{found:?}"
    );
}

#[test]
fn amounts_are_exact_or_refused() {
    let limit = |text: &str| {
        let policy = compile(&vary("limit = \"20.00 usdc\"", &format!("limit = \"{text} usdc\"")));
        policy.map(|policy| policy.budgets[0].limit.as_ref().unwrap().amount)
    };
    assert_eq!(limit("0"), Ok(Amount::ZERO));
    assert_eq!(limit("0.000001"), Ok(Amount::new(1)));
    assert_eq!(limit("1.5"), Ok(Amount::new(1_500_000)));
    assert_eq!(limit("340282366920938463463374607431768.211455"), Ok(Amount::MAX));
    let kind = |text: &str| limit(text).unwrap_err().problems[0].kind.clone();
    assert_eq!(
        kind("340282366920938463463374607431768.211456"),
        Kind::TooLarge { number: "340282366920938463463374607431768.211456".into() }
    );
    assert_eq!(kind("0.0000001"), Kind::TooManyPlaces { number: "0.0000001".into(), decimals: 6 });
    // A place too many is an error even where it is zero: nothing is rounded.
    assert_eq!(kind("1.0000000"), Kind::TooManyPlaces { number: "1.0000000".into(), decimals: 6 });
}

#[test]
fn assets_of_no_and_of_many_decimals_are_exact() {
    let with = |decimals: &str, limit: &str| {
        let source = SAMPLE.replace("decimals = 6", decimals);
        let source = ["20.00", "25.00", "400.00", "0.50", "10.00", "0.25", "2.00"]
            .iter()
            .fold(source, |source, amount| {
                source.replace(&format!("\"{amount} usdc\""), &format!("\"{limit} usdc\""))
            });
        compile(&source).map(|policy| policy.budgets[0].limit.as_ref().unwrap().amount)
    };
    assert_eq!(with("decimals = 0", "7"), Ok(Amount::new(7)));
    assert!(with("decimals = 0", "7.0").is_err_and(|error| {
        error.problems.iter().all(|it| matches!(it.kind, Kind::TooManyPlaces { decimals: 0, .. }))
    }));
    assert_eq!(with("decimals = 18", "0.000000000000000001"), Ok(Amount::new(1)));
    assert_eq!(with("decimals = 18", "340282366920938463463.374607431768211455"), Ok(Amount::MAX));
}

#[test]
fn numbers_outside_their_range_are_shown() {
    let range = |kind: Kind| match kind {
        Kind::OutOfRange { what, least, most, found } => (what, least, most, found),
        other => panic!("{other}"),
    };
    assert_eq!(range(problem_at("decimals = 6", "decimals = 39", "39")), ("decimals", 0, 38, 39));
    assert_eq!(
        range(problem_at("count = 30", "count = 0", "0\n\n[[budgets]]\nid = \"principal")),
        ("count", 1, u64::from(u32::MAX), 0)
    );
    assert_eq!(
        range(problem_at("at_least_percent = 80", "at_least_percent = 101", "101")),
        ("at_least_percent", 1, 100, 101)
    );
    // The role has two people.
    let kind = problem_at(
        "approvals = 2, from = \"finance\", ttl",
        "approvals = 3, from = \"finance\", ttl",
        "3, from",
    );
    assert_eq!(range(kind), ("approvals", 1, 2, 3));
}

#[test]
fn what_goes_together_is_asked_for_together() {
    let changes = [
        ("count = 30", "count = 30\nlimit = \"1 usdc\"", "\"burst\""),
        ("limit = \"20.00 usdc\"\n", "", "\"run-total\""),
        ("per = [\"run\"]", "per = []", "\"run-total\""),
        ("{ rolling = \"24h\" }", "{}", "\"agent-day\"\nper"),
        ("deny = true", "deny = false", "\"no-tips\""),
        ("when = { category = \"tip\" }", "when = {}", "\"no-tips\""),
        (", at_least_percent = 80", "", "\"running-low\""),
        ("{ first_payment_to_payee = true,", "{ first_payment_to_payee = false,", "false,"),
        ("categories = [\"data\", \"compute\"]\n", "", "true\nenter"),
        ("artefacts = [\"plan\"], ", "", "true                  # only"),
        (", from = \"finance\", ttl = \"1h\" }\nplan_bound", " }\nplan_bound", "1 }"),
    ];
    for (from, to, at) in changes {
        let kind = problem_at(from, to, at);
        assert!(matches!(kind, Kind::Together(_)), "{to}: {kind}");
    }
    let count = problem_at("budget = \"agent-day\"", "budget = \"burst\"", "\"burst\", at_least");
    assert!(matches!(count, Kind::Together(_)), "{count}");
    let keyless = vary("bob = [\"bob+3c95ee94+AZ9VGZv2MWCDFcYaBpLBZ36oyUGubEU5RJV3xidwAFP5\"]", "bob = []");
    assert!(matches!(problems(&keyless)[..], [Problem { kind: Kind::Together(_), .. }]));
}

#[test]
fn what_could_never_hold_is_refused() {
    let members = SAMPLE.lines().find(|line| line.starts_with("members = ")).unwrap();
    let found = problems(&vary(members, "members = {}"));
    let alone = |kind: &Kind| *kind == Kind::Together("a role needs at least one person");
    assert!(found.iter().any(|it| alone(&it.kind)), "{found:?}");

    let people: Vec<String> = (0..=MEMBERS_MOST).map(|at| format!("p{at} = []")).collect();
    let found = problems(&vary(members, &format!("members = {{ {} }}", people.join(", "))));
    let many = Kind::TooMany { what: "roles.*.members", most: MEMBERS_MOST };
    assert!(found.iter().any(|it| it.kind == many), "{found:?}");

    let short = problem_at("max_lifetime = \"10m\"", "max_lifetime = \"999ms\"", "\"999ms\"");
    assert_eq!(short, Kind::Expected { expected: "a lifetime of at least 1s", found: "999ms".into() });

    let clock = problem_at("clock = { approvals = 1, from = \"finance\" }\n", "", "\"24h\"\nref");
    let why = "`max_step` needs the power `clock`: a log that slept longer could never go on";
    assert_eq!(clock, Kind::Together(why));
}

#[test]
fn what_is_too_much_is_refused() {
    let long = format!("{SAMPLE}{}", "#".repeat(SOURCE_MOST));
    let kind = Kind::TooLong { len: long.len(), most: SOURCE_MOST };
    assert_eq!(problems(&long), [Problem { place: Place::START, key: None, kind }]);
    let gates: Vec<String> = (0..32)
        .map(|at| format!("[[gates]]\nid = \"g{at}\"\nwhen = {{ category = \"c\" }}\ndeny = true\n"))
        .collect();
    let found = problems(&format!("{SAMPLE}{}", gates.concat()));
    assert!(
        matches!(&found[..], [Problem { kind: Kind::TooMany { what: "gates", most: 32 }, .. }]),
        "{found:?}"
    );
}

#[test]
fn plain_http_is_for_named_loopback_hosts() {
    let allow = "allow = [\"https://data.example/v1/**\"]";
    let kind = problem_at(allow, "allow = [\"http://data.example/v1/**\"]", "\"http://data.example/v1/**\"");
    assert_eq!(kind, Kind::PlainHttp { host: "data.example".into() });
    let local = "allow = [\"http://127.0.0.1:4021/**\"]";
    assert_eq!(problem_at(allow, local, "\"http://127"), Kind::PlainHttp { host: "127.0.0.1".into() });
    let named = format!("{local}\nhttp = [\"127.0.0.1\"]");
    compile(&vary(allow, &named)).unwrap();
    let elsewhere = "allow = [\"http://data.example/**\"]\nhttp = [\"data.example\"]";
    assert!(matches!(problem_at(allow, elsewhere, "\"http://data"), Kind::PlainHttp { .. }));
}

#[test]
fn every_problem_is_reported_not_only_the_first() {
    let source =
        vary("limit = \"20.00 usdc\"", "limit = \"20.00 usd\"").replace("ttl = \"15m\"", "ttl = \"soon\"");
    let found = problems(&source);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].place.line < found[1].place.line);
    let shown = compile(&source).unwrap_err().to_string();
    assert_eq!(shown.lines().count(), 2);
    assert!(shown.starts_with(&format!("line {}, column ", found[0].place.line)), "{shown}");
}
