//! Keys of the deployment: files in one directory, so that they are mounted and never seen in a process list.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::signature::Ed25519KeyPair;
use domain::link::LinkKey;
use domain::text::hex;

use crate::vault::Vault;

/// Where the keys are.
#[derive(Clone, Debug, clap::Args)]
pub struct SecretsConfig {
    /// Directory of the deployment's keys: `link.key` signs links (64 hexadecimal digits), `jwt-*.key` sign access tokens
    /// (Ed25519, PKCS#8 in hexadecimal; the last by name signs, all verify), `seal-*.key` seal the secrets that are kept (64
    /// hexadecimal digits; the last by name seals, all open). `harmony keys` makes what is missing.
    #[arg(long, env = "SECRETS_DIR", default_value = ".harmony/data/secrets")]
    pub secrets_dir: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("no key can be made: the operating system gives no random bytes")]
    NotMade,
    #[error("the key {0} is missing: `harmony keys` makes one")]
    Missing(PathBuf),
    #[error("the key {0} can't be read: {1}")]
    Io(PathBuf, std::io::Error),
    #[error("the key {0} is not of the form it should have")]
    Malformed(PathBuf),
}

impl SecretsConfig {
    /// The key that signs links.
    pub fn link_key(&self) -> Result<LinkKey, SecretsError> {
        let path = self.secrets_dir.join("link.key");
        let bytes = read(&path)?;
        Ok(LinkKey::new(bytes.try_into().map_err(|_wrong_length| SecretsError::Malformed(path))?))
    }

    /// The keys of access tokens with their names, by name.
    pub fn token_keys(&self) -> Result<Vec<(String, Vec<u8>)>, SecretsError> {
        self.numbered("jwt-")
    }

    /// The vault of the secrets that are kept.
    pub fn vault(&self) -> Result<Vault, SecretsError> {
        let malformed = |_error| SecretsError::Malformed(self.secrets_dir.join("seal-*.key"));
        Vault::new(self.numbered("seal-")?).map_err(malformed)
    }

    /// The keys whose names begin so, with their names, by name.
    fn numbered(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, SecretsError> {
        let missing = || SecretsError::Missing(self.secrets_dir.join(format!("{prefix}1.key")));
        let entries = std::fs::read_dir(&self.secrets_dir).map_err(|_not_there| missing())?;
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| {
                name.starts_with(prefix) && Path::new(name).extension().is_some_and(|end| end == "key")
            })
            .collect();
        names.sort_unstable();
        if names.is_empty() {
            return Err(missing());
        }
        names
            .into_iter()
            .map(|file| {
                let key = read(&self.secrets_dir.join(&file))?;
                Ok((file.trim_end_matches(".key").to_owned(), key))
            })
            .collect()
    }

    /// Makes the keys that are missing.
    pub fn make_missing(&self) -> Result<(), SecretsError> {
        self.make("link.key", &random_key()?)?;
        match self.vault() {
            Err(SecretsError::Missing(_)) => self.make("seal-1.key", &random_key()?)?,
            vault => vault.map(|_there| ())?,
        }
        match self.token_keys() {
            Err(SecretsError::Missing(_)) => self.make("jwt-1.key", &new_token_key()?),
            keys => keys.map(|_there| ()),
        }
    }

    /// Writes a key unless it is there; of two who make it at once, the first wins.
    fn make(&self, file: &str, secret: &[u8]) -> Result<(), SecretsError> {
        let path = self.secrets_dir.join(file);
        let failed = |error| SecretsError::Io(path.clone(), error);
        std::fs::create_dir_all(&self.secrets_dir).map_err(failed)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => file.write_all(hex(secret).as_bytes()).map_err(failed),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

fn random_key() -> Result<[u8; 32], SecretsError> {
    let mut key = [0; 32];
    aws_lc_rs::rand::fill(&mut key).map_err(|_no_randomness| SecretsError::NotMade)?;
    Ok(key)
}

/// A new key for access tokens: Ed25519, as PKCS#8.
pub fn new_token_key() -> Result<Vec<u8>, SecretsError> {
    let key = Ed25519KeyPair::generate().map_err(|_no_randomness| SecretsError::NotMade)?;
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_not_written| SecretsError::NotMade)?;
    Ok(der.as_ref().to_vec())
}

fn read(path: &Path) -> Result<Vec<u8>, SecretsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => from_hex(text.trim()).ok_or_else(|| SecretsError::Malformed(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(SecretsError::Missing(path.to_owned())),
        Err(error) => Err(SecretsError::Io(path.to_owned(), error)),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(high)? * 16 + digit(low)?)).collect()
}
