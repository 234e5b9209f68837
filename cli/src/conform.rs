//! `conform`: another implementation, asked every vector. `testvectors/README.md` has the protocol.

use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use counterfoil_review::words::safe;
use serde::Serialize;

use crate::args::Conform;
use crate::exit::{Exit, Failure};
use crate::screen::{json, line};
use crate::vectors::{Expected, Vector, files, read};

/// The longest answer that is read, in bytes.
const ANSWER_MOST: u64 = 4 * 1024 * 1024;

/// How long to wait before looking again whether an answer is there.
const PAUSE: Duration = Duration::from_millis(2);

/// How often that is in a second.
const LOOKS: u64 = 500;

/// So many of so many.
#[derive(Default, Serialize)]
struct Part {
    right: u64,
    asked: u64,
}

impl Part {
    const fn count(&mut self, right: bool) {
        self.asked = self.asked.saturating_add(1);
        if right {
            self.right = self.right.saturating_add(1);
        }
    }
}

/// How an implementation did.
#[derive(Default, Serialize)]
struct Score {
    /// Decision vectors whose answer is right.
    decisions: Part,
    /// Evidence vectors whose exit code is right.
    exit_codes: Part,
    /// Of these, those that must not be 0.
    negative: Part,
    /// Evidence vectors whose verdict and findings are right too.
    findings: Part,
}

pub(crate) fn run(args: &Conform) -> Result<Exit, Failure> {
    let files = files(&args.dir)?;
    if files.is_empty() {
        return Err(Failure::at(args.dir.display(), "there is no vector in this folder"));
    }
    let mut score = Score::default();
    for file in &files {
        let vector = read(file)?;
        let said = ask(args, &vector)?;
        let difference = score.count(&vector, &said);
        if let Some(difference) = difference.filter(|_| !args.json) {
            line(safe(format_args!("{}: {difference}", file.display())))?;
        }
    }
    if args.json {
        json(&score)?;
    } else {
        let Score { decisions, exit_codes, negative, findings } = &score;
        line(format_args!("decisions         {} of {}", decisions.right, decisions.asked))?;
        line(format_args!("exit codes        {} of {}", exit_codes.right, exit_codes.asked))?;
        line(format_args!("  of negative     {} of {}", negative.right, negative.asked))?;
        line(format_args!("with findings     {} of {}", findings.right, findings.asked))?;
    }
    let full = [&score.decisions, &score.exit_codes, &score.findings].iter().all(|it| it.right == it.asked);
    if full { Ok(Exit::Done) } else { Ok(Exit::Code(1)) }
}

/// What an implementation said.
struct Said {
    stdout: Vec<u8>,
    /// None where it was ended, by a signal or for taking too long, or its answer did not end with it.
    code: Option<i32>,
}

impl Score {
    /// Counts an answer, and says how it differs from the right one.
    fn count(&mut self, vector: &Vector, said: &Said) -> Option<String> {
        let owed = vector.expected.exit_code();
        let ended = said.code == Some(i32::from(owed));
        let answered = vector.expected.read(&said.stdout);
        let difference = match &answered {
            Some(answered) => vector.expected.difference(answered),
            None => Some("no answer in JSON".into()),
        };
        match vector.expected {
            Expected::Decision(_) => self.decisions.count(ended && difference.is_none()),
            Expected::Evidence(_) => {
                self.exit_codes.count(ended);
                if owed != 0 {
                    self.negative.count(ended);
                }
                self.findings.count(ended && difference.is_none());
            }
        }
        let code = said.code.map_or_else(|| "none".into(), |code| code.to_string());
        let ended_otherwise = (!ended).then(|| format!("exit code: expected {owed}, found {code}"));
        ended_otherwise.or(difference)
    }
}

/// Asks one question.
fn ask(args: &Conform, vector: &Vector) -> Result<Said, Failure> {
    let Some((program, rest)) = args.command.split_first() else {
        return Err(Failure::new("there is no command"));
    };
    let failed = |error: std::io::Error| Failure::at(program.display(), error);
    let mut child = Command::new(program)
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let question = vector.question.to_string();
    let stdin = child.stdin.take();
    // It may end before it has read everything, and may say much before it reads. What it started and left behind may hold
    // the pipes for longer than it lives: nobody waits for these two.
    thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(question.as_bytes())));
    let stdout = child.stdout.take();
    let (send, answer) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.map(|stdout| stdout.take(ANSWER_MOST).read_to_end(&mut bytes));
        send.send(read.map(|_| bytes).unwrap_or_default())
    });
    let code = wait(&mut child, args.timeout).map_err(failed)?;
    let patience = if code.is_some() { Duration::from_secs(args.timeout) } else { Duration::ZERO };
    match answer.recv_timeout(patience) {
        Ok(stdout) => Ok(Said { stdout, code }),
        Err(_) => Ok(Said { stdout: Vec::new(), code: None }),
    }
}

/// Waits for the child's end, and ends it where that takes too long.
fn wait(child: &mut Child, seconds: u64) -> std::io::Result<Option<i32>> {
    for _ in 0..seconds.saturating_mul(LOOKS) {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        thread::sleep(PAUSE);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}
