//! Where etcd is: [`Endpoints`].

use logtree::{Error, ErrorKind};

/// The port of etcd for clients.
const PORT: u16 = 2379;

/// Members of a cluster, as programs and operators write them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Endpoints {
    given: Vec<Endpoint>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Endpoint {
    /// Whether it is encrypted, where it says so.
    is_encrypted: Option<bool>,
    /// Name or address, and port.
    host: String,
    port: u16,
}

/// What `etcd://h1:2379,h2:2379/service` says: the members, and the service.
pub(crate) fn from_url(url: &str) -> Result<(Endpoints, &str), Error> {
    let invalid = |why: &str| invalid(format!("{url:?}: {why}"));
    let rest = url
        .strip_prefix("etcd://")
        .ok_or_else(|| invalid("expected etcd://HOST:PORT,…/SERVICE"))?;
    let (hosts, service) = rest
        .split_once('/')
        .ok_or_else(|| invalid("expected a service after the members"))?;
    if hosts.contains('@') {
        // Not shown: it has a password.
        return Err(self::invalid(
            "an address of etcd has a user, who must not be part of it".to_owned(),
        ));
    }
    if service.is_empty() || service.contains(['/', '?', '#']) {
        return Err(invalid("expected the name of a service after the members"));
    }
    let mut endpoints = Endpoints::default();
    for host in hosts.split(',') {
        endpoints.add(host)?;
    }
    Ok((endpoints, service))
}

impl Endpoints {
    /// Adds `HOST`, `HOST:PORT`, `http://HOST:PORT` or `https://HOST:PORT`.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), Error> {
        if text.contains('@') {
            return Err(invalid(
                "an endpoint of etcd has a user, who must not be part of it".to_owned(),
            ));
        }
        let (is_encrypted, rest) = match text.split_once("://") {
            Some(("http", rest)) => (Some(false), rest),
            Some(("https", rest)) => (Some(true), rest),
            Some(_) => return Err(invalid(format!("{text:?} is no endpoint of etcd"))),
            None => (None, text),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            // The colons of an address of IPv6 without a port.
            Some((host, _)) if host.contains(':') && !host.ends_with(']') => (rest, None),
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let port = port.map_or(Ok(PORT), str::parse);
        let port = port.map_err(|_| invalid(format!("{text:?} has no valid port")))?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_:[]%".contains(c);
        if host.is_empty() || !host.chars().all(allowed) {
            return Err(invalid(format!("{text:?} has no valid host")));
        }
        self.given.push(Endpoint {
            is_encrypted,
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
        });
        Ok(())
    }

    /// Returns them as URLs, and whether they are encrypted.
    ///
    /// Without a word on it, they are, unless all are on this machine and no certificate is given.
    pub(crate) fn urls(
        &self,
        has_tls: bool,
        allow_plain: bool,
    ) -> Result<(Vec<String>, bool), Error> {
        if self.given.is_empty() {
            return Err(invalid("no endpoint of etcd is given".to_owned()));
        }
        let is_local = self.given.iter().all(Endpoint::is_loopback);
        let by_default = has_tls || !(is_local || allow_plain);
        let mut is_encrypted = None;
        let mut urls = Vec::new();
        for endpoint in &self.given {
            let here = endpoint.is_encrypted.unwrap_or(by_default);
            if *is_encrypted.get_or_insert(here) != here {
                return Err(invalid(
                    "some endpoints of etcd are encrypted and some are not".to_owned(),
                ));
            }
            urls.push(endpoint.url(here));
        }
        let is_encrypted = is_encrypted.unwrap_or(by_default);
        if !is_encrypted && has_tls {
            return Err(invalid(
                "certificates are given for endpoints of etcd without TLS".to_owned(),
            ));
        }
        if !(is_encrypted || is_local || allow_plain) {
            return Err(invalid(
                "endpoints of etcd on other machines need TLS, or allow_plain".to_owned(),
            ));
        }
        Ok((urls, is_encrypted))
    }
}

impl Endpoint {
    fn is_loopback(&self) -> bool {
        let address = self.host.parse::<std::net::IpAddr>();
        self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    fn url(&self, is_encrypted: bool) -> String {
        let scheme = if is_encrypted { "https" } else { "http" };
        if self.host.contains(':') {
            format!("{scheme}://[{}]:{}", self.host, self.port)
        } else {
            format!("{scheme}://{}:{}", self.host, self.port)
        }
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str, has_tls: bool, allow_plain: bool) -> Result<Vec<String>, Error> {
        let (endpoints, service) = from_url(text)?;
        assert_eq!(service, "shop");
        endpoints.urls(has_tls, allow_plain).map(|(urls, _)| urls)
    }

    #[test]
    fn other_machines_need_tls_and_this_one_does_not() {
        let plain = urls("etcd://127.0.0.1:1,[::1]:2,localhost/shop", false, false).unwrap();
        assert_eq!(
            plain,
            [
                "http://127.0.0.1:1",
                "http://[::1]:2",
                "http://localhost:2379"
            ]
        );
        let there = urls("etcd://a.example:1,b/shop", false, false).unwrap();
        assert_eq!(there, ["https://a.example:1", "https://b:2379"]);
        // One of them elsewhere is enough.
        let mixed = urls("etcd://127.0.0.1:1,b:2/shop", false, false).unwrap();
        assert_eq!(mixed, ["https://127.0.0.1:1", "https://b:2"]);
        let allowed = urls("etcd://b:2/shop", false, true).unwrap();
        assert_eq!(allowed, ["http://b:2"]);
        let certified = urls("etcd://127.0.0.1/shop", true, false).unwrap();
        assert_eq!(certified, ["https://127.0.0.1:2379"]);
    }

    #[test]
    fn endpoints_that_say_so_are_plain_only_where_that_is_allowed() {
        let mut endpoints = Endpoints::default();
        endpoints.add("http://b:2").unwrap();
        assert!(endpoints.urls(false, false).is_err());
        assert!(endpoints.urls(false, true).is_ok());
        assert!(endpoints.urls(true, true).is_err());
        endpoints.add("https://c:2").unwrap();
        assert!(endpoints.urls(false, true).is_err());
        assert!(Endpoints::default().urls(false, true).is_err());
    }

    #[test]
    fn invalid_addresses_are_refused_and_passwords_not_shown() {
        for text in [
            "http://a/shop",
            "etcd://a",
            "etcd://a/",
            "etcd:///shop",
            "etcd://a:b/shop",
            "etcd://a,,b/shop",
            "etcd://a/shop/x",
            "etcd://a b/shop",
            "etcd://a/shop?x=1",
        ] {
            assert!(from_url(text).is_err(), "{text}");
        }
        let error = from_url("etcd://ann:secret@a/shop").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
        let error = Endpoints::default()
            .add("https://ann:secret@a")
            .unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
