//! Files that a command makes: never over another, and whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::Builder;

use crate::exit::Failure;

const THERE: &str = "is there already";

/// Looks whether a file or a folder can be made there, before the work for it is done.
pub(crate) fn is_free(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_ok() {
        return Err(Failure::at(path.display(), THERE));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.map(fs::metadata) {
        Some(Err(error)) => Err(Failure::at(path.display(), error)),
        _ => Ok(()),
    }
}

/// Makes a file with what `write` writes. It has its name once it is whole and durable: a command that fails or is killed
/// leaves no part of it there. A file that is there already stays as it is.
pub(crate) fn make(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> Result<(), Failure> {
    written(path, write).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::at(path.display(), THERE),
        _ => Failure::at(path.display(), error),
    })
}

fn written(path: &Path, write: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut unnamed = new_file().tempfile_in(folder)?;
    let mut out = BufWriter::new(unnamed.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    unnamed.as_file().sync_all()?;
    unnamed.persist_noclobber(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// A file under a name of its own, readable to whom a new file is.
fn new_file() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".counterfoil-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(fs::Permissions::from_mode(0o666));
    builder
}

/// Makes the name of a new file as durable as the file.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_has_its_name_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page");
        written(&path, |out| {
            assert!(!path.exists());
            out.write_all(b"whole")
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["page"]);
    }

    #[test]
    fn a_file_that_cannot_be_written_to_its_end_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page");
        let failed = written(&path, |out| {
            out.write_all(b"part")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_came_there_meanwhile_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page");
        let failed = written(&path, |out| {
            fs::write(&path, "another")?;
            out.write_all(b"ours")
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"another");
        assert_eq!(names(folder.path()), ["page"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_readable_to_whom_a_new_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        written(&ours, |out| out.write_all(b"ours")).unwrap();
        fs::write(&plain, "plain").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
