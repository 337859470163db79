//! From where a session comes, in words that its user knows: a device and a network.

use std::net::{IpAddr, Ipv4Addr};

/// The browser and the system that a `User-Agent` names (RFC 9110, 10.1.5). What somebody says of themselves: to be shown,
/// never trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device<'a> {
    /// Of a program that is no browser, its own name.
    pub browser: Option<&'a str>,
    pub system: Option<&'static str>,
}

/// Who says so, and what they are. The first that fits: most say that they are others, too.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

pub fn device(user_agent: &str) -> Device<'_> {
    let named = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let product = user_agent.split(['/', ' ']).next().filter(|name| !name.is_empty() && *name != "Mozilla");
    Device { browser: named(BROWSERS).or(product), system: named(SYSTEMS) }
}

/// The same as one line, such as "Firefox, Windows"; none: it says nothing.
pub fn name(user_agent: &str) -> Option<String> {
    let Device { browser, system } = device(user_agent);
    let named: Vec<&str> = browser.into_iter().chain(system).collect();
    (!named.is_empty()).then(|| named.join(", "))
}

/// The network of an address: of IPv4 its /24, of IPv6 its /64. Near enough to know one's own again, too little to follow
/// anybody by.
pub fn network(ip: &str) -> Option<String> {
    Some(match ip.parse().ok()? {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_what_it_says() {
        for (agent, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                Some("Edge"),
                Some("Windows"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
                Some("Firefox"),
                Some("Linux"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36",
                Some("Chrome"),
                Some("Android"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                Some("Safari"),
                Some("iPhone"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                Some("Safari"),
                Some("macOS"),
            ),
            ("curl/8.8.0", Some("curl"), None),
            ("Mozilla/5.0", None, None),
            ("", None, None),
        ] {
            assert_eq!(device(agent), Device { browser, system }, "{agent}");
        }
    }

    #[test]
    fn a_network_is_told_and_no_address() {
        assert_eq!(network("203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(network("2001:db8:1:2:3:4:5:6").as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(network("nowhere"), None);
    }
}
