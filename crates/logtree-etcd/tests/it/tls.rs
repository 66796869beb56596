//! Certificates, on both sides.

use std::fs;
use std::path::Path;
use std::time::Duration;

use logtree::Level;
use logtree::control::fleet::{Condition, Store, StoreErrorKind};
use logtree_etcd::{EtcdStore, EtcdStoreBuilder};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair};

use crate::WITHIN;
use crate::changes::{insist, level};
use crate::etcd::Etcd;
use crate::place::Place;

/// An authority, whose certificate is in `NAME.pem`.
struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

impl Authority {
    fn new(directory: &Path, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(DnType::CommonName, name);
        let certificate = parameters.self_signed(&key).unwrap();
        fs::write(directory.join(format!("{name}.pem")), certificate.pem()).unwrap();
        Self { certificate, key }
    }

    /// Writes `NAME.pem` and `NAME-key.pem`.
    fn issue(&self, directory: &Path, name: &str) {
        let key = KeyPair::generate().unwrap();
        let names = ["127.0.0.1".to_owned(), "etcd.example".to_owned()];
        let mut parameters = CertificateParams::new(names).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        let certificate = parameters
            .signed_by(&key, &self.certificate, &self.key)
            .unwrap();
        fs::write(directory.join(format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(
            directory.join(format!("{name}-key.pem")),
            key.serialize_pem(),
        )
        .unwrap();
    }
}

fn builder(etcd: &Etcd, directory: &Path, authority: &str) -> EtcdStoreBuilder {
    let builder = EtcdStore::builder("shop").endpoint(etcd.address());
    builder.authorities(directory.join(format!("{authority}.pem")))
}

fn identity(builder: EtcdStoreBuilder, directory: &Path, name: &str) -> EtcdStore {
    let certificate = directory.join(format!("{name}.pem"));
    let key = directory.join(format!("{name}-key.pem"));
    builder.identity(certificate, key).build().unwrap()
}

#[test]
fn only_the_right_certificates_of_both_sides_do() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let authority = Authority::new(directory, "ca");
    let other = Authority::new(directory, "other-ca");
    authority.issue(directory, "server");
    authority.issue(directory, "client");
    other.issue(directory, "pay");
    let Some(etcd) = Etcd::start_with_tls(directory) else {
        return;
    };

    let right = || builder(&etcd, directory, "ca");
    let store = identity(right(), directory, "client");
    insist(&store, &[level("botocore", Level::DEBUG)]);
    let named = identity(right().domain("etcd.example"), directory, "client");
    named.load(WITHIN).unwrap();

    let wrong = [
        right().build().unwrap(),
        identity(right(), directory, "pay"),
        identity(right().domain("elsewhere.example"), directory, "client"),
        identity(builder(&etcd, directory, "other-ca"), directory, "client"),
        EtcdStore::from_url(&etcd.url("shop")).unwrap(),
    ];
    for store in wrong {
        let error = store.load(Duration::from_secs(3)).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unreachable, "{error}");
    }

    // A certificate that is exchanged is used at the next attempt.
    let exchanged = identity(right(), directory, "pay");
    let (place, _following) = Place::follow(&exchanged);
    place.until_condition(Condition::CutOff);
    authority.issue(directory, "pay");
    place.until_condition(Condition::Following);
    place.until_number(1);
}
