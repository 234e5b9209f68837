//! Drives the core through the demonstration, and keeps the script of it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterfoil_enforce::{
    Answer, Command, Core, FileKey, Granted, Question, Recorded, Scripted, Signer as _,
};
use counterfoil_rails::eip3009::WalletKey;
use counterfoil_record::key::NamedKey;
use counterfoil_record::statement::{Answer as Say, FORMAT, Statement};
use counterfoil_record::{Amount, Hash32, Id, Index, Span, Time};
use counterfoil_store::SqliteStore;

use crate::exit::Failure;
use crate::govern::Scene;
use crate::rail;

/// The core, its script, and the people of the demonstration.
pub(crate) struct Director {
    core: Core<SqliteStore, FileKey, Scripted>,
    script: File,
    now: Time,
    salts: u64,
}

/// A key of the demonstration: its seed is public.
pub(crate) fn key(name: &str) -> Result<FileKey, Failure> {
    FileKey::from_seed(Hash32::of(&[b"counterfoil demo key: ", name.as_bytes()]).bytes())
        .map_err(Failure::new)
}

/// The verifier key of a person of the demonstration.
pub(crate) fn person(name: &str) -> Result<NamedKey, Failure> {
    NamedKey::new(name.parse().map_err(Failure::new)?, *key(name)?.public_key()).map_err(Failure::new)
}

/// The first development key that `anvil` publishes: the key that signed the captured purchases.
const WALLET_KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

impl Director {
    /// A new log in `dir` at `now`.
    pub(crate) fn new(dir: &Path, origin: &Id, now: Time) -> Result<Self, Failure> {
        let script = dir.join("inputs.jsonl");
        let mut script = File::create_new(&script).map_err(|error| Failure::at(script.display(), error))?;
        let store = SqliteStore::create(&dir.join("log.sqlite")).map_err(Failure::new)?;
        let surroundings = Scripted { time: Some(now), salts: [].into() };
        let core = Core::create_unstarted(store, key("log")?, surroundings, origin.clone(), None)
            .map_err(Failure::new)?;
        write_scene(
            &mut script,
            &Scene {
                time: now,
                salts: Vec::new(),
                input: Command::Genesis { origin: origin.clone(), governance: None },
            },
        )?;
        Ok(Self { core, script, now, salts: 0 })
    }

    /// The log's origin and key.
    pub(crate) fn log(&self) -> NamedKey {
        self.core.log().clone()
    }

    /// The time now.
    pub(crate) const fn now(&self) -> Time {
        self.now
    }

    /// Lets seconds pass.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now = self.now.plus(Span::from_millis(seconds.saturating_mul(1000)));
    }

    /// Submits a command a tenth of a second after the last, and writes it to the script.
    pub(crate) fn act(&mut self, command: Command) -> Result<Answer, Failure> {
        self.now = self.now.plus(Span::from_millis(100));
        let salts: Vec<[u8; 16]> = (0..4).map(|_| self.salt()).collect();
        *self.core.surroundings_mut() = Scripted { time: Some(self.now), salts: salts.clone().into() };
        let answer = self.core.submit(command.clone()).map_err(Failure::new)?;
        let left = self.core.surroundings_mut().salts.len();
        let used = salts.iter().take(salts.len().saturating_sub(left));
        let scene = Scene { time: self.now, salts: used.map(hex::encode).collect(), input: command };
        write_scene(&mut self.script, &scene)?;
        Ok(answer)
    }

    fn salt(&mut self) -> [u8; 16] {
        self.salts = self.salts.saturating_add(1);
        let hash = Hash32::of(&[b"counterfoil demo salt: ", &self.salts.to_be_bytes()]);
        hash.bytes().first_chunk::<16>().copied().unwrap_or_default()
    }

    /// Submits what gives a record.
    pub(crate) fn record(&mut self, command: Command) -> Result<Recorded, Failure> {
        match self.act(command)? {
            Answer::Recorded(recorded) => Ok(*recorded),
            other => Err(Failure::new(format_args!("not recorded: {other:?}"))),
        }
    }

    /// `person` of finance approves what is asked.
    pub(crate) fn approve(&mut self, name: &str, question: &Question) -> Result<Recorded, Failure> {
        let statement = Statement {
            format: FORMAT,
            answer: Say::Approve,
            origin: self.core.log().name().clone(),
            role: "finance".parse().map_err(Failure::new)?,
            kind: question.kind,
            digest: question.digest,
            against: question.against,
            expires: self.now.plus(Span::from_millis(900_000)),
            run: question.run,
            phase: question.phase.clone(),
        };
        let unsigned = statement.to_unsigned(&person(name)?, self.now);
        let signature = key(name)?.sign(&unsigned.to_be_signed()).map_err(Failure::new)?;
        let statement = STANDARD.encode(unsigned.finish(&signature));
        self.record(Command::Statement { statement })
    }

    /// Signs what is granted with the development key, the slot as its nonce: a `PAYMENT-SIGNATURE` header.
    pub(crate) fn sign(&self, granted: &Granted) -> Result<String, Failure> {
        let mut secret = [0; 32];
        hex::decode_to_slice(WALLET_KEY, &mut secret).map_err(Failure::new)?;
        let wallet = WalletKey::from_bytes(&secret).map_err(Failure::new)?;
        let valid_before = granted.until.min(self.now.seconds().saturating_add(60));
        rail::sign(granted, &wallet, ("USDC", "2"), valid_before)
    }

    /// Stops; gives the log's last checkpoint.
    pub(crate) fn stop(mut self) -> Result<String, Failure> {
        self.act(Command::Stop {})?;
        let store = self.core.into_store();
        let checkpoint = counterfoil_store::Records::checkpoint(&store).map_err(Failure::new)?;
        store.close().map_err(Failure::new)?;
        checkpoint.ok_or_else(|| Failure::new("the log has no checkpoint"))
    }

    /// What failed transactions have settled and nobody has brought back.
    pub(crate) fn open_obligations(&self) -> Amount {
        let open = self.core.state().obligations_at(self.now);
        open.iter().fold(Amount::ZERO, |sum, it| sum.checked_add(it.open).unwrap_or(Amount::MAX))
    }

    /// The index of the next record.
    pub(crate) fn next(&self) -> Index {
        self.core.state().size
    }
}

fn write_scene(script: &mut File, scene: &Scene) -> Result<(), Failure> {
    let line = serde_json::to_string(scene).map_err(Failure::new)?;
    writeln!(script, "{line}").map_err(Failure::new)
}

/// Writes the demonstration's keys, each marked as one that everybody knows.
pub(crate) fn write_keys(dir: &Path) -> Result<(), Failure> {
    let keys = dir.join("keys");
    fs::create_dir(&keys).map_err(|error| Failure::at(keys.display(), error))?;
    for name in ["log", "alice", "bob"] {
        key(name)?.write_new(&keys.join(format!("{name}.pem"))).map_err(Failure::new)?;
    }
    let warning =
        "DEMO KEYS. Everybody knows them: they are made from their names. Never use them for anything.\n";
    fs::write(keys.join("DEMO-KEYS-NOT-SECRET.txt"), warning).map_err(Failure::new)
}
