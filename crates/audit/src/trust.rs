//! The trust file: what an auditor believes before looking at any evidence. It is kept apart from the
//! evidence.
//!
//! ```toml
//! origin = "payments.example/agents"
//! log = "payments.example/agents+1a2b3c4d+AXQx..."    # the key that the log began with
//! later = ["payments.example/agents+5e6f7a8b+Ab1c..."] # optional: keys that it was rotated to, for `checkpoint`
//! require = "pinned-checkpoint"                       # or "log-key"
//! policy = "9f86d0..."                                # optional: the digest of the policy in force at the end
//! checkpoint = """..."""                              # optional: a signed checkpoint seen before
//! max_age = "7d"                                      # optional: how old the last record may be
//! audited = "3fc9b6..."                               # optional: SHA-256 of what an audit saved, to go on from
//! ```

use alloc::string::String;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use counterfoil_decide::policy::span;
use counterfoil_record::key::NamedKey;
use counterfoil_record::{Hash32, Id, Span};
use counterfoil_tlog::Checkpoint;
use serde::{Deserialize, Serialize};

use crate::note::{CheckpointError, open_checkpoint};

/// How much is pinned, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The log's key.
    LogKey,
    /// The log's key and a checkpoint seen before.
    PinnedCheckpoint,
}

impl Level {
    /// The stable kebab-case name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LogKey => "log-key",
            Self::PinnedCheckpoint => "pinned-checkpoint",
        }
    }
}

/// What an auditor believes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The log's origin.
    pub origin: Id,
    /// The key that the log began with. Later ones follow from the log.
    pub log: NamedKey,
    /// The level below which the verdict is `insufficient`.
    pub require: Level,
    /// A checkpoint seen before.
    pub checkpoint: Option<Checkpoint>,
    /// The digest of the policy that should be in force at the end.
    pub policy: Option<Hash32>,
    /// How old the last record may be before the verdict is `insufficient`.
    pub max_age: Option<Span>,
    /// SHA-256 of a [`Snapshot`](crate::Snapshot) that an audit of this log saved.
    pub audited: Option<Hash32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    origin: Id,
    log: NamedKey,
    #[serde(default)]
    later: Vec<NamedKey>,
    require: Level,
    checkpoint: Option<String>,
    policy: Option<Hash32>,
    max_age: Option<String>,
    audited: Option<Hash32>,
}

/// Why a text is not a trust file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The TOML, its keys or its values.
    #[error("{0}")]
    Toml(String),
    /// The log's key is not named after its origin.
    #[error("the log's key is named `{key}`, not after the origin `{origin}`")]
    Name {
        /// The name in the key.
        key: String,
        /// The origin.
        origin: String,
    },
    /// The pinned checkpoint.
    #[error("the pinned checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// `max_age` is no span of time.
    #[error("`max_age = \"{0}\"` is no span of time such as \"7d\"")]
    MaxAge(String),
    /// A checkpoint is required, and none is pinned.
    #[error("`require = \"pinned-checkpoint\"` without a `checkpoint`")]
    NoCheckpoint,
}

impl Trust {
    /// Reads a trust file.
    ///
    /// # Errors
    /// As [`TrustError`] says. A trust file with anything unknown in it is refused: it might have meant to
    /// require more.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let file: File = toml::from_str(text).map_err(|error| TrustError::Toml(error.to_string()))?;
        let mut keys = file.later;
        keys.insert(0, file.log.clone());
        if let Some(key) = keys.iter().find(|key| *key.name() != file.origin) {
            let (key, origin) = (key.name().to_string(), file.origin.to_string());
            return Err(TrustError::Name { key, origin });
        }
        if file.require == Level::PinnedCheckpoint && file.checkpoint.is_none() {
            return Err(TrustError::NoCheckpoint);
        }
        let checkpoint = match &file.checkpoint {
            Some(note) => Some(open_checkpoint(note, &file.origin, &keys)?),
            None => None,
        };
        let max_age = match file.max_age {
            Some(text) => Some(span(&text).ok_or(TrustError::MaxAge(text))?),
            None => None,
        };
        Ok(Self {
            origin: file.origin,
            log: file.log,
            require: file.require,
            checkpoint,
            policy: file.policy,
            max_age,
            audited: file.audited,
        })
    }

    /// Trust in the log whose first key is `log`, and in nothing else.
    pub fn in_key(log: NamedKey) -> Self {
        Self {
            origin: log.name().clone(),
            log,
            require: Level::LogKey,
            checkpoint: None,
            policy: None,
            max_age: None,
            audited: None,
        }
    }
}
