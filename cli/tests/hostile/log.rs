//! A log of the real core in a file, whose texts are chosen by somebody who means ill wherever the format lets them; and the
//! files beside it that commands read. Its folder has such a name too.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::{Answer, Command, Core, FileKey, Recorded, System};
use counterfoil_record::{Hash32, Index, Input, Text, input};
use counterfoil_store::{Records as _, SqliteStore, Store as _};
use counterfoil_testkit::policy::{OTHER_SELLER, plain_with};
use counterfoil_testkit::rail::{CHAIN, SELLER, Signing};
use counterfoil_testkit::scene::Ask;
use counterfoil_testkit::{forge, keys};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Ran, folder, run};
use crate::texts::{AGENT, MARK, PERSON, PRINCIPAL, RUN, URL, all, file_name, recorded};

type Live = Core<SqliteStore, FileKey, System>;

pub struct Hostile {
    _folder: TempDir,
    pub dir: PathBuf,
    /// A payment that settled, one that waits for people, one that was denied, and one that cannot be decided.
    pub paid: u64,
    pub held: u64,
    pub denied: u64,
    pub forged: u64,
}

fn submit(core: &mut Live, command: Value, outcome: &str) -> Recorded {
    let command: Command = serde_json::from_value(command).unwrap();
    match core.submit(command).unwrap() {
        Answer::Recorded(recorded) => {
            assert_eq!(recorded.outcome.code(), outcome, "{recorded:?}");
            *recorded
        }
        other => panic!("{other:?}"),
    }
}

fn pay(core: &mut Live, ask: &Ask, outcome: &str) -> Recorded {
    submit(core, serde_json::to_value(ask.command()).unwrap(), outcome)
}

/// A policy with texts of an author who means ill: comments, which `explain` quotes with their rule, names, patterns.
pub fn policy() -> String {
    // No control character may stand in TOML, but everything else in a comment.
    let comment: String = all().chars().filter(|c| !c.is_control()).collect();
    let key = keys::named(PERSON, "mallory");
    plain_with(&[
        (
            "[[budgets]]\nid = \"run-total\"\n",
            &format!("# {comment}\n[[budgets]]\n# {comment}\nid = \"run-total\" # {comment}\n"),
        ),
        ("[[gates]]\nid = \"premium\"\n", &format!("[[gates]]\nid = \"premium\" # {comment}\n")),
        ("count = 5", "count = 10000"),
        ("required_above = [\"0.50 usdc\",", "required_above = [\"10.00 usdc\","),
        ("name = \"test\"", &format!("name = \"-{MARK}\"")),
        ("name = \"Yen\"", &format!("name = \"=1;=2 <script>{MARK}</script> ${{x}} [a](javascript:1)\"")),
        ("[agents.scout]\n", &format!("[agents.scout]\n[agents.\"{AGENT}\"]\nowner = \"erin\"\n")),
        (
            "agents = [\"researcher\", \"scout\", \"signer\"]",
            &format!("agents = [\"researcher\", \"{AGENT}\"]"),
        ),
        ("members = { alice =", &format!("members = {{ \"{PERSON}\" = [\"{key}\"], alice =")),
        ("\"https://data.example/v1/**\"]", &format!("\"https://data.example/v1/**\", \"{URL}\"]")),
    ])
}

/// An answer of the payee whose every text is hostile, as a header.
fn answer(success: bool) -> String {
    let body = json!({"success": success, "transaction": all(), "network": all(), "payer": all(), "errorReason": all()});
    STANDARD.encode(body.to_string())
}

impl Hostile {
    pub fn new() -> Self {
        let folder = folder();
        let dir = folder.path().join(file_name());
        fs::create_dir(&dir).unwrap();
        let mut hostile = Self { _folder: folder, dir, paid: 0, held: 0, denied: 0, forged: 0 };
        let store = hostile.record();
        hostile.forge(store);
        hostile.write();
        hostile
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    /// What callers, payees, facilitators and people submit.
    fn record(&mut self) -> SqliteStore {
        let store = SqliteStore::create(&self.path("log.sqlite")).unwrap();
        let mut live =
            Core::create_governed(store, keys::log(), System, keys::ORIGIN.parse().unwrap(), None).unwrap();
        let core = &mut live;
        submit(core, json!({"type": "adopt-policy", "source": policy()}), "accepted");
        let open =
            json!({"type": "open-run", "id": RUN, "agent": AGENT, "principal": PRINCIPAL, "purpose": all()});
        let run = submit(core, open.clone(), "accepted").index;
        let mandate = json!({
            "format": format!("-{MARK}"), "evidence": STANDARD.encode(all()), "expires": u64::MAX >> 12, "limits": {}
        });
        let with = |id: &str, mandate: Value| {
            let mut open = open.clone();
            (open["id"], open["mandate"]) = (id.into(), mandate);
            open
        };
        submit(core, with("+2", mandate.clone()), "accepted");
        let mut strange = mandate;
        strange["limits"] = json!({recorded("="): "1"});
        strange["payees"] = json!([recorded("+")]);
        submit(core, with("+3", strange), "refused");
        let item = json!({
            "id": "-i", "category": "@c", "payee": recorded("@"), "asset": "+usdc", "ceiling": "1"
        });
        let digest = Hash32::of(&[b"plan"]);
        let attach = json!({
            "type": "attach", "run": run, "name": "+plan", "media_type": "text/html", "digest": digest, "items": [item]
        });
        submit(core, attach, "refused");
        let item = json!({
            "id": "-i", "category": "@c", "payee": format!("{CHAIN}:{SELLER}"), "asset": "usdc", "ceiling": "1"
        });
        let attach = json!({
            "type": "attach", "run": run, "name": "+plan", "media_type": "text/html", "digest": digest, "items": [item]
        });
        submit(core, attach, "accepted");
        let begin = json!({
            "type": "begin", "run": run, "id": "@SUM", "deadline": u64::MAX, "steps": [{"id": "-1", "reversible": true}]
        });
        submit(core, begin, "refused");
        let scope = json!({"payee": recorded("-"), "asset": recorded("@"), "agent": "+stranger"});
        submit(core, json!({"type": "suspend", "scope": scope, "reason": all()}), "refused");
        let bytes = STANDARD.encode(all());
        submit(core, json!({"type": "unreadable", "class": format!("@{MARK}"), "bytes": bytes}), "accepted");

        let ask = Ask::new(run, "+1", 10_000).url(URL).purpose(&all());
        let ask = ask.offer_new("", "description", all()).offer_new("", &all(), all()).offer_new(
            "/extra",
            "note",
            all(),
        );
        let paid = pay(core, &ask, "allow");
        self.paid = paid.index.value();
        let permit = paid.permit.unwrap();
        let signing = Signing::new(10_000, permit.until, permit.slot);
        self.exchange(&signing);
        let bind = json!({"type": "bind", "payment": paid.index, "payment_signature": signing.header()});
        submit(core, bind, "accepted");
        let unknown = pay(core, &Ask::new(run, "+2", 10_000).url(&format!("{URL}/2")), "allow").index;
        submit(core, json!({"type": "unknown", "payment": unknown, "reason": all()}), "accepted");
        // The purchase again, while the first is open: people can let it be made.
        let again = Ask::new(run, "+again", 10_000).url(&format!("{URL}/2")).purpose(&all());
        pay(core, &again, "deny");
        self.file("again.json", serde_json::to_string(&again.command()).unwrap());
        let failed = pay(core, &Ask::new(run, "+3", 10_000).url(&format!("{URL}/3")), "allow").index;
        let fail =
            json!({"type": "fail", "payment": failed, "payment_response": answer(false), "reason": all()});
        submit(core, fail, "accepted");
        let settle = json!({"type": "settle", "payment": paid.index, "amount": "10000", "payment_response": answer(true)});
        submit(core, settle, "accepted");
        let refund = json!({"type": "refund", "payment": paid.index, "amount": "1", "evidence": bytes, "reason": all()});
        submit(core, refund, "accepted");

        let stranger = format!("{CHAIN}:{OTHER_SELLER}");
        let denied =
            Ask::new(run, "-1", 10_000).url(URL).seller_names(&format!("{URL};=other")).category("-1");
        self.denied = pay(core, &denied, "deny").index.value();
        for (field, text, outcome) in [
            ("/asset", recorded("="), "cannot-decide"),
            ("/network", all(), "deny"),
            ("/scheme", all(), "cannot-decide"),
            ("/payTo", format!("{stranger}{}", all()), "cannot-decide"),
            ("/amount", all(), "cannot-decide"),
            ("/extra/name", all(), "cannot-decide"),
            ("/extra/name", "<script>h0stile</script>".into(), "deny"),
        ] {
            let key = format!("@{}.{}", field.replace('/', "."), text.len());
            let ask = Ask::new(run, &key, 10_000).url(URL).offer(field, text);
            pay(core, &ask, outcome);
        }
        let held = pay(core, &Ask::new(run, "+held", 3_000_000).url(URL).purpose(&all()), "hold");
        self.held = held.index.value();
        live.into_store()
    }

    /// What somebody records who holds the log's key: no core would take such a resource, or names itself so.
    fn forge(&mut self, mut store: SqliteStore) {
        let mut entries: Vec<Vec<u8>> =
            (0..store.len()).map(|index| store.read(index).unwrap().unwrap()).collect();
        let records = forge::records(&entries);
        let Input::Pay(asked) = &records[usize::try_from(self.paid).unwrap()].input else {
            panic!("no payment")
        };
        let state = forge::followed(&entries).state().digest();
        let mut inputs = vec![Input::Start(input::Start { tool: text("=1"), state })];
        for (number, first) in ["=", "+", "-", "@", "\u{ff1d}", "\u{301}", "\"><"].into_iter().enumerate() {
            let mut pay = asked.clone();
            (pay.resource, pay.offered) = (text(first), Some(text(first)));
            pay.key = format!("-forged-{number}").parse().unwrap();
            inputs.push(Input::Pay(pay));
        }
        self.forged = store.len() + 1;
        for input in inputs {
            let record = forge::next(&entries, input);
            let entry = forge::sign(&record, &keys::log());
            store.append(u64::try_from(entries.len()).unwrap(), &entry, &[]).unwrap();
            entries.push(entry);
        }
        // The core takes its log as it is: all of that follows.
        let core = Core::open(store, keys::log(), System).unwrap();
        core.close().unwrap().close().unwrap();
    }

    /// What a facilitator recorded about the payment.
    fn exchange(&self, signing: &Signing) {
        let payload: Value = serde_json::from_slice(&STANDARD.decode(signing.header()).unwrap()).unwrap();
        let body =
            json!({"paymentPayload": payload, "paymentRequirements": payload["accepted"], all(): all()});
        let said = json!({"isValid": false, "invalidReason": all(), "payer": all()});
        let exchange = json!({
            "request": {"url": "https://facilitator.example/verify", "body": body},
            "response": {"status": 200, "body": said.to_string()}
        });
        self.file("exchanges.jsonl", exchange.to_string());
    }

    /// The files that commands read beside the log.
    fn write(&self) {
        let (origin, log) = (keys::ORIGIN, keys::log_named());
        self.file("trust.toml", format!("origin = \"{origin}\"\nlog = \"{log}\"\nrequire = \"log-key\"\n"));
        self.file("policy.toml", policy());
        let next = policy()
            .replace("version = 1\n", "version = 2\n")
            .replace("limit = \"20.00 usdc\"", "limit = \"0.01 usdc\"")
            .replace("javascript:1", "javascript:2");
        self.file("next.toml", next);
        keys::log().write_new(&self.path("log.pem")).unwrap();
        keys::ed25519("mallory").write_new(&self.path("mallory.pem")).unwrap();
        let extract = json!({
            "chain": CHAIN, "from_block": "0x0", "to_block": "0x1", "head_time": "0x1", "logs": [{
                "address": SELLER, "topics": [], "data": "0x", "blockNumber": "0x1", "logIndex": "0x0",
                "transactionHash": format!("0x{:064x}", 1), all(): all()
            }], all(): all()
        });
        self.file("chain.json", extract.to_string());
        let text = serde_json::to_string(&all().replace('\u{7f}', "")).unwrap();
        self.file("scenario.toml", format!(
            "policy = \"policy.toml\"\nshows = {text}\n[[step]]\nname = {text}\ntype = \"open-run\"\nid = \"{RUN}\"\nagent = \"{AGENT}\"\nprincipal = \"{PRINCIPAL}\"\nexpect = {{ outcome = \"refused\", codes = [\"id-taken\"] }}\n"
        ));
        fs::copy(self.path("log.sqlite"), self.path("copy.sqlite")).unwrap();
        let lines = [
            json!({"type": "open-run", "id": all(), "agent": AGENT, "principal": PRINCIPAL}),
            json!({all(): all(), "type": all()}),
            json!({"type": "open-run", "id": format!("@{MARK}"), "agent": AGENT, "principal": PRINCIPAL, "purpose": all()}),
            serde_json::to_value(Ask::new(Index::GENESIS, "k", 1).url(&all()).command()).unwrap(),
        ];
        self.file("commands.jsonl", lines.map(|line| line.to_string()).join("\n"));
        self.made();
    }

    /// Runs a command. `~` stands before a file of the folder.
    pub fn run(&self, words: &[&str]) -> Ran {
        let word = |word: &&str| match word.strip_prefix('~') {
            Some(name) => self.path(name).into_os_string(),
            None => (*word).into(),
        };
        run(words.iter().map(word).collect::<Vec<OsString>>())
    }

    /// Files that commands made.
    fn made(&self) {
        let (held, paid) = (self.held.to_string(), self.paid.to_string());
        let sign =
            ["statement", "sign", "approve", "~log.sqlite", &held, "--key", "~mallory.pem", "--name", PERSON];
        let sign = [&sign[..], &["--yes", "-o", "~approve.json"]].concat();
        for words in [&sign[..], &["bundle", "~log.sqlite", &paid, "-o", "~some.bundle"]] {
            let ran = self.run(words);
            assert_eq!(ran.code, Some(0), "{ran:?}");
        }
        let export = self.run(&["export", "~log.sqlite", "--trust", "~trust.toml", "--format", "csv"]);
        assert_eq!(export.code, Some(0), "{export:?}");
        self.file("export.csv", &export.stdout);
        let text = recorded("=").replace(['"', ','], "");
        self.file("altered.csv", export.stdout.replacen(RUN, &format!("=2{text}"), 1));
    }
}

/// What a record may hold, and begins so.
fn text(first: &str) -> Text {
    recorded(first).parse().unwrap()
}
