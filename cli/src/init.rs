//! `init`: a new log, its key, and the trust that an auditor starts from.

use alloc::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use counterfoil_audit::Level;
use counterfoil_enforce::command::Governance;
use counterfoil_enforce::{Core, FileKey, Signer as _, System};
use counterfoil_record::Id;
use counterfoil_record::key::NamedKey;
use counterfoil_review::words::visible;
use counterfoil_store::{Records as _, SqliteStore};

use crate::args::Init;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::policy;
use crate::screen::line;

pub(crate) fn run(args: &Init) -> Result<Exit, Failure> {
    let policy = args.policy.as_deref().map(policy::read).transpose()?;
    let governance = governance(args)?;
    if governance.is_some() && policy.is_some() {
        let why = "with --governor a policy is put in force by `govern`, once they have signed it";
        return Err(Failure::at("--policy", why));
    }
    let keys = args.dir.join("keys");
    let (log_path, key_path, trust_path) =
        (args.dir.join("log.sqlite"), keys.join("log.pem"), args.dir.join("trust.toml"));
    for path in [&log_path, &keys, &trust_path] {
        if path.symlink_metadata().is_ok() {
            return Err(Failure::at(path.display(), "is there already"));
        }
    }
    let key = FileKey::generate().map_err(Failure::new)?;
    NamedKey::new(args.origin.clone(), *key.public_key()).map_err(|error| Failure::at("--origin", error))?;
    fs::create_dir_all(&args.dir).map_err(|error| Failure::at(args.dir.display(), error))?;
    fs::create_dir(&keys).map_err(|error| Failure::at(keys.display(), error))?;
    key.write_new(&key_path).map_err(|error| Failure::at(key_path.display(), error))?;
    let store = SqliteStore::create(&log_path).map_err(|error| Failure::at(log_path.display(), error))?;
    let mut core =
        Core::create_governed(store, key, System, args.origin.clone(), governance).map_err(Failure::new)?;
    if let Some((source, _)) = policy {
        core.adopt_policy(&source).map_err(Failure::new)?;
    }
    let log = core.log().clone();
    let store = core.close().map_err(Failure::new)?;
    let checkpoint = store.checkpoint().map_err(Failure::new)?.unwrap_or_default();
    store.close().map_err(Failure::new)?;
    write_trust(&trust_path, &log, Level::PinnedCheckpoint, Some(&checkpoint))?;
    for path in [&log_path, &key_path, &trust_path] {
        line(visible(path.display()))?;
    }
    Ok(Exit::Done)
}

/// The people of `--governor`, who decide about policies and keys.
fn governance(args: &Init) -> Result<Option<Governance>, Failure> {
    if args.governors.is_empty() {
        return Ok(None);
    }
    let mut members: BTreeMap<Id, Vec<NamedKey>> = BTreeMap::new();
    for key in &args.governors {
        members.entry(key.name().clone()).or_default().push(key.clone());
    }
    let people = u64::try_from(members.len()).unwrap_or(u64::MAX);
    let quorum = args.quorum.unwrap_or(people);
    if (1..=people).contains(&quorum) {
        Ok(Some(Governance { members, quorum }))
    } else {
        Err(Failure::at("--quorum", format_args!("must be 1 to {people}, the number of governors")))
    }
}

/// Writes a new trust file.
pub(crate) fn write_trust(
    path: &Path,
    log: &NamedKey,
    require: Level,
    checkpoint: Option<&str>,
) -> Result<(), Failure> {
    let name = log.name();
    let pinned = checkpoint.map(|note| format!("checkpoint = \"\"\"\n{note}\"\"\"\n")).unwrap_or_default();
    let text = format!(
        "# What an auditor believes before looking at the log. Keep it where the log's operator cannot change it.\n\
         origin = \"{name}\"\nlog = \"{log}\"\nrequire = \"{}\"\n{pinned}",
        require.code()
    );
    files::make(path, |out| out.write_all(text.as_bytes()))
}
