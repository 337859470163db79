//! How this installation sends mail: flags, their environment twins, and what they must agree on.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use lettre::message::Mailbox as LettreMailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::smtp::{Security, Server};
use super::{Mailer, Sandbox, Smtp};

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Mail")]
pub struct MailConfig {
    /// Where messages go: to a mail server, or into files on this machine
    #[arg(long, env, value_enum, default_value = "sandbox")]
    pub mail_transport: MailTransport,
    /// The address that messages come from, with the name it shows when no tenant is behind it
    #[arg(long, env, default_value = "Harmony <no-reply@harmony.localhost>")]
    pub mail_from: String,
    /// The mail server: `smtps://user:password@host:465` (TLS from the start) or `smtp://user:password@host:587`
    /// (STARTTLS required); `?tls=opportunistic` takes TLS when offered, `?tls=none` never
    #[arg(long, env, hide_env_values = true)]
    pub smtp_url: Option<SecretString>,
    /// A PEM file with a certificate authority to trust beside the public ones
    #[arg(long, env)]
    pub smtp_ca_file: Option<PathBuf>,
    /// Seconds a mail server has for one message, from connecting to its last answer
    #[arg(long, env, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=10))]
    pub smtp_timeout_seconds: u64,
    /// The folder where the sandbox keeps its messages
    #[arg(long, env, default_value = ".harmony/outbox")]
    pub mail_sandbox_dir: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MailTransport {
    Sandbox,
    Smtp,
}

/// A setting that cannot be. No text holds the password.
#[derive(Debug, thiserror::Error)]
pub enum BadMailConfig {
    #[error("MAIL_FROM is not an address such as `Harmony <no-reply@example.com>`.")]
    From,
    #[error("SMTP_URL is missing: MAIL_TRANSPORT is `smtp`.")]
    NoUrl,
    #[error("SMTP_URL is not `smtp://…` or `smtps://…` with a host: {0}.")]
    Url(&'static str),
    #[error("SMTP_URL would send a password unencrypted to another machine: use `?tls=required`.")]
    OpenPassword,
    #[error("MAIL_SANDBOX_DIR is no folder to write to: {0}.")]
    Sandbox(std::io::ErrorKind),
    #[error("SMTP_CA_FILE cannot be used: {0}.")]
    Authority(String),
}

impl MailConfig {
    pub fn mailer(&self) -> Result<Mailer, BadMailConfig> {
        let from: LettreMailbox = self.mail_from.parse().map_err(|_invalid| BadMailConfig::From)?;
        let address = from.email.to_string();
        match self.mail_transport {
            MailTransport::Sandbox => {
                let dir = self.mail_sandbox_dir.clone();
                fs::create_dir_all(&dir).map_err(|error| BadMailConfig::Sandbox(error.kind()))?;
                Ok(Mailer::sandbox(address, Sandbox::new(dir)))
            }
            MailTransport::Smtp => {
                let url = self.smtp_url.as_ref().ok_or(BadMailConfig::NoUrl)?;
                let server = self.server(url.expose_secret(), from.email.domain())?;
                Ok(Mailer::smtp(address, Smtp::new(server)))
            }
        }
    }

    /// The name shown as the sender of messages that no tenant is behind.
    pub fn sender_name(&self) -> Result<String, BadMailConfig> {
        let from: LettreMailbox = self.mail_from.parse().map_err(|_invalid| BadMailConfig::From)?;
        Ok(from.name.unwrap_or_else(|| "Harmony".to_owned()))
    }

    fn server(&self, url: &str, domain: &str) -> Result<Server, BadMailConfig> {
        let url = Url::parse(url).map_err(|_invalid| BadMailConfig::Url("it is not a URL"))?;
        let host = url.host_str().ok_or(BadMailConfig::Url("it has no host"))?.to_owned();
        let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let (security, default_port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => (Security::Tls(self.tls(&host)?), 465),
            ("smtp", None | Some("required")) => (Security::StartTls(self.tls(&host)?), 587),
            ("smtp", Some("opportunistic")) => (Security::Opportunistic(self.tls(&host)?), 587),
            ("smtp", Some("none")) => (Security::None, 25),
            ("smtp", Some(_)) => {
                return Err(BadMailConfig::Url("`tls` is none of `required`, `opportunistic`, `none`"));
            }
            _ => return Err(BadMailConfig::Url("its scheme is another")),
        };
        let credentials = credentials(&url)?;
        if credentials.is_some()
            && !matches!(security, Security::Tls(_) | Security::StartTls(_))
            && !is_loopback(&url)
        {
            return Err(BadMailConfig::OpenPassword);
        }
        Ok(Server {
            host,
            port: url.port().unwrap_or(default_port),
            security,
            credentials,
            hello: domain.to_owned(),
            timeout: Duration::from_secs(self.smtp_timeout_seconds),
        })
    }

    fn tls(&self, host: &str) -> Result<TlsParameters, BadMailConfig> {
        let mut tls = TlsParameters::builder(host.to_owned());
        if let Some(path) = &self.smtp_ca_file {
            let pem = fs::read(path).map_err(|error| BadMailConfig::Authority(error.to_string()))?;
            let certificate =
                Certificate::from_pem(&pem).map_err(|error| BadMailConfig::Authority(error.to_string()))?;
            tls = tls.add_root_certificate(certificate);
        }
        tls.build().map_err(|error| BadMailConfig::Authority(error.to_string()))
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, BadMailConfig> {
    let Some(password) = url.password() else {
        return Ok(None);
    };
    Ok(Some(Credentials::new(decode(url.username())?, decode(password)?)))
}

fn decode(text: &str) -> Result<String, BadMailConfig> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map(String::from)
        .map_err(|_invalid| BadMailConfig::Url("the user or the password is not UTF-8"))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        // A scheme that URLs don't know leaves addresses unparsed.
        Some(url::Host::Domain(name)) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        mail: MailConfig,
    }

    fn config(arguments: &[&str]) -> MailConfig {
        Program::parse_from([&["program"], arguments].concat()).mail
    }

    fn refusal(url: &str) -> String {
        let config = config(&["--mail-transport", "smtp", "--smtp-url", url]);
        match config.mailer() {
            Ok(_) => panic!("{url} was taken"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_sandbox_needs_no_settings() {
        assert!(config(&[]).mailer().is_ok());
    }

    #[test]
    fn a_missing_or_wrong_server_is_named_without_its_password() {
        assert!(config(&["--mail-transport", "smtp"]).mailer().is_err());
        for url in
            ["secret", "https://u:secret@mail.example", "smtp://u:secret@mail.example?tls=maybe", "smtp://"]
        {
            let refusal = refusal(url);
            assert!(refusal.starts_with("SMTP_URL is not"), "{refusal}");
            assert!(!refusal.contains("secret"), "{refusal}");
        }
        let config = config(&["--smtp-url", "smtp://u:secret@mail.example"]);
        assert!(!format!("{config:?}").contains("secret"));
    }

    #[test]
    fn a_password_does_not_travel_in_the_open() {
        assert!(refusal("smtp://u:p@mail.example?tls=none").contains("unencrypted"));
        assert!(refusal("smtp://u:p@mail.example?tls=opportunistic").contains("unencrypted"));
        for url in ["smtp://u:p@mail.example", "smtps://u:p%40@mail.example", "smtp://u:p@127.0.0.1?tls=none"]
        {
            assert!(config(&["--mail-transport", "smtp", "--smtp-url", url]).mailer().is_ok(), "{url}");
        }
    }

    #[test]
    fn the_sender_is_checked_at_start() {
        for from in ["nobody", "", "a@b@c"] {
            assert!(config(&["--mail-from", from]).mailer().is_err(), "{from}");
        }
        let config = config(&["--mail-from", "Salon <hello@salon.example>"]);
        assert_eq!(config.sender_name().unwrap(), "Salon");
        assert_eq!(config.mailer().unwrap().sender("Ana").address, "hello@salon.example");
    }
}
