//! Every command, with every field that it can have.

use counterfoil_testkit::keys;
use serde_json::{Value, json};

/// Documents of every command, each with every field that it can have in one of them.
pub(crate) fn documents() -> Vec<Value> {
    let (key, other) = (keys::person("alice").to_string(), keys::person("bob").to_string());
    let asset = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    let payee = "eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    let mandate = json!({"format": "ap2", "evidence": "e30=", "expires": 9, "limits": {asset: "7"}});
    let mut full = mandate.clone();
    full["payees"] = json!([payee]);
    let none = json!({"format": "ap2", "evidence": "", "expires": 0, "limits": {}, "payees": []});
    let run = json!({"type": "open-run", "id": "r", "agent": "a", "principal": "p", "purpose": "why"});
    let with = |field: &str, value: &Value| {
        let mut run = run.clone();
        run[field] = value.clone();
        run
    };
    let (amount, signed) = ("340282366920938463463374607431768211455", json!(["e30=", ""]));
    let scope = json!({"agent": "a", "run": 4, "payee": payee, "asset": asset});
    let governance = json!({"members": {"alice": [key, other], "bob": [key]}, "quorum": 2});
    let pay = json!({
        "type": "pay", "run": 4, "key": "k", "payment_required": "e30=", "accept": 1, "url": "https://a.example/",
        "wallet": "hot", "category": "data", "item": "i", "transaction": 5, "step": "s", "purpose": "why",
        "compensation": {"by": "refund"}, "request": "e30=", "overrides": signed,
    });
    let step = json!({"id": "s", "reversible": true});
    let item = json!({"id": "i", "category": "data", "payee": payee, "asset": "usdc", "ceiling": "1"});
    let hash = "ab".repeat(32);
    vec![
        json!({"type": "genesis", "origin": "log.example/one"}),
        json!({"type": "genesis", "origin": "log.example/one", "governance": governance}),
        json!({"type": "adopt-policy", "source": "name = \"a\"", "statements": signed}),
        json!({"type": "rotate-key", "old": key, "new": other, "statements": signed}),
        json!({"type": "revoke-key", "key": key}),
        json!({"type": "revoke-key", "key": key, "since": 4, "statements": signed}),
        json!({"type": "suspend"}),
        json!({"type": "suspend", "scope": {}}),
        json!({"type": "suspend", "scope": scope, "reason": "why", "statements": signed}),
        json!({"type": "resume"}),
        json!({"type": "resume", "scope": scope, "reason": "why", "statements": signed}),
        json!({"type": "heartbeat"}),
        json!({"type": "clock", "to": 9, "statements": signed}),
        json!({"type": "erase", "record": 4, "commitment": hash}),
        json!({"type": "erase", "record": 4, "commitment": hash, "statements": signed, "reason": "why"}),
        json!({"type": "unreadable", "class": "payment-required", "bytes": "e30="}),
        json!({"type": "unreadable", "class": "payment-required", "offset": u64::MAX, "bytes": ""}),
        json!({"type": "start"}),
        json!({"type": "stop"}),
        run.clone(),
        with("parent", &json!(4)),
        with("mandate", &mandate),
        with("mandate", &full),
        with("mandate", &none),
        json!({"type": "close-run", "run": 4}),
        json!({"type": "attach", "run": 4, "name": "plan", "media_type": "a/b", "digest": hash, "items": [item]}),
        json!({"type": "enter-phase", "run": 4, "phase": "work"}),
        json!({"type": "begin", "run": 4, "id": "trip", "steps": [step], "deadline": 9}),
        json!({"type": "complete-step", "transaction": 4, "step": "s", "evidence": hash}),
        json!({"type": "commit", "transaction": 4}),
        json!({"type": "abort", "transaction": 4, "reason": "why"}),
        pay,
        json!({"type": "claim", "payment": 4}),
        json!({"type": "statement", "statement": "e30="}),
        json!({"type": "bind", "payment": 4, "payment_signature": "e30="}),
        json!({"type": "settle", "payment": 4, "amount": amount, "payment_response": "e30="}),
        json!({"type": "fail", "payment": 4, "payment_response": "e30=", "reason": "why"}),
        json!({"type": "unknown", "payment": 4, "reason": "why"}),
        json!({"type": "expire", "payment": 4}),
        json!({"type": "compensate", "payment": 4, "amount": "0", "evidence": "e30="}),
        json!({"type": "refund", "payment": 4, "amount": amount, "evidence": "e30=", "reason": "why"}),
        json!({"type": "write-off", "payment": 4, "amount": "1", "statements": signed, "reason": "why"}),
    ]
}
