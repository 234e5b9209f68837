//! `key`: Ed25519 keys in PKCS#8 PEM files.

use counterfoil_enforce::{FileKey, Signer as _};
use counterfoil_record::key::NamedKey;

use crate::args::{Key, KeyCommand, KeyFile};
use crate::exit::{Exit, Failure};
use crate::screen::line;
use crate::terminal::{new_passphrase, read_key};

pub(crate) fn run(args: &Key) -> Result<Exit, Failure> {
    match &args.command {
        KeyCommand::New { file, encrypt } => {
            let key = FileKey::generate().map_err(Failure::new)?;
            let named = named(file, &key)?;
            let passphrase = encrypt.then(new_passphrase).transpose()?;
            let written = match &passphrase {
                Some(passphrase) => key.write_new_encrypted(&file.file, passphrase),
                None => key.write_new(&file.file),
            };
            written.map_err(|error| Failure::at(file.file.display(), error))?;
            line(named)?;
        }
        KeyCommand::Show(file) => line(named(file, &read_key(&file.file)?)?)?,
    }
    Ok(Exit::Done)
}

fn named(file: &KeyFile, key: &FileKey) -> Result<NamedKey, Failure> {
    NamedKey::new(file.name.clone(), *key.public_key()).map_err(|error| Failure::at("--name", error))
}
