//! The arguments of `completions` and `man`.

use std::path::PathBuf;

/// Print what a shell needs to complete commands and options.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  counterfoil completions bash > ~/.local/share/bash-completion/completions/counterfoil"
)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Write a man page for each command.
///
/// They are made from the same words as --help. Files of the same names in DIR are replaced.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  counterfoil man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The folder to write them to; it is made if it is not there
    pub(crate) dir: PathBuf,
}
