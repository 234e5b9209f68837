//! The files of a log, apart from what `SQLite` does with them.
//!
//! No function here may open the database file itself. POSIX drops all of a process's record locks on a
//! file when the process closes *any* descriptor of it, so that a look into the file beside `SQLite` would
//! take from a connection of the same process the locks that it relies on.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, TryLockError};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The paths of a log: one resolved name, so that two names for one file share one lock.
#[derive(Debug)]
pub(super) struct Paths {
    /// The database file.
    pub(super) log: PathBuf,
    /// The directory that holds it.
    pub(super) directory: PathBuf,
}

impl Paths {
    /// The paths of a log that is there.
    pub(super) fn existing(path: &Path) -> Result<Self, StoreError> {
        let log = path.canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::NotFound,
            _ => StoreError::Io(error),
        })?;
        let metadata = fs::metadata(&log)?;
        // To SQLite an empty file is an empty database, and a log beside it (`-wal`) one to be deleted.
        if !metadata.is_file() || metadata.len() == 0 {
            return Err(StoreError::NotALog);
        }
        let directory = log.parent().ok_or(StoreError::NotALog)?.to_owned();
        Ok(Self { log, directory })
    }

    /// The paths of a log to be created, in a directory that is there.
    pub(super) fn new(path: &Path) -> Result<Self, StoreError> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(StoreError::Exists);
        }
        let name = path.file_name().ok_or(StoreError::Exists)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = parent.unwrap_or(Path::new(".")).canonicalize()?;
        Ok(Self { log: directory.join(name), directory })
    }

    /// The log's path with something after its name.
    pub(super) fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(&self.log);
        name.push(suffix);
        PathBuf::from(name)
    }

    /// Whether `SQLite` has a write-ahead log beside the log: it is being written, or was not closed.
    pub(super) fn has_wal(&self) -> bool {
        self.beside("-wal").exists()
    }

    /// Refuses what stands in the place of `SQLite`'s own files and is none: a pipe would be waited for, and what another
    /// name leads to as well would be overwritten.
    pub(super) fn check_beside(&self) -> Result<(), StoreError> {
        ["-wal", "-shm", "-journal"].into_iter().try_for_each(|suffix| match self.beside_is(suffix)? {
            Some(metadata) if !metadata.is_file() || has_other_names(&metadata) => {
                Err(StoreError::Beside { suffix })
            }
            _ => Ok(()),
        })
    }

    /// What stands beside the log under that suffix; a symbolic link is not followed.
    fn beside_is(&self, suffix: &str) -> io::Result<Option<Metadata>> {
        match fs::symlink_metadata(self.beside(suffix)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            result => result.map(Some),
        }
    }

    /// Makes the names in the directory durable: `fsync(2)` on a descriptor of the directory.
    pub(super) fn sync_directory(&self) -> io::Result<()> {
        if cfg!(unix) { File::open(&self.directory)?.sync_all() } else { Ok(()) }
    }

    /// Takes the writer's lock, without waiting.
    ///
    /// The lock is `flock(2)` on `<log>.lock`. The kernel releases it when the process ends, however it
    /// ends. The file itself stays: to remove it would be to remove it from under the next writer. Where
    /// the file system has no locks, the epoch in the database is the only fence.
    pub(super) fn lock(&self) -> Result<File, StoreError> {
        if self.beside_is(".lock")?.is_some_and(|metadata| !metadata.is_file()) {
            return Err(StoreError::Beside { suffix: ".lock" });
        }
        let file = File::options().create(true).truncate(false).write(true).open(self.beside(".lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
            Err(TryLockError::Error(error)) => Err(StoreError::Io(error)),
        }
    }
}

#[cfg(unix)]
fn has_other_names(metadata: &Metadata) -> bool {
    metadata.nlink() > 1
}

#[cfg(not(unix))]
const fn has_other_names(_: &Metadata) -> bool {
    false
}

/// Removes a file if there is one.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
