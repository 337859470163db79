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
    /// (Ed25519, PKCS#8 in hexadecimal; the last by number signs, all verify), `seal-*.key` seal the secrets that are kept (64
    /// hexadecimal digits; the last by number seals, all open). A key that ends in `.new.key` only verifies and opens, until
    /// every process has it. `harmony keys` makes what is missing.
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

/// What the name of a key ends in that waits until every process has it.
const NEW: &str = ".new";

struct KeyFile {
    path: PathBuf,
    /// Such as `seal-2`, whether it waits or not.
    name: String,
    number: u32,
    is_new: bool,
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

    /// The keys whose names begin so, with their names: those that make nothing yet first, the one that does last.
    fn numbered(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, SecretsError> {
        let files = self.files(prefix)?;
        if files.iter().all(|file| file.is_new) {
            return Err(SecretsError::Missing(self.secrets_dir.join(format!("{prefix}1.key"))));
        }
        files.into_iter().map(|file| Ok((file.name, read(&file.path)?))).collect()
    }

    /// The files of those keys, in the same order.
    fn files(&self, prefix: &str) -> Result<Vec<KeyFile>, SecretsError> {
        let missing = || SecretsError::Missing(self.secrets_dir.join(format!("{prefix}1.key")));
        let entries = std::fs::read_dir(&self.secrets_dir).map_err(|_not_there| missing())?;
        let mut files: Vec<KeyFile> = entries
            .filter_map(|entry| {
                let file = entry.ok()?.file_name().into_string().ok()?;
                let stem = file.strip_suffix(".key")?;
                let name = stem.strip_suffix(NEW).unwrap_or(stem);
                let number = name.strip_prefix(prefix)?.parse().unwrap_or(0);
                let (name, is_new) = (name.to_owned(), stem.ends_with(NEW));
                Some(KeyFile { path: self.secrets_dir.join(file), name, number, is_new })
            })
            .collect();
        files.sort_unstable_by(|one, other| {
            (!one.is_new, one.number, &one.name).cmp(&(!other.is_new, other.number, &other.name))
        });
        Ok(files)
    }

    /// Makes the next key of each kind, which makes nothing before [`Self::use_next`]. Where one waits already, it stays.
    /// The files that were made.
    pub fn make_next(&self) -> Result<Vec<String>, SecretsError> {
        let mut made = Vec::new();
        for (prefix, is_token) in [("jwt-", true), ("seal-", false)] {
            let files = self.files(prefix)?;
            if files.iter().any(|file| file.is_new) {
                continue;
            }
            let number = files.iter().map(|file| file.number).max().unwrap_or(0) + 1;
            let file = format!("{prefix}{number}{NEW}.key");
            let key = if is_token { new_token_key()? } else { random_key()?.to_vec() };
            self.make(&file, &key)?;
            made.push(file);
        }
        Ok(made)
    }

    /// Has the keys that waited sign and seal from the next start on. Their names.
    pub fn use_next(&self) -> Result<Vec<String>, SecretsError> {
        let mut used = Vec::new();
        for prefix in ["jwt-", "seal-"] {
            for file in self.files(prefix)?.into_iter().filter(|file| file.is_new) {
                let path = self.secrets_dir.join(format!("{}.key", file.name));
                std::fs::rename(&file.path, &path).map_err(|error| SecretsError::Io(file.path, error))?;
                used.push(file.name);
            }
        }
        Ok(used)
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

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn folder(name: &str) -> SecretsConfig {
        let secrets_dir = std::env::temp_dir().join(format!("harmony_keys_{name}_{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&secrets_dir);
        SecretsConfig { secrets_dir }
    }

    #[test]
    fn a_next_key_opens_and_verifies_before_it_seals_and_signs() {
        let config = folder("next");
        config.make_missing().unwrap();
        let names = |config: &SecretsConfig| -> Vec<String> {
            config.token_keys().unwrap().into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&config), ["jwt-1"]);
        let old = config.vault().unwrap().seal("here", b"secret").unwrap();
        assert_eq!(config.make_next().unwrap(), ["jwt-2.new.key", "seal-2.new.key"]);
        assert_eq!(config.make_next().unwrap(), Vec::<String>::new());
        // The last signs.
        assert_eq!(names(&config), ["jwt-2", "jwt-1"]);
        let waiting = config.vault().unwrap();
        assert!(waiting.renewed(&old).unwrap().is_none());

        assert_eq!(config.use_next().unwrap(), ["jwt-2", "seal-2"]);
        assert_eq!(names(&config), ["jwt-1", "jwt-2"]);
        let used = config.vault().unwrap();
        let new = used.renewed(&old).unwrap().unwrap();
        // Who has not started again yet opens what the others seal.
        assert_eq!(waiting.open("here", &new).unwrap().expose_secret(), b"secret");
        // Ten comes after nine.
        for _ in 3..=10 {
            config.make_next().unwrap();
            config.use_next().unwrap();
        }
        assert_eq!(names(&config).last().unwrap(), "jwt-10");
        std::fs::remove_dir_all(&config.secrets_dir).unwrap();
    }

    #[test]
    fn a_key_that_waits_is_none_to_begin_with() {
        let config = folder("waits");
        config.make_next().unwrap_err();
        std::fs::create_dir_all(&config.secrets_dir).unwrap();
        config.make_next().unwrap();
        assert!(matches!(config.token_keys(), Err(SecretsError::Missing(_))));
        assert!(matches!(config.vault(), Err(SecretsError::Missing(_))));
        std::fs::remove_dir_all(&config.secrets_dir).unwrap();
    }
}
