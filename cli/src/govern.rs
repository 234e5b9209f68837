//! `govern`: JSON commands on stdin, decisions on stdout, flushed one by one.

use core::fmt::Display;
use std::io::{self, BufRead as _, Read as _};

use counterfoil_enforce::{Command, Core, Error, FileKey, Scripted, Signer, Surroundings, System};
use counterfoil_record::Time;
use counterfoil_review::words::safe;
use counterfoil_store::{SqliteStore, Store};
use serde::{Deserialize, Serialize};

use crate::args::Govern;
use crate::exit::{Exit, Failure, note};
use crate::screen::json_line;
use crate::terminal::read_key;

/// The longest line that is read, in bytes.
const LINE_MOST: u64 = 1024 * 1024;

/// A line of a replay: the command with what it took from its surroundings.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scene {
    /// The time, milliseconds since the Unix epoch.
    pub(crate) time: Time,
    /// The salts that it consumed, in order, hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) salts: Vec<String>,
    /// The command.
    pub(crate) input: Command,
}

impl Scene {
    /// What the core is to take from its surroundings.
    pub(crate) fn script(&self) -> Result<Scripted, Failure> {
        let salts = self.salts.iter().map(|salt| {
            let mut bytes = [0; 16];
            hex::decode_to_slice(salt, &mut bytes)
                .map_err(|_| Failure::new("a salt is not 32 hexadecimal digits"))?;
            Ok(bytes)
        });
        Ok(Scripted { time: Some(self.time), salts: salts.collect::<Result<_, Failure>>()? })
    }
}

/// The answer to a line that could not be taken.
#[derive(Serialize)]
struct Unanswered {
    line: u64,
    error: String,
}

pub(crate) fn run(args: &Govern) -> Result<Exit, Failure> {
    let key = read_key(&args.key)?;
    if args.replay { replay(args, key) } else { live(args, key) }
}

/// Why a line cannot be read.
#[derive(Debug, thiserror::Error)]
enum NotALine {
    #[error("longer than {LINE_MOST} bytes")]
    TooLong,
    #[error("not UTF-8")]
    NotUtf8,
}

/// The next line of stdin without its end, or `None` at the end. One that cannot be read is read over.
fn next_line() -> io::Result<Option<Result<String, NotALine>>> {
    let (mut stdin, mut bytes) = (io::stdin().lock(), Vec::new());
    let read = stdin.by_ref().take(LINE_MOST.saturating_add(1)).read_until(b'\n', &mut bytes)?;
    if read == 0 {
        return Ok(None);
    }
    if u64::try_from(read).is_ok_and(|read| read > LINE_MOST) {
        if bytes.last() != Some(&b'\n') {
            stdin.skip_until(b'\n')?;
        }
        return Ok(Some(Err(NotALine::TooLong)));
    }
    let line = String::from_utf8(bytes).map(|line| line.trim_end_matches(['\n', '\r']).to_owned());
    Ok(Some(line.map_err(|_| NotALine::NotUtf8)))
}

fn live(args: &Govern, key: FileKey) -> Result<Exit, Failure> {
    let store = SqliteStore::open(&args.log).map_err(|error| Failure::at(args.log.display(), error))?;
    let mut core = Core::open(store, key, System).map_err(|error| refuse_to_open(args, &error))?;
    for open in core.outstanding() {
        note(format_args!("payment {} is {}: {} reserved", open.payment, open.status, open.exposure));
    }
    let (mut number, mut failed) = (1_u64, false);
    while let Some(line) = next_line()? {
        let taken = match line {
            Ok(line) => line.trim().is_empty() || answer(&mut core, number, &line)?,
            Err(error) => unanswered(number, error)?,
        };
        failed |= !taken;
        number = number.saturating_add(1);
    }
    let store = core.close().map_err(Failure::new)?;
    store.close().map_err(Failure::new)?;
    if failed {
        Err(Failure::new("a line could not be taken; the log is as it was before it"))
    } else {
        Ok(Exit::Done)
    }
}

/// A log that does not verify has failed; anything else could not be decided.
fn refuse_to_open(args: &Govern, error: &Error) -> Failure {
    let message = format!("{}: {error}", args.log.display());
    match error {
        Error::DoesNotVerify(_) => Failure::check(message),
        _ => Failure::new(message),
    }
}

/// Answers one line. False if the line could not be taken; an error if the log can take no more.
fn answer<S: Store, K: Signer, E: Surroundings>(
    core: &mut Core<S, K, E>,
    number: u64,
    line: &str,
) -> Result<bool, Failure> {
    let command = match read_command(line) {
        Ok(command) => command,
        Err(error) => return unanswered(number, error),
    };
    match core.submit(command) {
        Ok(answer) => json_line(&answer).map(|()| true),
        Err(
            error @ (Error::Store(_)
            | Error::Sign(_)
            | Error::Surroundings(_)
            | Error::AnotherKey
            | Error::ClockBehind { .. }),
        ) => Err(Failure::at(format_args!("line {number}"), error)),
        Err(error) => unanswered(number, error),
    }
}

/// Answers a line that was not taken, with one error on one line.
fn unanswered(line: u64, error: impl Display) -> Result<bool, Failure> {
    let error = safe(error.to_string().replace('\n', "; "));
    note(format_args!("line {line}: {error}"));
    json_line(&Unanswered { line, error })?;
    Ok(false)
}

/// Reads a command. Genesis, start and stop are the core's own acts; times and salts are for replays.
fn read_command(line: &str) -> Result<Command, String> {
    if !line.trim_start().starts_with('{') {
        return Err("a command is a JSON object".into());
    }
    match serde_json::from_str(line) {
        Ok(Command::Genesis { .. } | Command::Start {} | Command::Stop {}) => {
            Err("genesis, start and stop are written by the core itself".into())
        }
        Ok(command) => Ok(command),
        Err(_) if serde_json::from_str::<Scene>(line).is_ok() => {
            Err("times and salts are taken with --replay only".into())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Makes a log anew from scenes; the first must be its genesis. Stops at the first line that is not taken.
fn replay(args: &Govern, key: FileKey) -> Result<Exit, Failure> {
    let scene = |number: u64, line: Result<String, NotALine>| -> Result<Scene, Failure> {
        let place = format!("line {number}");
        let line = line.map_err(|error| Failure::at(&place, error))?;
        serde_json::from_str(&line).map_err(|error| Failure::at(&place, error))
    };
    let Some(line) = next_line()? else { return Err(Failure::new("there is no line to replay")) };
    let first = scene(1, line)?;
    let Command::Genesis { origin, governance } = &first.input else {
        return Err(Failure::at("line 1", "a replay begins with a genesis"));
    };
    let store = SqliteStore::create(&args.log).map_err(|error| Failure::at(args.log.display(), error))?;
    let (origin, governance) = (origin.clone(), governance.clone());
    let mut core = Core::create_unstarted(store, key, first.script()?, origin, governance)
        .map_err(|error| Failure::at("line 1", error))?;
    let mut number = 2_u64;
    while let Some(line) = next_line()? {
        let place = format!("line {number}");
        let scene = scene(number, line)?;
        *core.surroundings_mut() = scene.script()?;
        let answer = core.submit(scene.input).map_err(|error| Failure::at(&place, error))?;
        if !core.surroundings_mut().salts.is_empty() {
            return Err(Failure::at(&place, "more salts than the command takes"));
        }
        json_line(&answer)?;
        number = number.saturating_add(1);
    }
    core.into_store().close().map_err(Failure::new)?;
    Ok(Exit::Done)
}
