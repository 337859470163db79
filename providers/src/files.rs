//! Files that tenants own: documents and pictures, on a local disk.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use clap::Args;
use domain::id::TenantId;
use futures_util::StreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use url::Url;

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Files")]
pub struct FilesConfig {
    /// Where files are kept, as `file:///path`; by default a folder of the working directory
    #[arg(long, env)]
    pub files_url: Option<Url>,
}

/// Names one file of one tenant. No path reaches another tenant's files, or out of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePath(Path);

#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("FILES_URL is not `file:///…` with a folder that can be written: {0}.")]
    BadUrl(String),
    #[error("The path of a file holds what it may not.")]
    BadPath,
    #[error("There is no such file.")]
    NotFound,
    #[error("The files cannot be reached: {0}.")]
    Unreachable(#[source] object_store::Error),
}

/// Keeps files.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
}

impl FilesConfig {
    /// Makes the folder when it is missing.
    pub fn files(&self) -> Result<Files, FilesError> {
        let folder = match &self.files_url {
            None => PathBuf::from(".harmony/files"),
            Some(url) if url.scheme() == "file" => url
                .to_file_path()
                .map_err(|()| FilesError::BadUrl("it is not a path of this machine".to_owned()))?,
            Some(url) => return Err(FilesError::BadUrl(format!("`{}` is not known", url.scheme()))),
        };
        Files::in_folder(&folder)
    }
}

impl FilePath {
    /// `name` is one or more segments of letters, digits, `-`, `_` and `.`, joined by `/`; none starts with a dot.
    pub fn new(tenant: TenantId, name: &str) -> Result<Self, FilesError> {
        let allowed = |segment: &str| {
            !segment.is_empty()
                && segment.len() <= 128
                && !segment.starts_with('.')
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if name.len() > 512 || !name.split('/').all(allowed) {
            return Err(FilesError::BadPath);
        }
        Path::parse(format!("{tenant}/{name}")).map(Self).map_err(|_invalid| FilesError::BadPath)
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Files {
    /// Makes the folder when it is missing.
    pub fn in_folder(folder: &std::path::Path) -> Result<Self, FilesError> {
        std::fs::create_dir_all(folder).map_err(|error| FilesError::BadUrl(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(|error| FilesError::BadUrl(error.to_string()))?
            .with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Writes the whole file or nothing; an older one of that name is replaced. It is on disk when this returns.
    pub async fn put(&self, path: &FilePath, bytes: impl Into<Bytes>) -> Result<(), FilesError> {
        self.store.put(&path.0, bytes.into().into()).await?;
        Ok(())
    }

    pub async fn get(&self, path: &FilePath) -> Result<Bytes, FilesError> {
        Ok(self.store.get(&path.0).await?.bytes().await?)
    }

    /// Deletes all files of one tenant below `folder`, a name as of [`FilePath::new`]. None is fine too.
    pub async fn delete_folder(&self, tenant: TenantId, folder: &str) -> Result<(), FilesError> {
        let folder = FilePath::new(tenant, folder)?;
        let mut found = self.store.list(Some(&folder.0));
        while let Some(file) = found.next().await {
            match file {
                Ok(file) => self.delete(&FilePath(file.location)).await?,
                // Another run was faster.
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// A file that is not there is deleted already.
    pub async fn delete(&self, path: &FilePath) -> Result<(), FilesError> {
        match self.store.delete(&path.0).await.map_err(FilesError::from) {
            Err(FilesError::NotFound) => Ok(()),
            outcome => outcome,
        }
    }
}

impl From<object_store::Error> for FilesError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other => Self::Unreachable(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::PLATFORM;

    fn path(name: &str) -> FilePath {
        FilePath::new(TENANT, name).unwrap()
    }

    #[tokio::test]
    async fn what_is_put_is_got_until_it_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(&folder.path().join("made/when/missing")).unwrap();
        let path = path("bookings/K7Q29F/summary.pdf");
        assert!(matches!(files.get(&path).await, Err(FilesError::NotFound)));
        files.put(&path, vec![1, 2, 3]).await.unwrap();
        files.put(&path, vec![4]).await.unwrap();
        assert_eq!(files.get(&path).await.unwrap().as_ref(), [4]);
        files.delete(&path).await.unwrap();
        files.delete(&path).await.unwrap();
        assert!(matches!(files.get(&path).await, Err(FilesError::NotFound)));
    }

    #[tokio::test]
    async fn a_folder_is_deleted_and_its_neighbours_stay() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        for name in ["images/a/1.jpg", "images/a/2.jpg", "images/ab/1.jpg"] {
            files.put(&path(name), vec![1]).await.unwrap();
        }
        for _twice in 0..2 {
            files.delete_folder(TENANT, "images/a").await.unwrap();
        }
        assert!(matches!(files.get(&path("images/a/1.jpg")).await, Err(FilesError::NotFound)));
        assert!(matches!(files.get(&path("images/a/2.jpg")).await, Err(FilesError::NotFound)));
        files.get(&path("images/ab/1.jpg")).await.unwrap();
        assert!(files.delete_folder(TENANT, "").await.is_err());
    }

    #[tokio::test]
    async fn readers_never_see_half_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        let path = path("big.bin");
        files.put(&path, vec![0; 1_000_000]).await.unwrap();
        let write = async {
            for n in 1..20_u8 {
                files.put(&path, vec![n; 1_000_000]).await.unwrap();
            }
        };
        let read = async {
            for _ in 0..40 {
                let bytes = files.get(&path).await.unwrap();
                assert_eq!(bytes.len(), 1_000_000);
                assert!(bytes.iter().all(|byte| *byte == bytes[0]));
            }
        };
        tokio::join!(write, read);
    }

    #[test]
    fn no_path_leaves_its_tenant() {
        for name in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../other/file",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            ".hidden",
            "a\\..\\b",
            "a%2f..%2fb",
            "a\0b",
            "a b",
            "é",
            "a#1",
            "C:",
        ] {
            assert!(matches!(FilePath::new(TENANT, name), Err(FilesError::BadPath)), "{name:?}");
        }
        assert!(FilePath::new(TENANT, &"a".repeat(129)).is_err());
        assert!(FilePath::new(TENANT, &"a/".repeat(300)).is_err());
    }

    #[test]
    fn a_path_starts_with_its_tenant() {
        assert_eq!(path("a/b.pdf").to_string(), "00000000-0000-0000-0000-000000000000/a/b.pdf");
    }

    #[test]
    fn other_kinds_of_storage_are_refused_by_name() {
        let config = FilesConfig { files_url: Some("s3://bucket".parse().unwrap()) };
        assert_eq!(
            config.files().err().unwrap().to_string(),
            "FILES_URL is not `file:///…` with a folder that can be written: `s3` is not known."
        );
    }
}
