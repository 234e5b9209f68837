//! Files that are no honest file of a log: every command that reads a log refuses them, and ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::log::Hostile;

/// Each command that reads a log, with what it takes beside it.
const READING: &[&str] = &[
    "verify ~copy.sqlite",
    "verify ~copy.sqlite --trust ~trust.toml --save ~never",
    "explain ~copy.sqlite 9",
    "bundle ~copy.sqlite 9 -o ~never",
    "list ~copy.sqlite",
    "export ~copy.sqlite --format csv",
    "check-export ~copy.sqlite ~export.csv",
    "sample ~copy.sqlite --size 1",
    "report ~copy.sqlite -o ~never",
    "reconcile ~copy.sqlite --facilitator ~exchanges.jsonl",
    "policy backtest ~copy.sqlite --policy ~next.toml",
    "pending ~copy.sqlite",
    "statement show ~approve.json ~copy.sqlite",
    "statement check ~approve.json ~copy.sqlite",
    "statement sign approve ~copy.sqlite 9 --key ~mallory.pem --name mallory --yes",
    "govern ~copy.sqlite --key ~log.pem",
];

/// Runs each, and says which is not refused with a reason that names `place`.
fn taken(hostile: &Hostile, why: &str) -> Vec<String> {
    let refused = |words: &str| {
        let ran = hostile.run(&words.split(' ').collect::<Vec<_>>());
        let said = ran.stderr.contains("copy.sqlite: ") && ran.stderr.contains(why);
        let alone = ran.code == Some(2) && ran.stdout.is_empty() && !hostile.path("never").exists();
        (!said || !alone).then(|| format!("{words}: {ran:?}"))
    };
    READING.iter().filter_map(|words| refused(words)).collect()
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A log whose root says of its first leaf that it ends with record 0, beside pipes and links, and a pipe.
pub fn every_file_is_refused_by_every_command() {
    let hostile = Hostile::new();
    let log = hostile.path("copy.sqlite");
    let whole = fs::read(&log).unwrap();
    let mut bytes = whole.clone();
    let root = 4096;
    assert_eq!(bytes[root], 5, "an interior page");
    let cell = usize::from(u16::from_be_bytes([bytes[root + 12], bytes[root + 13]]));
    assert!((1..0x80).contains(&bytes[root + cell + 4]), "a key of one byte");
    bytes[root + cell + 4] = 0;
    fs::write(&log, &bytes).unwrap();
    let mut found = taken(&hostile, "the file is damaged: ");
    assert!(fs::read(&log).unwrap() == bytes);

    fs::write(&log, &whole).unwrap();
    for suffix in ["-journal", "-wal", "-shm"] {
        let beside = PathBuf::from(format!("{}{suffix}", log.display()));
        pipe(&beside);
        found.extend(taken(&hostile, suffix));
        fs::remove_file(&beside).unwrap();
    }
    let trust = fs::read(hostile.path("trust.toml")).unwrap();
    let beside = PathBuf::from(format!("{}-shm", log.display()));
    fs::hard_link(hostile.path("trust.toml"), &beside).unwrap();
    found.extend(taken(&hostile, "-shm"));
    assert!(fs::read(hostile.path("trust.toml")).unwrap() == trust);
    fs::remove_file(&beside).unwrap();

    fs::remove_file(&log).unwrap();
    pipe(&log);
    found.extend(taken(&hostile, "not a "));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
