//! Who the client is, when proxies stand in between.

use std::net::IpAddr;
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The networks whose machines are believed when they say whom they ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl FromStr for Proxies {
    type Err = String;

    /// Addresses and networks, such as `10.0.0.0/8,fd00::/8,192.0.2.7`; empty: nobody.
    fn from_str(text: &str) -> Result<Self, String> {
        let network = |text: &str| {
            let one = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse::<IpNet>()
                .or_else(|_no_network| one())
                .map_err(|_no_address| format!("{text:?} is no network"))
        };
        let named = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        named.map(network).collect::<Result<Vec<_>, _>>().map(Self)
    }
}

impl Proxies {
    /// The nearest address that is none of a trusted proxy: each believes the one behind it. Whatever stands before that in
    /// `X-Forwarded-For` anybody may have written.
    pub fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip();
        let lines: Vec<&str> =
            request.headers().get_all(&FORWARDED_FOR).filter_map(|line| line.to_str().ok()).collect();
        let told = lines.iter().rev().flat_map(|line| line.rsplit(','));
        Some(self.nearest(peer, told))
    }

    fn nearest<'a>(&self, peer: IpAddr, told: impl Iterator<Item = &'a str>) -> IpAddr {
        let mut nearest = peer;
        for hop in told {
            if !self.trust(nearest) {
                break;
            }
            // What is no address is no client: the proxy that passed it on is the last that is known.
            let Ok(next) = hop.trim().parse::<IpAddr>() else { break };
            nearest = next;
        }
        nearest
    }

    fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_the_nearest_whom_no_trusted_proxy_speaks_for() {
        let proxies: Proxies = "10.0.0.0/8, 192.0.2.7,fd00::/8".parse().unwrap();
        for (peer, told, client) in [
            ("203.0.113.9", "", "203.0.113.9"),
            // Nobody's word is taken who is not trusted.
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"),
            ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.1.2.3", "1.1.1.1, 198.51.100.1, 192.0.2.7", "198.51.100.1"),
            ("fd00::1", "2001:db8::1, 10.9.9.9", "2001:db8::1"),
            ("10.1.2.3", "198.51.100.1, unknown", "10.1.2.3"),
            ("10.1.2.3", "", "10.1.2.3"),
        ] {
            let found = proxies.nearest(peer.parse().unwrap(), told.rsplit(','));
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer}: {told}");
        }
        let nobody = Proxies::default().nearest("10.1.2.3".parse().unwrap(), ["198.51.100.1"].into_iter());
        assert_eq!(nobody.to_string(), "10.1.2.3");
        for text in ["10.0.0.0/33", "proxy", "10.0.0.0/8 10.1.0.0/16"] {
            assert!(text.parse::<Proxies>().is_err(), "{text}");
        }
        assert_eq!("".parse(), Ok(Proxies::default()));
    }
}
