//! A log of purchases, and what a chain and a facilitator say of them.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::command::{OpenRun, Pay};
use counterfoil_enforce::{Command, Recorded};
use counterfoil_record::verdict::Outcome;
use counterfoil_record::{Amount, Hash32, Index};
use counterfoil_store::{SqliteStore, Store as _};
use counterfoil_testkit::rail::{Offer, PAYER, SELLER, Signing, TOKEN};
use counterfoil_testkit::script::{About, Script};
use counterfoil_testkit::{keys, policy};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Ran, folder, run};

/// The account that the captured traffic found without money.
pub const POOR: &str = "0x90f79bf6eb2c4f870365e785982e1f101e93b906";
/// When the main run was captured, Unix seconds.
pub const MAIN: u64 = 1_795_405_889;
/// When the second run was captured.
pub const HARD: u64 = 1_795_411_384;
/// How long after it was allowed a payment can be signed for, in seconds.
pub const LIFETIME: u64 = 300;
/// How long after its end a signature counts as able to settle, in seconds.
pub const FINALITY: u64 = 120;

const TRANSFER: &str = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const CANCELLED: &str = "0x1cdd46ff242716cdaa72d159d339a485b3438398348d68f09d7c8c0a59353d81";
const USED: &str = "0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5";

/// A policy for the captured sellers, whose clients chose their nonces themselves.
pub fn policy() -> String {
    policy::plain_with(&[
        (
            "allow = [\"https://data.example/v1/**\"]",
            "allow = [\"https://data.example/v1/**\", \"http://127.0.0.1:18503/*\", \"http://127.0.0.1:18507/*\"]\nhttp = [\"127.0.0.1\"]",
        ),
        ("slot = \"required\"", "slot = \"preferred\""),
        ("required_above = [\"0.50 usdc\",", "required_above = [\"10.00 usdc\","),
        ("max_lifetime = \"10m\"", "max_lifetime = \"5m\""),
        ("count = 5", "count = 10000"),
        ("exposure_at_least = \"2.00 usdc\"", "exposure_at_least = \"9.00 usdc\""),
        (
            "[wallets.cold]",
            &format!(
                "[wallets.poor]\naccount = \"eip155:84532:{POOR}\"\nagents = [\"researcher\"]\n[wallets.cold]"
            ),
        ),
    ])
}

/// A captured file.
pub fn captured(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testvectors/x402").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The headers of one captured purchase: of its first try, or of a later one.
pub struct Purchase {
    pub url: String,
    pub required: String,
    pub signature: String,
    pub response: Option<String>,
}

pub fn purchase(file: &str, case: &str, attempt: usize) -> Purchase {
    let all = captured(file);
    let ours = |it: &&Value| it["hop"] == "client-server" && it["case"].as_str().unwrap().starts_with(case);
    let exchanges: Vec<&Value> = all.as_array().unwrap().iter().filter(ours).collect();
    let header = |side: &str, name: &str, number: usize| {
        let messages = exchanges.iter().filter_map(|it| it[side]["rawHeaders"].as_array());
        let mut values = messages.filter_map(|raw| {
            let place = raw.iter().position(|it| it.as_str().unwrap().eq_ignore_ascii_case(name))?;
            Some(raw[place + 1].as_str().unwrap().to_owned())
        });
        values.nth(number)
    };
    let required = header("response", "payment-required", 0).unwrap();
    let decoded: Value = serde_json::from_slice(&STANDARD.decode(&required).unwrap()).unwrap();
    Purchase {
        url: decoded["resource"]["url"].as_str().unwrap().into(),
        required,
        signature: header("request", "payment-signature", attempt).unwrap(),
        response: header("response", "payment-response", attempt),
    }
}

/// A log under script, and a folder for it and its evidence.
pub struct Till {
    folder: TempDir,
    pub script: Script,
    pub run: Index,
    asked: u32,
}

impl Till {
    /// With a run open at that Unix second.
    pub fn at(seconds: u64) -> Self {
        Self::under(&policy(), seconds)
    }

    pub fn under(policy: &str, seconds: u64) -> Self {
        let mut script = Script::with_policy(policy);
        script.now = seconds * 1000;
        let open =
            OpenRun::new("r1".parse().unwrap(), "researcher".parse().unwrap(), "carol".parse().unwrap());
        let run = script.submit(Command::OpenRun(open)).index;
        Self { folder: folder(), script, run, asked: 0 }
    }

    /// With a genesis, and nothing else.
    pub fn bare() -> Self {
        Self { folder: folder(), script: Script::new(), run: Index::GENESIS, asked: 0 }
    }

    pub fn request(&mut self, required: &str, url: &str, wallet: &str) -> Pay {
        self.asked += 1;
        let key = format!("k{}", self.asked).parse().unwrap();
        Pay::new(self.run, key, required, url, wallet.parse().unwrap()).category("data".parse().unwrap())
    }

    pub fn ask(&mut self, required: &str, url: &str, wallet: &str) -> Recorded {
        let pay = self.request(required, url, wallet);
        self.script.submit(Command::Pay(Box::new(pay)))
    }

    /// Asks for what was captured, and is allowed.
    pub fn allowed(&mut self, captured: &Purchase, wallet: &str) -> Index {
        let recorded = self.ask(&captured.required, &captured.url, wallet);
        assert_eq!(recorded.outcome, Outcome::Allow, "{recorded:?}");
        recorded.index
    }

    /// Asks for an offer of that amount, and is allowed. Gives the payment and its slot.
    pub fn bought(&mut self, name: &str, amount: u128) -> (Index, Hash32) {
        let url = format!("https://data.example/v1/{name}");
        let recorded = self.ask(&Offer::new(&url, amount).header(), &url, "hot");
        assert_eq!(recorded.outcome, Outcome::Allow, "{recorded:?}");
        (recorded.index, recorded.permit.unwrap().slot)
    }

    /// The second of now.
    pub fn now(&self) -> u64 {
        self.script.now / 1000
    }

    /// Shows a signature over `amount` with `nonce`, which lives for 60 seconds from now.
    pub fn sign(&mut self, payment: Index, amount: u128, nonce: Hash32) -> Recorded {
        let signing = Signing::new(amount, self.now() + 60, nonce);
        self.bind(payment, signing.header())
    }

    pub fn bind(&mut self, payment: Index, payment_signature: String) -> Recorded {
        self.script.submit(Command::Bind { payment, payment_signature })
    }

    pub fn settle(&mut self, payment: Index, amount: u128, payment_response: Option<String>) -> Recorded {
        self.script.submit(Command::Settle { payment, amount: Amount::new(amount), payment_response })
    }

    /// The purchase again, by a signed override of alice and bob.
    pub fn overridden(&mut self, captured: &Purchase) -> Index {
        let mut pay = self.request(&captured.required, &captured.url, "hot");
        let denied = self.script.submit(Command::Pay(Box::new(pay.clone())));
        assert_eq!(denied.outcome, Outcome::Deny);
        let about = About::of(&denied);
        pay.overrides = ["alice", "bob"].map(|person| self.script.approval("finance", person, &about)).into();
        let recorded = self.script.submit(Command::Pay(Box::new(pay)));
        assert_eq!(recorded.outcome, Outcome::Allow, "{recorded:?}");
        recorded.index
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of evidence.
    #[expect(clippy::needless_pass_by_value, reason = "each test hands in what it has just made")]
    pub fn file(&self, name: &str, text: impl ToString) -> PathBuf {
        fs::write(self.path(name), text.to_string()).unwrap();
        self.path(name)
    }

    /// Writes log and trust.
    pub fn write(&self) {
        let path = self.path("log.sqlite");
        drop(fs::remove_file(&path));
        let mut store = SqliteStore::create(&path).unwrap();
        for (index, entry) in (0..).zip(self.script.entries()) {
            store.append(index, &entry, &[]).unwrap();
        }
        store.close().unwrap();
        let (origin, log) = (keys::ORIGIN, keys::log_named());
        self.file("trust.toml", format!("origin = \"{origin}\"\nlog = \"{log}\"\nrequire = \"log-key\"\n"));
    }

    /// `reconcile` on the log as it is now.
    pub fn reconcile(&self, words: &[&str]) -> Ran {
        self.write();
        let mut line: Vec<OsString> = vec!["reconcile".into(), self.path("log.sqlite").into()];
        line.extend(["--trust".into(), self.path("trust.toml").into()]);
        for word in words {
            // What begins like a file name stands in the folder.
            let is_file = word.contains('.') && !word.starts_with('-');
            line.push(if is_file { self.path(word).into() } else { word.into() });
        }
        run(line)
    }

    /// The answer as JSON, which must come with that exit code.
    pub fn answer(&self, words: &[&str], code: i32) -> Value {
        let ran = self.reconcile(&[words, &["--json"]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""), "{ran:?}");
        ran.json()
    }
}

/// Class and subject of each row, in order.
pub fn classes(answer: &Value) -> Vec<(String, String)> {
    let row = |row: &Value| {
        let subject = &row["subject"];
        let named = match subject["kind"].as_str().unwrap() {
            "payment" => format!("payment {}", subject["index"]),
            "transfer" => format!("transfer {}", &subject["transaction"].as_str().unwrap()[..4]),
            _ => format!("exchange {}", subject["place"].as_str().unwrap()),
        };
        (row["class"].as_str().unwrap().to_owned(), named)
    };
    answer["rows"].as_array().unwrap().iter().map(row).collect()
}

/// The row of that subject.
pub fn row(answer: &Value, subject: &str) -> Value {
    let place = classes(answer).iter().position(|(_, it)| it == subject).expect(subject);
    answer["rows"][place].clone()
}

/// The codes of the gaps.
pub fn gaps(answer: &Value) -> Vec<String> {
    answer["gaps"].as_array().unwrap().iter().map(|gap| gap["code"].as_str().unwrap().into()).collect()
}

fn word(digits: &str) -> String {
    format!("0x{digits:0>64}")
}

fn address(address: &str) -> String {
    word(address.trim_start_matches("0x"))
}

/// The transaction of that number.
pub fn transaction(number: u64) -> String {
    word(&format!("{number:x}"))
}

/// A log of `token` in transaction and block `number`.
pub fn log(token: &str, topics: &[String], data: &str, number: u64, index: u64) -> Value {
    json!({
        "address": token, "topics": topics, "data": data, "blockNumber": format!("{number:#x}"),
        "transactionHash": transaction(number), "logIndex": format!("{index:#x}"), "removed": false
    })
}

/// A plain transfer in transaction and block `number`.
pub fn transfer(token: &str, from: &str, to: &str, amount: u128, number: u64) -> Value {
    let topics = [TRANSFER.into(), address(from), address(to)];
    log(token, &topics, &word(&format!("{amount:x}")), number, 1)
}

/// The two logs of an authorization that was used in transaction and block `number`.
pub fn used(token: &str, to: &str, amount: u128, nonce: Hash32, number: u64) -> [Value; 2] {
    let topics = [USED.into(), address(PAYER), format!("0x{nonce}")];
    [log(token, &topics, "0x", number, 0), transfer(token, PAYER, to, amount, number)]
}

/// The log of an authorization that the wallet took back.
pub fn cancelled(nonce: Hash32, number: u64) -> Value {
    let topics = [CANCELLED.into(), address(PAYER), format!("0x{nonce}")];
    log(TOKEN, &topics, "0x", number, 0)
}

/// Those of a settlement to the seller.
pub fn settled(amount: u128, nonce: Hash32, number: u64) -> [Value; 2] {
    used(TOKEN, SELLER, amount, nonce, number)
}

/// An extract from block 0 to block 100, of that time.
pub fn extract(logs: impl IntoIterator<Item = Value>, head: u64) -> Value {
    extract_of(logs, 0, 100, head)
}

pub fn extract_of(logs: impl IntoIterator<Item = Value>, from: u64, to: u64, head: u64) -> Value {
    json!({
        "chain": "eip155:84532", "from_block": format!("{from:#x}"), "to_block": format!("{to:#x}"),
        "head_time": format!("{head:#x}"), "logs": logs.into_iter().collect::<Vec<_>>()
    })
}
