//! The providers that a deployment is known to.

use domain::identity::Provider;
use secrecy::{ExposeSecret, SecretString};

use super::Client;

#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Signing in with others")]
pub struct OidcConfig {
    /// What Google knows this deployment by; without it, nobody signs in with Google
    #[arg(long, env)]
    pub google_client_id: Option<String>,
    #[arg(long, env, hide_env_values = true)]
    pub google_client_secret: Option<SecretString>,
    /// The same of Microsoft
    #[arg(long, env)]
    pub microsoft_client_id: Option<String>,
    #[arg(long, env, hide_env_values = true)]
    pub microsoft_client_secret: Option<SecretString>,
}

/// A setting that cannot be.
#[derive(Debug, thiserror::Error)]
#[error("{0} is missing: the other of the two is there")]
pub struct BadOidcConfig(&'static str);

impl OidcConfig {
    /// Who we are at each provider that is set up.
    pub fn clients(&self) -> Result<Vec<(Provider, Client)>, BadOidcConfig> {
        let google = credentials(
            (self.google_client_id.as_deref(), "GOOGLE_CLIENT_ID"),
            (self.google_client_secret.as_ref(), "GOOGLE_CLIENT_SECRET"),
        )?;
        let microsoft = credentials(
            (self.microsoft_client_id.as_deref(), "MICROSOFT_CLIENT_ID"),
            (self.microsoft_client_secret.as_ref(), "MICROSOFT_CLIENT_SECRET"),
        )?;
        let google = google.map(|(id, secret)| (Provider::Google, Client::google(id, secret)));
        let microsoft = microsoft.map(|(id, secret)| (Provider::Microsoft, Client::microsoft(id, secret)));
        Ok(google.into_iter().chain(microsoft).collect())
    }
}

/// Both or neither; what is empty is not there.
fn credentials(
    (id, id_name): (Option<&str>, &'static str),
    (secret, secret_name): (Option<&SecretString>, &'static str),
) -> Result<Option<(String, SecretString)>, BadOidcConfig> {
    let id = id.filter(|id| !id.is_empty());
    let secret = secret.filter(|secret| !secret.expose_secret().is_empty());
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Some((id.to_owned(), secret.clone()))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(BadOidcConfig(secret_name)),
        (None, Some(_)) => Err(BadOidcConfig(id_name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_set_up_by_both_values_or_by_neither() {
        let config = |id: &str, secret: &str| OidcConfig {
            google_client_id: Some(id.to_owned()),
            google_client_secret: Some(secret.into()),
            microsoft_client_id: None,
            microsoft_client_secret: None,
        };
        assert!(config("", "").clients().unwrap().is_empty());
        let clients = config("id", "secret").clients().unwrap();
        let [(Provider::Google, google)] = clients.as_slice() else { panic!("{clients:?}") };
        assert_eq!(
            (google.issuer.as_str(), google.client_id.as_str()),
            ("https://accounts.google.com", "id")
        );
        assert_eq!(
            config("id", "").clients().unwrap_err().to_string(),
            "GOOGLE_CLIENT_SECRET is missing: the other of the two is there"
        );
        assert!(config("", "secret").clients().is_err());
    }
}
