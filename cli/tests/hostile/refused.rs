//! What a format refuses, and what stays beside the log.

use counterfoil_record::Index;
use counterfoil_testkit::rail::{CHAIN, SELLER};
use counterfoil_testkit::scene::Ask;
use serde_json::{Value, json};

use crate::common::{Own, open_run, read, run, run_with};
use crate::rules;
use crate::texts::{MARK, RECORDED, REFUSED, all};

/// Commands with every field that holds a name or a text, and where each stands. `~` marks the key of a map.
fn fields() -> Vec<(Value, &'static str)> {
    let mandate = json!({"format": "ap2", "evidence": "", "expires": 1, "limits": {}, "payees": ["x"]});
    let open = json!({"type": "open-run", "id": "r", "agent": "a", "principal": "p", "mandate": mandate});
    let mut pay = serde_json::to_value(Ask::new(Index::new(5), "k", 1).item("i").command()).unwrap();
    pay["compensation"] = json!({"by": "refund"});
    pay["transaction"] = 5.into();
    pay["step"] = "s".into();
    let payee = format!("{CHAIN}:{SELLER}");
    let item = json!({"id": "i", "category": "c", "payee": payee, "asset": "usdc", "ceiling": "1"});
    let hash = "ab".repeat(32);
    let attach =
        json!({"type": "attach", "run": 5, "name": "n", "media_type": "m", "digest": hash, "items": [item]});
    let begin = json!({"type": "begin", "run": 5, "id": "t", "deadline": 1, "steps": [{"id": "s", "reversible": true}]});
    let scope = json!({"agent": "a", "payee": "x", "asset": "x"});
    let at = |command: &Value, fields: &[&'static str]| {
        fields.iter().map(|field| (command.clone(), *field)).collect::<Vec<_>>()
    };
    [
        at(
            &open,
            &["/id", "/agent", "/principal", "/mandate/format", "/mandate/payees/0", "/mandate/limits/~"],
        ),
        at(&pay, &["/key", "/url", "/wallet", "/category", "/item", "/step", "/compensation/by"]),
        at(
            &attach,
            &["/name", "/media_type", "/items/0/id", "/items/0/category", "/items/0/payee", "/items/0/asset"],
        ),
        at(&begin, &["/id", "/steps/0/id"]),
        at(&json!({"type": "suspend", "scope": scope}), &["/scope/agent", "/scope/payee", "/scope/asset"]),
        at(&json!({"type": "enter-phase", "run": 5, "phase": "p"}), &["/phase"]),
        at(&json!({"type": "complete-step", "transaction": 5, "step": "s"}), &["/step"]),
        at(&json!({"type": "unreadable", "class": "c", "bytes": ""}), &["/class"]),
    ]
    .concat()
}

/// Fields that hold a text instead of a name: they take what a record may hold.
const TEXTS: [&str; 5] =
    ["/mandate/payees/0", "/mandate/limits/~", "/items/0/payee", "/scope/payee", "/scope/asset"];

/// The command with that text in that field.
fn with(command: &Value, field: &str, text: &str) -> Value {
    let mut command = command.clone();
    if let Some(map) = field.strip_suffix("/~") {
        *command.pointer_mut(map).unwrap() = json!({text: "1"});
    } else {
        *command.pointer_mut(field).unwrap() = text.into();
    }
    command
}

/// `govern` answers each with one error and goes on; the log is as it was.
pub fn every_text_in_every_field() {
    let mut lines = Vec::new();
    for (command, field) in fields() {
        let named = RECORDED.iter().filter(|_| !TEXTS.contains(&field));
        // `+1`, `-1` and `@SUM` can be names.
        let named = named.filter(|text| text.parse::<counterfoil_record::Id>().is_err());
        // A URL has signs and brackets as well; what of it is refused, `crates/rails` says.
        let named = named.filter(|_| field != "/url");
        for text in REFUSED.iter().chain(named) {
            let text = match field {
                "/url" => format!("https://data.example/v1/{MARK}{text}x"),
                _ => format!("{MARK}{text}x"),
            };
            lines.push((field, with(&command, field, &text)));
        }
    }
    assert!(lines.len() > 1_000, "{}", lines.len());
    let own = Own::new();
    let before = read(&own.log()).0;
    let input: Vec<String> =
        lines.iter().map(|(_, line)| line.to_string()).chain([open_run("good")]).collect();
    let ran = run_with(own.govern(), input.join("\n").as_bytes());
    assert_eq!(ran.code, Some(2));
    rules::text(&ran.stderr);
    let answers = ran.lines();
    assert_eq!(answers.len(), input.len());
    for (number, (field, line)) in lines.iter().enumerate() {
        let answer = &answers[number];
        let error = answer["error"].as_str().unwrap_or_else(|| panic!("{field}: {line}: {answer}"));
        assert_eq!(answer, &json!({"line": number + 1, "error": error}));
        let reason = match *field {
            "/url" => "url",
            field if TEXTS.contains(&field) => "has a control, bidirectional or zero-width character",
            _ => "not 1 to 128 ASCII letters, digits and",
        };
        assert!(error.contains(reason), "{field}: {line}: {error}");
    }
    assert_eq!(answers[lines.len()]["outcome"], "accepted");
    let after = read(&own.log()).0;
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 3, "a start, the good line, a stop");
}

/// Purposes and reasons are any text. None of them stands in the log or in what is said of it.
pub fn no_private_text_is_shown() {
    let own = Own::new();
    let purpose = format!("{} only-private", all());
    let mut open: Value = serde_json::from_str(&open_run("r")).unwrap();
    open["purpose"] = purpose.clone().into();
    let ask = Ask::new(Index::new(5), "k", 10_000).purpose(&purpose).command();
    let fail = json!({"type": "unknown", "payment": 6, "reason": purpose});
    let lines = [open, serde_json::to_value(ask).unwrap(), fail];
    let ran = run_with(own.govern(), lines.map(|line| line.to_string()).join("\n").as_bytes());
    let outcomes: Vec<Value> = ran.lines().iter().map(|answer| answer["outcome"].clone()).collect();
    assert_eq!((ran.code, outcomes), (Some(0), vec!["accepted".into(), "allow".into(), "accepted".into()]));
    for bytes in read(&own.log()).0 {
        assert!(!String::from_utf8_lossy(&bytes).contains("only-private"));
    }
    let log = own.log();
    for words in [vec!["verify", "--json"], vec!["export"], vec!["list"], vec!["explain", "--json"]] {
        let mut args: Vec<std::ffi::OsString> = words.iter().map(Into::into).collect();
        args.push(log.clone().into());
        args.extend((words[0] == "explain").then(|| "6".into()));
        let said = run(args);
        assert_eq!(said.code, Some(3), "{said:?}");
        assert!(said.stdout.len() > 100 && !said.stdout.contains("only-private"), "{said:?}");
    }
}
